"""Reword a permission. What it covers stays: a wider use is another permission (T25)."""

import re

from portal.consent import queries as consent
from portal.consent.models import Statement
from portal.db import db, lock
from portal.errors import Unfit, there
from portal.history.actions import Actor, record
from portal.incentives import copylint
from portal.seeds import digest
from portal.staff.overtaking import overtaken
from portal.statements import queries

GAPS = re.compile(r"\{\w*\}")
KNOWN = {"{brand}", "{company}", "{credit}", "{first_name}", "{name}", "{title}"}


def reword(
    current: Statement, *, label: str, detail: str, months: int, seen: int, by: Actor
) -> Statement:
    """Ask with these words from now on, as a new version; a yes to an earlier one keeps its words.

    The same again makes no version. Raises NotAllowed, and Stale when somebody else made a version
    since ``seen``.
    """
    lock("statements")
    newest = there(consent.statement(current.purpose, current.language))
    if newest.version != seen:
        raise overtaken(newest, newest=newest.version)
    _check(newest, label, detail)
    said = {"label": label, "detail": detail, "months": months}
    if all(getattr(newest, name) == value for name, value in said.items()):
        return newest
    item = {"purpose": newest.purpose.value, "channels": newest.channels} | said
    made = Statement(
        **item, language=newest.language, version=newest.version + 1, sha256=digest(item)
    )
    db.session.add(made)
    db.session.flush()
    record(made, "reworded", by=by, note=label)
    return made


def _check(newest: Statement, label: str, detail: str) -> None:
    """People must still read what of them is shown, and nothing may talk them into it (T9)."""
    used = set(GAPS.findall(f"{label} {detail}"))
    if unknown := sorted(used - KNOWN):
        raise Unfit(f"Nothing can stand for {unknown[0]}. Use {', '.join(sorted(KNOWN))}.")
    if missing := sorted(queries.needed(newest) - used):
        raise Unfit(
            f"Keep {missing[0]}: it shows each customer what of theirs the permission is about."
        )
    for text in (label, detail):
        if phrase := copylint.objection(text):
            raise Unfit(f"Take out “{phrase}”: a permission may not ask for praise.")
