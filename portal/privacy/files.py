"""What we hold as files: JSON to move on with, CSV to look through (T36)."""

import io
import json
import zipfile
from typing import Any

from portal import clock, spreadsheet
from portal.advocates.models import Advocate
from portal.config import settings
from portal.db import db
from portal.media import files, storage
from portal.media.models import Photo
from portal.privacy import export

README = """What {brand} holds about {name}, made on {day}.

everything.json   all of it, for a program
*.csv             the same in tables, for you
photo.webp        your photo, if you gave us one
files/            the files you gave us with your words, by number

Times are in UTC. Questions: {contact}
"""


def as_json(person: Advocate) -> bytes:
    return json.dumps(export.everything(person), indent=2, ensure_ascii=False).encode()


def as_zip(person: Advocate) -> bytes:
    """The JSON, a CSV for each part, and the photo."""
    data = export.everything(person)
    made = clock.now()
    about = README.format(
        brand=settings().brand_name,
        name=person.name,
        day=f"{made.day} {made:%B %Y}",
        contact=settings().brand_contact_email,
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", about)
        archive.writestr("everything.json", json.dumps(data, indent=2, ensure_ascii=False))
        for name, rows in tables(data).items():
            archive.writestr(f"{name}.csv", as_csv(rows))
        if photo := db.session.get(Photo, person.photo_id or 0):
            archive.writestr("photo.webp", storage.read(photo.key))
        for upload in files.all_of(person.id):
            ending = ".webp" if upload.is_picture else ".pdf"
            archive.writestr(f"files/{upload.id}{ending}", storage.read(upload.key))
    return file.getvalue()


def tables(data: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The nested parts laid out flat, one table for each kind of thing."""
    return {
        "profile": [data["profile"] | data["how_often_we_may_ask"]],
        "invitations": data["invitations"],
        "contributions": data["contributions"],
        "answers": [
            {
                "contribution": one["what"],
                "version": version["number"],
                "sent_at": version["sent_at"],
            }
            | {"question": answer["label"], "answer": answer["value"]}
            for one in data["contributions"]
            for version in [*one["versions"], now(one)]
            for answer in version["answers"]
        ],
        "permissions": [
            {"receipt": receipt["receipt"], "purpose": asked["purpose"]}
            | {"said": event["verdict"], "at": event["at"], "until": event["until"]}
            | {"not_shown": asked["not_shown"]}
            | {"wording": event["wording"]["label"], "version": event["wording"]["version"]}
            for receipt in data["permissions"]
            for asked in receipt["permissions"]
            for event in asked["events"]
        ],
        "offers_to_speak": data["offers_to_speak"],
        "interviews": data["interviews"],
        "recommendations": [
            {"address": link["address"], "your_note": link["your_note"]} | person
            for one in data["recommendations"]
            for link in one["links"]
            for person in link["people"] or [{"name": "", "came_at": "", "step": "nobody yet"}]
        ],
        "rewards": [
            {"for": one["for"], "reward": one["reward"]} | line
            for one in data["rewards"]
            for line in one["ledger"]
        ],
        "exceptions_to_gift_rules": data["exceptions_to_gift_rules"],
        "mails": data["mails"],
        "visits": data["visits"],
        "history": data["history"],
    }


def now(contribution: dict[str, Any]) -> dict[str, Any]:
    """What is being written, as if it were a version."""
    return {"number": "not sent", "sent_at": "", "answers": contribution["answers_now"]}


def as_csv(rows: list[dict[str, Any]]) -> str:
    """A table a spreadsheet reads as text: nothing in it is taken for a formula."""
    heads = list(rows[0]) if rows else []
    return spreadsheet.table(heads, (map(cell, row.values()) for row in rows))


def cell(value: Any) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
