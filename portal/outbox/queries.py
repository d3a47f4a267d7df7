"""What staff see of the mail on its way."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal import clock
from portal.config import settings
from portal.db import db, last_of_each, only
from portal.errors import NotFound, there
from portal.outbox import faults
from portal.outbox.models import MailWording, Message, State, Suppression

PAGE = 50
LATE = timedelta(hours=1)


@dataclass
class Page:
    """One page of mail, newest first; the ids from which to go on or back."""

    messages: Sequence[Message]
    older: int | None
    newer: int | None


def get(message_id: int) -> Message:
    """One mail; raises NotFound."""
    if message := db.session.get(Message, message_id, with_for_update=True):
        return message
    raise NotFound("There is no such mail.")


WHOLE = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
SAID = ("first_name", "name", "subject_line")  # of what a mail is filled with


def found_by(search: str, named: Collection[str] = ()) -> sa.ColumnElement[bool]:
    """A whole address finds all mail to that mailbox. Anything else is looked for in addresses,
    names, subjects and kinds of mail; ``named`` are mailboxes of people who are called so."""
    if not search:
        return sa.true()
    if WHOLE.fullmatch(search):
        return Message.went_to(search)
    kind = sa.func.replace(Message.template, "-", " ")
    said = [Message.context[name].as_string() for name in SAID]
    places = [one.icontains(search, autoescape=True) for one in (Message.recipient, kind, *said)]
    return sa.or_(*places, Message.recipient_key.in_(named))


def messages(
    state: State | None = None,
    to: str = "",
    named: Collection[str] = (),
    *,
    before: int | None = None,
    after: int | None = None,
) -> Page:
    """Mail in one state or all, all of it or what a search finds, 50 to a page: older than
    ``before`` or newer than ``after``."""
    chosen = sa.select(Message).where(found_by(to, named))
    if state:
        chosen = chosen.where(Message.state == state)
    if after is not None:
        chosen = chosen.where(Message.id > after).order_by(Message.id)
    else:
        chosen = chosen.order_by(Message.id.desc())
        if before is not None:
            chosen = chosen.where(Message.id < before)
    found = list(db.session.scalars(chosen.limit(PAGE + 1)))
    more, found = len(found) > PAGE, found[:PAGE]
    if after is not None:
        found.reverse()
    return Page(
        found,
        older=found[-1].id if found and (more or after is not None) else None,
        newer=found[0].id if found and (more if after is not None else before) else None,
    )


def suppressions(after: datetime | None = None) -> Sequence[Suppression]:
    """Addresses that get no marketing mail, newest first, fifty at most, older than ``after``."""
    rows = sa.select(Suppression).order_by(Suppression.at.desc(), Suppression.address_hash)
    if after:
        rows = rows.where(Suppression.at < after)
    return db.session.scalars(rows.limit(PAGE + 1)).all()


def suppression(address_hash: str) -> Suppression:
    """One of them; raises NotFound."""
    if found := db.session.get(Suppression, address_hash):
        return found
    raise NotFound("There is no such address here.")


def counts(to: str = "", named: Collection[str] = ()) -> dict[State, int]:
    """How many mails, all of them or of what a search finds, are in which state."""
    count = sa.select(Message.state, sa.func.count()).group_by(Message.state)
    rows = db.session.execute(count.where(found_by(to, named)) if to else count).all()
    found = dict(rows)
    return {state: found.get(state, 0) for state in State}


def late() -> int:
    """How many mails should have left an hour ago and were not even tried."""
    return only(
        sa.select(sa.func.count()).where(
            Message.state == State.QUEUED,
            Message.attempts == 0,
            Message.created_at < clock.now() - LATE,
            sa.or_(Message.not_before.is_(None), Message.not_before < clock.now() - LATE),
        )
    )


@dataclass(frozen=True)
class HeldUp:
    """Mails that wait because of our own mail server: how many, since when, and why the newest."""

    waiting: int
    since: datetime | None
    error: str

    @property
    def trouble(self) -> faults.Trouble:
        return faults.in_words(self.error)

    @property
    def how_many(self) -> str:
        """As a sentence."""
        many = "One mail waits" if self.waiting == 1 else f"{self.waiting:,} mails wait"
        at = there(self.since)
        return f"{many} for it, since {settings().day(at)}, {settings().hour(at)}."


def held_up() -> HeldUp:
    """What waits because of our own mail server."""
    ours = sa.and_(
        Message.state == State.QUEUED, Message.error.startswith(faults.OURS, autoescape=True)
    )
    newest = sa.select(Message.error).where(ours).order_by(Message.id.desc()).limit(1)
    count, since = db.session.execute(
        sa.select(sa.func.count(), sa.func.min(Message.created_at)).where(ours)
    ).one()
    return HeldUp(count, since, db.session.scalar(newest) or "")


# ── The owners’ words ──────────────────────────────────────────────────────────────────────


def wordings(
    names: Collection[str] | None = None, at: datetime | None = None
) -> dict[str, MailWording]:
    """The owners’ words that hold, or held at a moment, by mail: of these mails or of all."""
    last = last_of_each(MailWording.name)
    if names is not None:
        last = last.where(MailWording.name.in_(names))
    if at:
        last = last.where(MailWording.at <= at)
    found = db.session.scalars(sa.select(MailWording).where(MailWording.id.in_(last)))
    return {one.name: one for one in found}
