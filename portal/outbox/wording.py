"""The words of a mail that are the owners’ to choose: theirs while they can be sent, else ours.

Ours stand in ``templates/emails``: NAME.subject.txt and NAME.opening.txt. What law and trust need
in a mail (links, disclosures, quoted words, why it came, how to stop) stands in NAME.txt and
NAME.html, where nobody but us writes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from jinja2 import TemplateNotFound

from portal.config import ROOT, settings
from portal.outbox import gaps, queries
from portal.outbox.catalogue import MAILS, SIGNATURE

PARTS = ("subject", "opening")
_SET = re.compile(r"{% set .*? %}\n?")
_NAME = re.compile(r"{{ ([a-z_.]+) }}")


@dataclass(frozen=True)
class Words:
    """What a mail says in words of ours or the owners’."""

    subject: str
    opening: str
    signature: str = ""

    @staticmethod
    def paragraphs(text: str) -> list[str]:
        """The same words for a page, which makes a paragraph of what an empty line ends."""
        return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


Own = Mapping[str, str]  # part → the owners’ words; empty means ours


def of(template: str, values: Mapping[str, Any], own: Own | None = None) -> Words:
    """The words of one mail to one person; ``own`` in place of what is stored.

    Whatever the owners wrote, and whenever: where it cannot be filled in, ours is sent instead.
    """
    own = stored(template) if own is None else own
    subject, said = _ours(template, "subject", values)
    opening, more = _ours(template, "opening", values)
    known = {"brand": settings().brand_name} | _sayable(template, {**values, **more, **said})
    mark = f"{'[Test] ' if values.get('is_test') else ''}{said.get('mark', '')}"
    line = " ".join(_filled(own.get("subject", ""), known).split())  # a header holds no breaks
    return Words(
        mark + (line or subject),
        _filled(own.get("opening", ""), known) or opening,
        _filled(own.get(SIGNATURE, ""), known) if is_signed(template) else "",
    )


def stored(template: str, at: datetime | None = None) -> dict[str, str]:
    """What the owners wrote for a mail, now or at a moment, and the closing words of all mails."""
    found = queries.wordings((template, SIGNATURE), at)
    mine = found.get(template)
    said = mine.words if mine else {}
    closing = found.get(SIGNATURE)
    return said | ({SIGNATURE: closing.opening} if closing else {})


def is_signed(template: str) -> bool:
    return template in MAILS and MAILS[template].is_signed


def ours(template: str, part: str) -> str:
    """Our own words for a part, with placeholders as owners write them."""
    if template == SIGNATURE:
        return ""
    source = _SET.sub("", (ROOT / f"templates/emails/{template}.{part}.txt").read_text())
    return _NAME.sub(lambda found: f"{{{found[1].removesuffix('.name')}}}", source).strip()


def _ours(template: str, part: str, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Our words filled in, and what their file works out besides (``{% set … %}``)."""
    try:
        found = current_app.jinja_env.get_template(f"emails/{template}.{part}.txt")
    except TemplateNotFound:
        if part == "subject":
            raise
        return "", {}
    given = dict(values)
    current_app.update_template_context(given)
    module = found.make_module(given)
    worked_out = {name: value for name, value in vars(module).items() if not name.startswith("_")}
    return str(module).strip(), worked_out


def _sayable(template: str, values: Mapping[str, Any]) -> dict[str, str]:
    """What may stand in the owners’ words, where this mail has something to say there."""
    known = MAILS[template].meanings if template in MAILS else {}
    said = {name: str(values.get(name) or "") for name in known}
    return {name: " ".join(value.split()) for name, value in said.items() if value.strip()}


def _filled(text: str, known: Mapping[str, str]) -> str:
    """The owners’ words for one reader; empty where they cannot be said."""
    return "" if gaps.unknown(text, known) else gaps.fill(text, known)
