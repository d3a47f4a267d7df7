"""Of two who change one thing, the later is told who was faster, what they did, and when."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.config import settings
from portal.db import Model, db
from portal.errors import YOU, Stale
from portal.history import queries as history
from portal.history.actions import Actor
from portal.history.models import Entry, asking
from portal.staff.queries import name_of

KEPT = "Yours is not saved, and stands below. If you save it now, it takes the place of theirs."
NOTHING = "Nothing was changed."
KEPT_OWN = (
    "What you typed here is not saved, and stands below. If you save it now, it takes the place "
    "of that."
)
# Of what the history says was done, what can be said of “it” in a sentence.
TO_IT = {
    "accepted", "answered", "approved", "cancelled", "changed", "closed", "corrected", "declined",
    "held", "paused", "proposed", "published", "put back", "recorded", "rejected", "released",
    "removed", "renamed", "resumed", "retired", "revised", "reworded", "scheduled", "sent",
    "turned down",
}  # fmt: skip


def told(by: str, did: str, at: datetime, so: str = NOTHING) -> str:
    """The sentence itself, in which ``by`` is a subject such as ``staff:3``."""
    own, when = by == asking(), f"at {settings().hour(at)} on {settings().day(at)}"
    who = "You" if own else name_of(by)
    if own:  # in another tab, where it may be open still
        when, so = f"{when}, in another tab or window", KEPT_OWN if so == KEPT else so
    if did in TO_IT:
        before = ", before you saved" if so == KEPT else ""
        verb, _, rest = did.partition(" ")  # “put back” it is: put it back
        return f"{' '.join(filter(None, (who, verb, 'it', rest)))} {when}{before}. {so}"
    return f"{who} {'were' if own else 'was'} faster: {did}, {when}. {so}"


def overtaken(*things: Model, newest: int | None = None, so: str = KEPT, but=()) -> Stale:
    """What to raise when one of these things was changed meanwhile, as its history has it.

    ``newest`` is the version it has now; acts named in ``but`` change nothing of it.
    """
    last = history.last(*things, but=but)
    if last is None:
        return Stale(f"This was changed while you had it open. {so}", newest)
    return overtaken_by(last, newest, so)


def overtaken_by(act: Entry, newest: int | None = None, so: str = KEPT) -> Stale:
    """The same where it is known by which act."""
    return Stale(told(act.by, act.verb, act.at, so), newest, called(act.by))


def called(by: str) -> str:
    """Who was faster, within a sentence."""
    return YOU if by == asking() else name_of(by, within=True)


def demand_newest(thing: Model, seen: int | None, column: Any = None, so: str = KEPT) -> None:
    """Raise Stale where somebody changed a thing since ``seen``, the version that was on the page.

    Nobody else can change it from here to the end of the transaction. ``column`` is where its
    version stands, if not in ``version``.
    """
    row: Any = type(thing)
    version = sa.select(row.version if column is None else column).where(row.id == thing.id)
    with db.session.no_autoflush:  # what was typed may be in it already
        newest = db.session.scalar(version.with_for_update())
    if seen not in (None, newest):
        raise overtaken(thing, newest=newest, so=so)


def demand_own(thing: Model, *, by: Actor) -> None:
    """What is done already is harmless to whoever did it; anyone else is told: Stale."""
    last = history.last(thing)
    if last is None or last.by != by.subject:
        raise overtaken(thing, so=NOTHING)
