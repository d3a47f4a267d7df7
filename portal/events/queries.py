"""What pages list of events and of the people who offered to speak."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal import clock
from portal.db import db
from portal.errors import NotFound
from portal.events.models import Event, Speaker, SpeakerState, State


def event(id: int) -> Event:
    found = db.session.get(Event, id)
    if found is None:
        raise NotFound("There is no event at this address.")
    return found


def speaker(id: int) -> Speaker:
    found = db.session.get(Speaker, id)
    if found is None:
        raise NotFound("Nobody offered to speak at this address.")
    return found


def ahead() -> Sequence[Event]:
    """Events to come (or to be closed), the next one first."""
    return db.session.scalars(
        sa.select(Event)
        .where(Event.state.in_([State.OPEN, State.FULL]))
        .order_by(Event.starts_at, Event.id)
    ).all()


def over() -> Sequence[Event]:
    """Held and cancelled ones, the newest first."""
    return db.session.scalars(
        sa.select(Event)
        .where(Event.state.in_([State.HELD, State.CANCELLED]))
        .order_by(Event.starts_at.desc(), Event.id.desc())
        .limit(50)
    ).all()


def to_choose(advocate_id: int) -> Sequence[Event]:
    """Events this person may offer to speak at; one they are confirmed for stays among them."""
    open_now = sa.and_(Event.state == State.OPEN, Event.starts_at > clock.now())
    theirs = (
        sa.select(Speaker.event_id)
        .join(Event)
        .where(
            Speaker.advocate_id == advocate_id,
            Speaker.state == SpeakerState.CONFIRMED,
            Event.state.in_([State.OPEN, State.FULL]),
        )
    )
    return db.session.scalars(
        sa.select(Event)
        .where(sa.or_(open_now, Event.id.in_(theirs)))
        .order_by(Event.starts_at, Event.id)
    ).all()


def may_choose(event_id: int, advocate_id: int) -> bool:
    return event_id in {event.id for event in to_choose(advocate_id)}


def available() -> Sequence[Speaker]:
    """Who offered to speak whenever it suits, or at an event that is cancelled or over by now, and
    waits for us; the oldest offer first."""
    return db.session.scalars(
        sa.select(Speaker)
        .outerjoin(Speaker.event)
        .where(
            Speaker.state == SpeakerState.OFFERED,
            sa.or_(Event.id.is_(None), Event.state.in_([State.HELD, State.CANCELLED])),
        )
        .order_by(Speaker.id)
    ).all()


def for_reason(reason: str) -> Speaker | None:
    """The offer that came with one contribution."""
    return db.session.scalar(sa.select(Speaker).where(Speaker.reason == reason))


def those_of(reasons: Collection[str]) -> dict[str, Speaker]:
    """The offers that came with these contributions, by reason, each with its event."""
    if not reasons:
        return {}
    found = db.session.scalars(
        sa.select(Speaker).where(Speaker.reason.in_(reasons)).options(joinedload(Speaker.event))
    )
    return {speaker.reason: speaker for speaker in found.unique()}


def mine(advocate_id: int, event_id: int) -> Speaker:
    """This person’s own place at an event, also at one that was cancelled since; anybody else’s
    is not found."""
    had_one = sa.and_(Event.state == State.CANCELLED, Speaker.confirmed_at.is_not(None))
    found = db.session.scalar(
        sa.select(Speaker)
        .join(Speaker.event)
        .where(
            Speaker.event_id == event_id,
            Speaker.advocate_id == advocate_id,
            sa.or_(Speaker.state == SpeakerState.CONFIRMED, had_one),
        )
    )
    if found is None:
        raise NotFound("You have no place at an event at this address.")
    return found


def of(advocate_id: int) -> Sequence[Speaker]:
    """Every offer of this person."""
    return db.session.scalars(
        sa.select(Speaker).where(Speaker.advocate_id == advocate_id).order_by(Speaker.id)
    ).all()
