"""What is decided on a proposal, put back within ten seconds."""

from typing import Any

import sqlalchemy as sa

from portal.advocates.models import Signal, SignalKind
from portal.db import db
from portal.errors import NotAllowed
from portal.nominations import actions, queries
from portal.nominations.models import Nomination, State
from portal.staff.models import Staff
from portal.undo.actions import Way, as_text


def mark(nomination: Nomination) -> list[Any]:
    return [nomination.state.value, as_text(nomination.decided_at)]


def snapshot(nomination: Nomination) -> dict[str, Any]:
    """Only what waits is ever decided on, so the tag and the note are what it may add."""
    person = nomination.advocate
    newest = sa.select(sa.func.max(Signal.id)).where(Signal.advocate_id == person.id)
    return {
        "state": nomination.state.value,
        "tagged": actions.TAG in {tag.name for tag in person.tags},
        "newest": db.session.scalar(newest) or 0,
    }


def put_back(nomination: Nomination, was: dict[str, Any], *, by: Staff) -> None:
    person = nomination.advocate
    if other := queries.waiting(person):
        raise NotAllowed(f"{other.staff.name} has proposed {person.name} anew meanwhile.")
    nomination.state, nomination.note = State(was["state"]), ""
    nomination.decided_at = nomination.decided_by = None
    if not was["tagged"]:
        person.tags = [tag for tag in person.tags if tag.name != actions.TAG]
    noted = sa.delete(Signal).where(
        Signal.advocate_id == person.id,
        Signal.id > was["newest"],
        Signal.kind == SignalKind.NOTE,
        Signal.words == actions.in_words(nomination),
    )
    db.session.execute(noted)


NOMINATION = Way(
    row=Nomination,
    hold=actions.hold,
    mark=mark,
    snapshot=snapshot,
    put_back=put_back,
    title=lambda one: f"{one.staff.name} proposes {one.advocate.name}",
    page=lambda one: ("nominations.show", {"id": one.id}),
)
