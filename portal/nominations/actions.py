"""Propose a customer; say yes, so that campaigns find them, or no, and why."""

from portal import clock
from portal.advocates import signals
from portal.advocates.models import Advocate, SignalKind, Tag
from portal.config import settings
from portal.db import db, lock_row
from portal.errors import NotAllowed, there
from portal.history.actions import forget as forget_notes
from portal.history.actions import record
from portal.nominations import queries
from portal.nominations.models import Nomination, State
from portal.outbox import actions as outbox
from portal.staff.models import Staff
from portal.staff.overtaking import NOTHING, overtaken
from portal.undo import actions as undo

TAG = "nominated"


def propose(person: Advocate, reason: str, *, by: Staff) -> Nomination:
    """Put a customer forward. The same colleague twice says it in other words.

    Raises NotAllowed for someone we may not ask, or whom a colleague has proposed already.
    """
    lock_row(person)
    if fault := objection(person):
        raise NotAllowed(fault)
    found = queries.waiting(person)
    if found and found.staff_id != by.id:
        raise NotAllowed(f"{found.staff.name} has proposed {person.name} already.")
    found = found or Nomination(advocate=person, staff=by)
    found.reason = reason.strip()
    db.session.add(found)
    record(found, "proposed", by=by)
    return found


def objection(person: Advocate) -> str:
    """Why nobody may propose this customer, as a sentence; empty when anybody may."""
    if person.erased_at or person.merged_into_id:
        return "This person is no longer in the list."
    if person.restricted_at:
        return f"{person.name} asked us to do nothing with their data for now."
    if person.left_at:
        return f"{person.name} has left {person.company.name}."
    if person.stopped_at:
        return f"{person.name} asked us to stop asking."
    return ""


def accept(nomination: Nomination, *, by: Staff) -> None:
    """Campaigns find them by the tag from now on; nobody is written to by it but the proposer."""
    person = nomination.advocate
    if not _decide(nomination, State.ACCEPTED, by=by):
        return
    if fault := objection(person):
        raise NotAllowed(fault)
    if TAG not in {tag.name for tag in person.tags}:
        person.tags.append(Tag(name=TAG))
    words, today = in_words(nomination), clock.now().date()
    signals.note(person, SignalKind.NOTE, value=None, words=words, at=today, by=by)
    _tell(nomination)


def in_words(nomination: Nomination) -> str:
    """What stands among what is known of a person, once somebody accepts it."""
    return f"Nominated by {nomination.staff.name} because: {nomination.reason}"


def decline(nomination: Nomination, *, note: str, by: Staff) -> None:
    """Not now; the colleague reads why."""
    if not note.strip():
        raise NotAllowed("Write why: the colleague who proposed them will read it.")
    if _decide(nomination, State.DECLINED, note=note.strip(), by=by):
        _tell(nomination)


def forget(person: Advocate) -> None:
    """Delete what colleagues wrote of someone who is erased, and the mails with it (T36)."""
    found = queries.of(person)
    names = [one.subject for one in found]
    undo.forget(names)
    forget_notes(names)
    outbox.forget_person(person.email, names)
    for one in found:
        db.session.delete(one)
    db.session.flush()


def hold(nomination: Nomination) -> None:
    """One decision at a time; reads it anew after the wait."""
    lock_row(nomination)


def _decide(nomination: Nomination, state: State, *, by: Staff, note: str = "") -> bool:
    """Once; False when this person has said so before, Stale when somebody else was faster."""
    hold(nomination)
    if nomination.state is not State.WAITING:
        if nomination.state is state and nomination.decided_by_id == by.id:
            return False
        raise overtaken(nomination, so=NOTHING)
    nomination.state, nomination.note = state, note
    nomination.decided_at, nomination.decided_by = clock.now(), by
    record(nomination, state.value, by=by, note=note)
    return True


def _tell(nomination: Nomination) -> None:
    outbox.email(
        nomination.staff.email,
        "nomination-answer",
        about=nomination,
        first_name=nomination.staff.name,
        customer=nomination.advocate.name,
        accepted=nomination.state is State.ACCEPTED,
        by=there(nomination.decided_by).name,
        note=nomination.note,
        url=f"{settings().base_url}/staff/customers/{nomination.advocate_id}",
    )
