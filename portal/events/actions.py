"""What people do with events: plan, offer to speak, confirm, change, cancel, hold."""

from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns.models import Invitation
from portal.db import db, lock_row
from portal.errors import NotAllowed, there
from portal.events import mail, queries
from portal.events.models import Event, Speaker, SpeakerState, State
from portal.history.actions import Actor, record
from portal.history.actions import forget as forget_notes
from portal.staff.models import Staff
from portal.staff.overtaking import demand_newest, demand_own
from portal.undo import actions as undo
from portal.undo.actions import as_moment, as_text

IN_CALENDARS = ("title", "description", "starts_at", "minutes", "time_zone", "place")


# ── Staff plan ─────────────────────────────────────────────────────────────────────────────


def plan(*, by: Staff, **what: Any) -> Event:
    """Put an event on the list; customers may offer to speak at once."""
    event = Event(staff=by, **what)
    db.session.add(event)
    record(event, "planned", by=by)
    return event


def change(event: Event, *, seen: int, by: Actor, **what: Any) -> None:
    """Change it; everyone confirmed gets the new calendar entry if it shows a difference.

    Raises Stale when somebody else changed it since ``seen``.
    """
    hold_event(event)
    demand_newest(event, seen)
    if not event.is_ahead:
        raise NotAllowed(f"This event is {event.state}, so it cannot be changed any more.")
    if what["seats"] < len(event.confirmed):
        raise NotAllowed(f"{len(event.confirmed)} people are confirmed, so it needs as many seats.")
    changed = [name for name, value in what.items() if getattr(event, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(event, name, what[name])
    count_seats(event)
    if not set(IN_CALENDARS).isdisjoint(changed):
        event.sequence += 1
        for speaker in event.confirmed:
            mail.tell(speaker, "event-changed", moved="starts_at" in changed)
    record(event, "changed", by=by, fields=changed)


def cancel(event: Event, *, note: str, by: Actor) -> None:
    """Call it off: it leaves every calendar it was put into, and whoever was to speak waits for
    another one. Twice is harmless; Stale when a colleague did."""
    hold_event(event)
    if event.state is State.CANCELLED:
        return demand_own(event, by=by)
    event.move("cancel")
    event.sequence += 1
    for speaker in event.those(SpeakerState.OFFERED):
        mail.tell(speaker, "event-cancelled", calendar_file=False, note=note)
    for speaker in event.confirmed:
        mail.tell(speaker, "event-cancelled", called_off=True, note=note)
        speaker.state = SpeakerState.OFFERED  # for another event: their topic stays with us
    record(event, "cancelled", by=by, note=note)


def hold(event: Event, *, by: Actor) -> None:
    """It took place: thank everyone who spoke. Twice is harmless."""
    hold_event(event)
    if event.state is State.HELD:
        return
    if not event.is_over:
        raise NotAllowed("This event is not over yet.")
    event.move("hold")
    for speaker in event.confirmed:
        mail.tell(speaker, "event-thanks", calendar_file=False)
    record(event, "held", by=by)


# ── Customers offer ────────────────────────────────────────────────────────────────────────


def offer(
    invitation: Invitation,
    event: Event | None,
    *,
    reason: str,
    topic: str,
    dates: str,
    by: Actor,
) -> Speaker:
    """Offer to speak, at this event or (without one) on days that suit.

    One offer for each ``reason``: sent again it is the same one, with what is said now.
    """
    found = queries.for_reason(reason)
    if found is None:
        found = Speaker(advocate=invitation.advocate, invitation=invitation, reason=reason)
        db.session.add(found)
    else:
        hold_fast(found)
        if found.state is not SpeakerState.CONFIRMED or found.event is not event:
            _let_go(found)
            found.state, found.confirmed_at = SpeakerState.OFFERED, None
    found.event, found.topic, found.dates = event, topic, dates
    record(found, "offered", by=by)
    return found


def take_back(reason: str, *, by: Actor) -> None:
    """No longer speak: what was in their calendar is taken out. Twice is harmless."""
    found = queries.for_reason(reason)
    if found is None:
        return
    hold_fast(found)
    if found.state in (SpeakerState.OFFERED, SpeakerState.CONFIRMED):
        _let_go(found)
        found.state = SpeakerState.RELEASED
        record(found, "taken back", by=by)


def standing_of(reason: str) -> dict[str, Any]:
    """Where the offer that came with a contribution stands, for ``put_back``; empty without one."""
    found = queries.for_reason(reason)
    if found is None:
        return {}
    at = as_text(found.confirmed_at)
    return {"state": found.state.value, "confirmed_at": at, "event": found.event_id}


def put_back(reason: str, was: dict[str, Any], *, by: Actor) -> None:
    """What ``take_back`` or an answer of ours did is undone: the offer stands as it did, with its
    seat or without.

    Raises NotAllowed when the seat was given to somebody else meanwhile.
    """
    found = queries.for_reason(reason)
    if found is None:
        return
    hold_fast(found)
    if found.state == was["state"]:
        return
    event = found.event
    if was["state"] == SpeakerState.CONFIRMED and there(event).state is not State.OPEN:
        raise NotAllowed("The seat at the event is gone, so this cannot be undone any more.")
    found.state, found.confirmed_at = SpeakerState(was["state"]), as_moment(was["confirmed_at"])
    found.event_id = was["event"]
    db.session.flush()
    db.session.expire(found, ["event"])
    if event:
        db.session.expire(event, ["speakers"])
        count_seats(event)
    record(found, "put back", by=by)


def forget(advocate: Advocate) -> None:
    """Let go of every offer of someone who is erased (T36)."""
    found = queries.of(advocate.id)
    names = [speaker.subject for speaker in found]
    forget_notes(names)
    undo.forget(names)
    for speaker in found:
        db.session.delete(speaker)
    db.session.flush()


def step_down(speaker: Speaker, *, dates: str, by: Advocate) -> None:
    """Give one’s place back; the offer stands for other days. Whoever planned the event is told.
    Twice is harmless."""
    hold_fast(speaker)
    event = there(speaker.event)
    if speaker.state is not SpeakerState.CONFIRMED or not event.is_ahead:
        return
    if event.starts_at <= clock.now():
        raise NotAllowed("This event has begun. Write to us if something came between.")
    _let_go(speaker, theirs=True)
    mail.tell_staff(speaker, dates=dates)
    speaker.event, speaker.dates, speaker.state = None, dates, SpeakerState.OFFERED
    record(speaker, "stepped down", by=by, event=event.id)


# ── Staff answer ───────────────────────────────────────────────────────────────────────────


def confirm(speaker: Speaker, event: Event, *, by: Actor) -> None:
    """Give them a seat, and send the calendar file. Twice is harmless."""
    hold_fast(speaker, event)
    if speaker.state is SpeakerState.CONFIRMED and speaker.event is event:
        return
    if speaker.state is not SpeakerState.OFFERED:
        raise NotAllowed(f"{speaker.advocate.name} no longer offers to speak.")
    if speaker.event is not event and not speaker.is_free:
        raise NotAllowed(f"{speaker.advocate.name} offered to speak at another event.")
    if speaker.advocate.restricted_at:
        raise NotAllowed(f"{speaker.advocate.name} asked us to do nothing with their data for now.")
    if event.state is State.FULL:
        raise NotAllowed("Every seat is taken. Add one, or take somebody off first.")
    if not event.is_ahead or event.is_over:
        raise NotAllowed("This event is over, so nobody can be confirmed for it.")
    speaker.event, speaker.confirmed_at = event, clock.now()
    speaker.state = SpeakerState.CONFIRMED
    db.session.flush()
    db.session.expire(event, ["speakers"])
    count_seats(event)
    mail.tell(speaker, "event-confirmed")
    record(event, "confirmed a speaker", by=by, speaker=speaker.id)


def turn_down(speaker: Speaker, *, note: str, by: Actor) -> None:
    """Not this time; who is confirmed is taken off, also in their calendar. Twice is harmless;
    Stale when somebody else ended it."""
    hold_fast(speaker)
    if speaker.state not in (SpeakerState.OFFERED, SpeakerState.CONFIRMED):
        return demand_own(speaker, by=by)
    was_offered = speaker.state is SpeakerState.OFFERED
    _let_go(speaker, note=note)
    if was_offered:
        mail.tell(speaker, "event-not-now", calendar_file=False, note=note)
    speaker.state = SpeakerState.DECLINED if was_offered else SpeakerState.RELEASED
    record(speaker, "turned down" if was_offered else "taken off", by=by, note=note)


def _let_go(speaker: Speaker, note: str = "", *, theirs: bool = False) -> None:
    """Free the seat of someone confirmed, and take the event out of their calendar."""
    if speaker.state is not SpeakerState.CONFIRMED:
        return
    event = there(speaker.event)
    if not event.is_ahead:
        return
    event.sequence += 1
    mail.tell(speaker, "event-off", called_off=True, note=note, theirs=theirs)
    speaker.state, speaker.confirmed_at = SpeakerState.RELEASED, None
    count_seats(event)


def count_seats(event: Event) -> None:
    """Full when every seat is confirmed, open again when one is free."""
    full = len(event.confirmed) >= event.seats
    if full and event.state is State.OPEN:
        event.move("fill")
    elif not full and event.state is State.FULL:
        event.move("reopen")


def hold_event(event: Event) -> None:
    """One act on an event at a time; what it and its speakers are is read after the wait."""
    lock_row(event)
    anew = sa.select(Speaker).where(Speaker.event_id == event.id)
    db.session.scalars(anew.execution_options(populate_existing=True)).all()


def hold_fast(speaker: Speaker, event: Event | None = None) -> None:
    """One act at a time on an offer, then on the event it is for, which may be known only after
    the wait. Whoever holds an event takes no offer any more: no ring."""
    lock_row(speaker)
    if event := event or speaker.event:
        hold_event(event)
