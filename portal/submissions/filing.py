"""The page of a question that asks for files; it works by plain forms, one file after another."""

from typing import Any

from flask import flash, g, redirect, request, url_for

from portal.db import db
from portal.errors import Unreadable
from portal.fields import row_number, trimmed
from portal.media import pictures, storage
from portal.media.models import UploadKind
from portal.submissions import attaching
from portal.submissions.models import MOST_FILES, Prompt, Submission
from portal.submissions.pages import back_from, interview_about, onward, page

FIELDS = {"file": UploadKind.ATTACHMENT, "logo": UploadKind.LOGO}
STAY = {"add", "remove"}


def files_page(submission: Submission, prompt: Prompt, problems=(), status: int = 200):
    """``problems``: pairs of control id and sentence."""
    rows = attaching.listed(submission, prompt)
    return page(
        "files",
        submission,
        status,
        prompt=prompt,
        total=len(submission.prompt_set.prompts),
        pieces=attaching.of_kind(rows, UploadKind.ATTACHMENT),
        logos=attaching.of_kind(rows, UploadKind.LOGO),
        most=MOST_FILES,
        problems=dict(problems),
        interview=interview_about(submission),
        back=back_from(submission, "question", prompt.position),
    )


def save_files(submission: Submission, prompt: Prompt):
    """Keep the descriptions, let go of what was removed, take in what was chosen, and go on."""
    attaching.describe(submission, prompt, typed(), by=g.advocate)
    gone = []
    if unwanted := request.form.get("remove", type=row_number):
        gone += attaching.detach(submission, prompt, unwanted, by=g.advocate)
    added, problems = 0, []
    for field, kind in FIELDS.items():
        if not (sent := request.files.get(field)):
            continue
        data, name = sent.read(pictures.MAX_BYTES + 1), trimmed(sent.filename)
        try:
            gone += attaching.attach(submission, prompt, data, name, kind, by=g.advocate)
            added += 1
        except Unreadable as refusal:
            problems.append((field, str(refusal)))
    db.session.commit()
    for key in gone:
        storage.delete(key)
    return answer(submission, prompt, added, problems or missing(submission, prompt, added))


def typed() -> dict[int, str]:
    """What was typed about each picture."""
    return {
        int(name.removeprefix("alt-")): trimmed(text)
        for name, text in request.form.items()
        if name.removeprefix("alt-").isdecimal() and name.startswith("alt-")
    }


def missing(submission: Submission, prompt: Prompt, added: int) -> list[tuple[str, str]]:
    """What has to be said or chosen before the button that was pressed can do its work."""
    if (wanted := request.form.get("add")) and not added:
        return [("logo" if wanted == "logo" else "file", "Choose a file")]
    if added or STAY & set(request.form) or "later" in request.form:
        return []
    return [
        (f"alt-{row['id']}", f"Say what “{row['name']}” shows")
        for row in attaching.listed(submission, prompt)
        if row["picture"] and not row["alt"]
    ]


def answer(submission: Submission, prompt: Prompt, added: int, problems):
    if problems:
        return files_page(submission, prompt, problems, 422)
    if "later" in request.form:
        flash("Saved. You can go on from here whenever it suits you.")
        return redirect(url_for("home.show"), 303)
    if added or STAY & set(request.form):
        here: dict[str, Any] = {
            "id": submission.id,
            "number": prompt.position,
            "to": request.args.get("to"),
        }
        return redirect(url_for("submissions.question", **here, _anchor="files"), 303)
    return onward(submission, "question", prompt.position)
