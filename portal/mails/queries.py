"""What owners see of each mail’s words: those that leave now, those before them, and ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.db import db
from portal.errors import NotFound
from portal.history import queries as history
from portal.mails import samples
from portal.outbox import delivery, gaps, wording
from portal.outbox import queries as outbox
from portal.outbox.catalogue import MAILS, SIGNATURE, Mail, To
from portal.outbox.models import MailWording
from portal.publishing import wording as diff
from portal.staff.queries import name_of

CLOSING = Mail(
    SIGNATURE,
    "Closing words",
    "At the end of every mail to people outside your team, but for those that whoever holds an "
    "interview signs.",
    To.CUSTOMER,
)


@dataclass(frozen=True)
class Row:
    """One mail as the list tells it."""

    mail: Mail
    subject: str  # with placeholders
    by: str  # who wrote it; empty where it is ours
    at: datetime | None
    is_broken: bool  # nothing stands for one of its placeholders any more: ours is sent


def mail(name: str) -> Mail:
    """One automatic mail, or the closing words; raises NotFound."""
    if name == SIGNATURE:
        return CLOSING
    if found := MAILS.get(name):
        return found
    raise NotFound("There is no such mail.")


def groups() -> list[tuple[str, list[Row]]]:
    """Every automatic mail, by who gets it; last the closing words."""
    newest = outbox.wordings()
    authors = {one: entry.by for one, entry in _entries(newest.values()).items()}
    rows = [_row(one, newest.get(one.name), authors) for one in [*MAILS.values(), CLOSING]]
    found = [(to.value, [r for r in rows[:-1] if r.mail.to is to]) for to in To]
    return [*found, ("All of them but those among colleagues", rows[-1:])]


def _row(one: Mail, own: MailWording | None, authors: dict[str, str]) -> Row:
    words = in_use(one, own)
    if own is None or own.is_ours:
        return Row(one, words["subject"], "", None, False)
    author = name_of(authors.get(own.subject, ""), within=True)
    return Row(one, words["subject"], author, own.at, bool(fault(one, *words.values())))


def _entries(rows) -> dict:
    return {entry.about: entry for entry in history.of(*rows)} if rows else {}


def newest(name: str) -> MailWording | None:
    """The owners’ words for a mail, if they ever wrote any."""
    return outbox.wordings([name]).get(name)


def in_use(one: Mail, own: MailWording | None) -> dict[str, str]:
    """The words that leave now, with their placeholders: the owners’, and ours where none are."""
    return {part: (own.words[part] if own else "") or ours(one, part) for part in wording.PARTS}


def ours(one: Mail, part: str) -> str:
    """The words Goodword brings."""
    return wording.ours(one.name, part)


def fault(one: Mail, *texts: str) -> str:
    """Which placeholder stands for nothing here, as a sentence for its writer; empty when none."""
    for text in texts:
        if name := gaps.unknown(text, one.meanings):
            known = ", ".join(f"{{{known}}}" for known in one.meanings)
            return f"We do not know {name} in this mail. Use only {known}."
    return ""


def preview(one: Mail, own: dict[str, str] | None = None) -> delivery.Written:
    """The mail as it would read, about a customer nobody is; ``own`` words just typed."""
    name = samples.shown_for(one.name)
    said = wording.stored(name)
    if own is not None and one is CLOSING:
        said |= {SIGNATURE: own["opening"]}
    elif own is not None:
        said |= own
    return delivery.write(name, samples.context(name), said)


def versions(name: str) -> Sequence[MailWording]:
    """Every version of a mail’s words, the newest first."""
    return db.session.scalars(
        sa.select(MailWording).where(MailWording.name == name).order_by(MailWording.version.desc())
    ).all()


@dataclass(frozen=True)
class Told:
    """One version as its page tells it."""

    version: MailWording
    author: str
    parts: list[tuple[str, diff.Parts]]  # what differs from the version before


def story(one: Mail) -> list[Told]:
    """Each version, who wrote it, and how it differs from the one before; the newest first."""
    found = versions(one.name)
    entries = _entries(found)
    return [
        Told(now, author(now, entries), _parts(one, was, now))
        for now, was in zip(found, [*found[1:], None], strict=True)
    ]


def author(version: MailWording, entries: dict | None = None) -> str:
    """Who wrote a version."""
    entry = (_entries([version]) if entries is None else entries).get(version.subject)
    return name_of(entry.by if entry else "")


def _parts(one: Mail, was: MailWording | None, now: MailWording) -> list[tuple[str, diff.Parts]]:
    before, after = in_use(one, was), in_use(one, now)
    return [
        (part.capitalize(), diff.differences(before[part], after[part]))
        for part in wording.PARTS
        if before[part] != after[part]
    ]
