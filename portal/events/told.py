"""Offers to speak in words: for whoever made one, and for the team."""

from collections.abc import Iterator
from typing import Any

from portal import zones
from portal.advocates.wishes import clock_of
from portal.errors import there
from portal.events.models import Event, Speaker, SpeakerState, State
from portal.history import queries as history


def when(event: Event, zone: str) -> str:
    """When it is on the clock of ``zone`` and, where that shows another time, on its host’s."""
    host = zones.host_time(event.starts_at, zone, event.time_zone)
    return zones.spoken(event.starts_at, zone) + (f" ({host})" if host else "")


def wish(speaker: Speaker) -> str:
    """At which event and when, or on which days, someone would speak."""
    if event := speaker.event:
        off = " (cancelled)" if event.state is State.CANCELLED else ""
        return f"“{event.title}”{off}, {zones.spoken(event.starts_at, event.time_zone)}"
    return f"On other days: {speaker.dates}" if speaker.dates else "On other days"


def so_far(speaker: Speaker) -> Iterator[dict[str, Any]]:
    """What has become of it by now, as steps of its story."""
    event = speaker.event
    if event is None:
        return
    if event.state is State.CANCELLED and speaker.is_free:
        entry = there(history.last(event, only="cancelled"))
        yield {"title": f"“{event.title}” was cancelled", "at": entry.at, "done": True}
    elif speaker.state is SpeakerState.CONFIRMED and not event.is_over:
        title = f"Your place at “{event.title}” is confirmed"
        yield {"title": title, "at": speaker.confirmed_at, "done": True}
    elif speaker.state is SpeakerState.CONFIRMED:
        yield {"title": f"You spoke at “{event.title}”", "at": event.starts_at, "done": True}


def ahead(speaker: Speaker | None) -> dict[str, str] | None:
    """What comes next: ``title`` and, where a day is known, ``text``; None when nothing does."""
    if speaker is None or (speaker.is_free and speaker.event is None):
        return {"title": "We settle the date with you"}
    if speaker.is_free:
        return {"title": "We look for another date with you"}
    event = speaker.event
    if event is None or event.is_over or (speaker.is_settled and not speaker.speaks):
        return None
    title = f"You speak at “{event.title}”"
    if not speaker.speaks:
        title = f"We tell you whether there is a place for you at “{event.title}”"
    return {"title": title, "text": f"{when(event, clock_of(speaker.advocate))}."}


def in_short(speaker: Speaker | None) -> str:
    """Where it stands, in a sentence."""
    steps = [*so_far(speaker)] if speaker else []
    if speaker and not steps and speaker.is_settled:
        return "You do not speak at an event this time."
    coming = ahead(speaker)
    words = [step["title"] for step in steps] + ([coming["title"]] if coming else [])
    return " ".join(f"{one}." for one in words)
