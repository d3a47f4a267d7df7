"""A receipt as a PDF: tagged for screen readers, with its fonts inside, made without a network."""

import json
from functools import cache
from pathlib import Path
from typing import Any, cast

import manimgx_fonts
import manimgx_fonts_cjk
import typst

from portal.config import settings
from portal.consent import queries
from portal.consent.models import Receipt

HEADING = "What you allowed, and what not"
SOURCE = Path(__file__).with_name("receipt.typ")
FONTS = [str(Path(module.__file__).parent) for module in (manimgx_fonts, manimgx_fonts_cjk)]


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=FONTS)


def as_pdf(receipt: Receipt, withdraw_at: str | None, said: Any = None) -> bytes:
    """The same record and settings give the same bytes. ``withdraw_at``: a path that opens it
    without signing in, where one is known; ``said``: the words it was given for, their disclosure,
    and how their author is credited; None where it was given for no words."""
    facts = _facts(receipt, said) | _way_back(receipt, withdraw_at) | _said(said)
    given = {"data": json.dumps(facts, ensure_ascii=False)}
    compiler = typst.Compiler(font_paths=_fonts())
    try:
        made = compiler.compile(
            input=SOURCE.read_bytes(), sys_inputs=given, format="pdf", pdf_standards=["ua-1"]
        )
    except typst.TypstError:  # a sign that is in none of the fonts; it is then drawn as a box
        made = compiler.compile(input=SOURCE.read_bytes(), sys_inputs=given, format="pdf")
    return cast(bytes, made)  # one file: only pictures come by the page


def _way_back(receipt: Receipt, withdraw_at: str | None) -> dict[str, str]:
    config = settings()
    if withdraw_at:
        how = "Open this page, choose what to withdraw, press the button. It costs nothing."
        return {"how": how, "url": config.base_url + withdraw_at, "read_as": ""}
    mail = config.brand_contact_email
    how = (
        "Open the link in the mail that brought you this receipt; it works without signing in. "
        "Choose there what to withdraw, press the button. It costs nothing. "
        f"Or write to us, and name receipt {receipt.reference}:"
    )
    return {"how": how, "url": f"mailto:{mail}", "read_as": mail}


def _said(said: Any) -> dict[str, Any]:
    if said is None:
        return {"said": [], "beside": []}
    beside = [said.disclosure] if said.disclosure else []
    if said.later:
        beside.append(f"Once the reward is sent, it says: “{said.later}”")
    return {
        "said": said.words,
        "all_of_it": said.all_of_it,
        "language": said.language.split("-")[0],
        "beside": beside,
    }


def _facts(receipt: Receipt, said: Any) -> dict[str, Any]:
    config, day = settings(), receipt.issued_at
    by = config.brand_legal_name or config.brand_name
    hashes = [event.text_sha256 for event in receipt.events if event.text_sha256]
    return {
        "title": f"{HEADING}: receipt {receipt.reference}",
        "heading": HEADING,
        "reference": receipt.reference,
        "controller": by,
        "day": [day.year, day.month, day.day],
        "facts": [
            ["For", f"Your {receipt.contribution}"],
            ["Given by", f"{receipt.advocate.name}, {receipt.under_name}"],
            ["Given to", ", ".join(filter(None, [by, config.brand_address]))],
            ["Questions", config.brand_contact_email],
            ["Issued", _moment(day)],
            *([["Credited", said.credit]] if said else []),
        ],
        "permissions": [_permission(receipt, one, said) for one in queries.state(receipt).values()],
        "events": [
            [
                _moment(event.at),
                f"{event.purpose.value.replace('-', ' ').capitalize()}: {event.verdict.value}",
                f"{event.statement.language}@{event.statement.version} "
                f"{event.statement.sha256[:12]}",
                _day(event.until) if event.until else "",
            ]
            for event in receipt.events
        ],
        "words": hashes[-1] if hashes else "",
    }


def _permission(receipt: Receipt, one: queries.Permission, said: Any) -> dict[str, str]:
    unshown = said.without_effect(one.purpose, one.in_force) if said else ""
    return {
        "label": queries.as_read(one.statement.label, receipt),
        "detail": queries.as_read(one.statement.detail, receipt),
        "standing": f"Given, not shown: {unshown}." if unshown else f"{one.standing.capitalize()}.",
        "until": f"Until {_day(one.until)}." if one.in_force and one.until else "",
    }


def _day(at) -> str:
    return f"{at.day} {at:%B %Y}"


def _moment(at) -> str:
    return f"{_day(at)}, {at:%H:%M} UTC"
