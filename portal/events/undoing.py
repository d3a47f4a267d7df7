"""What staff say to those who offer to speak, and that an event is off or was held, put back within
ten seconds: no entry has reached a calendar."""

from collections.abc import Sequence
from typing import Any

from portal.db import lock_row
from portal.events import actions
from portal.events.models import Event, Speaker, SpeakerState, State
from portal.staff.models import Staff
from portal.undo.actions import Way, as_text

SAID = "Undone. It is as it was before, and nothing was sent."


def hold_first(speakers: Sequence[Speaker]) -> None:
    """The offers before any event, as everyone does."""
    for speaker in speakers:
        lock_row(speaker)
    for event in sorted({one.event for one in speakers if one.event}, key=lambda one: one.id):
        actions.hold_event(event)


def mark(speaker: Speaker) -> list[Any]:
    """With the number that calendars know: a change was mailed at once to who was confirmed."""
    event = speaker.event
    at = as_text(speaker.confirmed_at)
    of_event = [event.id, event.sequence, event.is_ahead] if event else []
    return [speaker.state.value, at, *of_event]


def put_back(speaker: Speaker, was: dict[str, Any], *, by: Staff) -> None:
    actions.put_back(speaker.reason, was, by=by)


def before(event: Event) -> dict[str, Any]:
    return {"state": event.state.value, "confirmed": [one.id for one in event.confirmed]}


def put_event_back(event: Event, was: dict[str, Any], *, by: Staff) -> None:
    """Who had a place has it again."""
    event.state = State(was["state"])
    for speaker in event.speakers:
        if speaker.id in was["confirmed"]:
            speaker.state = SpeakerState.CONFIRMED
    actions.count_seats(event)


SPEAKER = Way(
    row=Speaker,
    hold=actions.hold_fast,
    mark=mark,
    snapshot=lambda one: actions.standing_of(one.reason),
    put_back=put_back,
    title=lambda one: f"{one.advocate.name} would speak",
    page=lambda one: (
        "events.show" if one.event_id else "events.index",
        {"id": one.event_id, "speaker": one.id, "_anchor": f"speaker-{one.id}"},
    ),
    said="Undone. The offer stands as it did, and nothing was sent.",
    first=hold_first,
)
EVENT = Way(
    row=Event,
    hold=actions.hold_event,
    mark=lambda one: [one.version, *([who.id, who.state.value] for who in one.speakers)],
    snapshot=before,
    put_back=put_event_back,
    title=lambda one: one.title,
    page=lambda one: ("events.show", {"id": one.id}),
    said=SAID,
)
