"""Until the ten seconds are over no mail leaves and nothing is seen by anyone."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.db import Model, changed, db
from portal.errors import NotAllowed
from portal.history.actions import record
from portal.outbox import actions as outbox
from portal.staff.models import Staff
from portal.undo.models import Undo

WINDOW = timedelta(seconds=10)
UNDONE = "decision undone"  # in the history


@dataclass(frozen=True)
class Way:
    """How one kind of thing is held fast, read, and put back as it was."""

    row: type[Model]
    hold: Callable[[Any], None]  # waits for whoever is changing it, and reads it anew
    mark: Callable[[Any], list[Any]]  # another one after each change
    snapshot: Callable[[Any], dict[str, Any]]  # never empty
    # (thing, was, by=); may raise NotAllowed, and say what else than ``said`` became of it
    put_back: Callable[..., str | None]
    title: Callable[[Any], str]
    page: Callable[[Any], tuple[str, dict[str, Any]]]  # endpoint and values
    said: str = "Undone. It waits again, and nothing was sent."
    only: tuple[Any, ...] = ()  # conditions on rows that somebody may name
    order: tuple[Any, ...] = ()  # in which rows are held, where their ids do not do
    first: Callable[[Sequence[Any]], Any] = len  # holds what all of them need, before any of them


@contextmanager
def undoable(way: Way, thing: Any, *, by: Staff) -> Iterator[None]:
    """A decision made in here can be undone by the same person while WINDOW lasts."""
    way.hold(thing)
    was, mark, until = way.snapshot(thing), way.mark(thing), clock.now() + WINDOW
    with outbox.held_until(until) as mails:
        yield
    db.session.flush()
    if way.mark(thing) == mark:  # it was made before: a second click on the same button
        return
    db.session.merge(
        Undo(
            about=thing.subject,
            staff_id=by.id,
            until=until,
            mark=way.mark(thing),
            was=was,
            mails=[mail.id for mail in mails],
        )
    )


def undo(way: Way, thing: Any, *, by: Staff) -> str:
    """Put back exactly what was, and say so; the history keeps both. Twice is harmless.

    Raises NotAllowed when it is too late, or something else has happened since.
    """
    way.hold(thing)
    found = db.session.get(Undo, thing.subject, populate_existing=True)
    if found is None or found.staff_id != by.id:
        raise NotAllowed("There is no decision of yours to undo here.")
    if not found.was:
        return way.said
    if found.mark != way.mark(thing):
        raise NotAllowed("Something else happened since, so this cannot be undone any more.")
    if clock.now() >= found.until or not outbox.call_off_all(found.mails):
        raise NotAllowed(
            "Ten seconds are over: the decision stands, and the mail about it is on its way."
        )
    said = way.put_back(thing, found.was, by=by) or way.said
    found.was, found.mails = {}, []
    record(thing, UNDONE, by=by, since=as_text(found.until - WINDOW))
    return said


def still_possible(names: Iterable[str], *, by: Staff) -> list[str]:
    """Of these things, as ``reward:7``, those whose newest decision its maker can undo."""
    rows = sa.select(Undo).where(Undo.about.in_(names), Undo.staff_id == by.id)
    return [one.about for one in db.session.scalars(rows) if one.was and clock.now() < one.until]


def purge(before: datetime) -> int:
    """Let go of what can be undone no more; how many."""
    return changed(sa.delete(Undo).where(Undo.until < before))


def forget(names: Iterable[str]) -> None:
    """Nothing of these things, as ``submission:7``, is kept for an undo (T36)."""
    db.session.execute(sa.delete(Undo).where(Undo.about.in_(list(names))))


def as_text(moment: datetime | None) -> str | None:
    """A moment, to be kept in what was."""
    return moment.isoformat() if moment else None


def as_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
