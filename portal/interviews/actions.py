"""Agree on a time to talk; afterwards the words are still their author’s to write (T1)."""

from collections.abc import Sequence
from datetime import datetime

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns.models import Invitation
from portal.db import db, lock_row
from portal.errors import NotAllowed
from portal.history.actions import Actor, record
from portal.history.actions import forget as forget_notes
from portal.interviews import mail, queries
from portal.interviews.models import Interview, Medium, State
from portal.outbox import actions as outbox
from portal.staff.models import Staff
from portal.staff.overtaking import NOTHING, demand_newest, demand_own
from portal.undo import actions as undo


def ask(
    invitation: Invitation,
    *,
    reason: str,
    slots: Sequence[datetime],
    time_zone: str,
    medium: Medium,
    phone: str,
    topics: str,
    by: Actor,
) -> Interview:
    """They would rather talk, at one of these times. Asked again, these are the times now."""
    found = queries.for_reason(reason)
    if found is None:
        found = Interview(
            advocate=invitation.advocate, invitation=invitation, reason=reason, medium=medium
        )
        db.session.add(found)
    else:
        _lock(found)
        found.move("ask")
    found.slots, found.time_zone = _texts(slots), time_zone
    found.medium, found.phone, found.topics = medium, phone, topics
    found.starts_at, found.note, found.asked_at = None, "", clock.now()
    record(found, "interview asked for", by=by)
    return found


def confirm(interview: Interview, slot: str, *, place: str, seen: int, by: Staff) -> None:
    """One of their times it is: mailed with its calendar entry."""
    _lock(interview, seen)
    interview.move("confirm")
    interview.place, interview.staff = place, by
    _settle(interview, slot, by=by)


def propose(
    interview: Interview,
    slots: Sequence[datetime],
    *,
    place: str,
    note: str,
    seen: int,
    by: Staff,
) -> None:
    """None of their times suits: name others, and let them choose."""
    _lock(interview, seen)
    interview.move("propose")
    interview.slots, interview.place, interview.note = _texts(slots), place, note
    interview.staff = by
    mail.tell(interview, "interview-proposed", note=note, times=mail.times(interview))
    record(interview, "other times proposed", by=by, note=note)


def accept(interview: Interview, slot: str, *, by: Advocate) -> None:
    """They choose one of our times; whoever proposed it is told."""
    _lock(interview)
    interview.move("accept")
    _settle(interview, slot, by=by)
    mail.tell_staff(interview, agreed=True)


def hold(interview: Interview, reminder: str, *, seen: int, by: Staff) -> None:
    """It took place. They go on with the questions, our notes beside them as a reminder: nothing
    is filled in for them (T1)."""
    _lock(interview, seen)
    if not interview.is_over:
        raise NotAllowed("This interview is not over yet.")
    interview.reminder, interview.staff = reminder, by
    _held(interview, by=by)
    mail.tell(interview, "interview-held", notes=bool(reminder))


def call_off(interview: Interview, *, note: str = "", by: Actor) -> None:
    """No talk after all; it leaves their calendar. Twice is harmless; Stale when it ended
    otherwise."""
    _lock(interview)
    if not interview.is_ahead and isinstance(by, Staff):
        return demand_own(interview, by=by)
    wished = by is interview.advocate
    if wished and interview.is_over:
        raise NotAllowed("Its time has passed. If we did not talk, write to us.")
    _call_off(interview, note=note, wished=wished, by=by)


def settled(reason: str, *, by: Actor) -> None:
    """The words were sent, or taken back: there is nothing left to talk about. A talk that is
    over took place, whether or not one of us said so by then."""
    found = queries.for_reason(reason)
    if found is None:
        return
    _lock(found)
    if found.allows("hold") and found.is_over:
        _held(found, by=by)
    else:
        _call_off(found, note="", wished=False, by=by)


def forget(advocate: Advocate) -> None:
    """Delete their interviews, and what was said around them (T36)."""
    found = queries.of(advocate.id)
    names = [interview.subject for interview in found]
    for interview in found:
        db.session.delete(interview)
    db.session.flush()
    forget_notes(names)
    undo.forget(names)
    outbox.forget_person(advocate.email, names)


def _held(interview: Interview, *, by: Actor) -> None:
    interview.move("hold")
    interview.held_at = clock.now()
    record(interview, "interview held", by=by)


def _call_off(interview: Interview, *, note: str, wished: bool, by: Actor) -> None:
    if not interview.is_ahead:
        return
    agreed, theirs = interview.state is State.CONFIRMED, by is interview.advocate
    interview.move("call off")
    interview.note = note
    if agreed:
        interview.sequence += 1
    if agreed or not theirs:
        mail.tell(interview, "interview-off", called_off=agreed, note=note, theirs=wished)
    if agreed and theirs:
        mail.tell_staff(interview, agreed=False)
    record(interview, "interview called off", by=by, note=note)


def _settle(interview: Interview, slot: str, *, by: Actor) -> None:
    named = {moment.isoformat(): moment for moment in interview.moments}
    if slot not in named:
        raise NotAllowed("Choose one of the times that are still to come.")
    interview.starts_at = named[slot]
    interview.sequence += 1
    mail.tell(interview, "interview-confirmed", calendar_file=True)
    record(interview, "interview agreed", by=by)


def _texts(slots: Sequence[datetime]) -> list[str]:
    return [slot.isoformat() for slot in sorted(set(slots))]


def _lock(interview: Interview, seen: int | None = None) -> None:
    """One act on an interview at a time. Raises Stale when it changed since ``seen``."""
    lock_row(interview)
    demand_newest(interview, seen, so=NOTHING)
