"""What speakers are told, each with the calendar entry it is about."""

from typing import Any

from portal import zones
from portal.advocates.wishes import clock_of
from portal.config import settings
from portal.errors import there
from portal.events import calendar
from portal.events.models import Speaker
from portal.links.models import Kind
from portal.outbox import actions as outbox


def tell(
    speaker: Speaker,
    template: str,
    *,
    calendar_file: bool = True,
    called_off: bool = False,
    **words: Any,
) -> None:
    """Promise one speaker a mail, with the calendar entry as it is now unless told otherwise."""
    person, event = speaker.advocate, speaker.event
    outbox.email(
        person.email,
        template,
        about=speaker,
        links={"url": (Kind.INVITATION, speaker.invitation)},
        attachment=calendar.invite(speaker, called_off=called_off) if calendar_file else None,
        first_name=person.first_name,
        topic=speaker.topic,
        **(_described(speaker) if event else {"title": ""}),
        **words,
    )


def tell_staff(speaker: Speaker, *, dates: str) -> None:
    """Whoever planned an event learns that a speaker gave the place back."""
    event = there(speaker.event)
    outbox.email(
        event.staff.email,
        "event-speaker-off",
        about=speaker,
        first_name=event.staff.name,
        customer=speaker.advocate.name,
        company=speaker.advocate.company.name,
        title=event.title,
        when=zones.spoken(event.starts_at, event.time_zone),
        dates=dates,
        url=f"{settings().base_url}/staff/events/{event.id}",
    )


def _described(speaker: Speaker) -> dict[str, Any]:
    """The event in words, at the time of the person’s own clock and, if another, of its host’s."""
    event, zone = there(speaker.event), clock_of(speaker.advocate)
    return {
        "title": event.title,
        "when": zones.spoken(event.starts_at, zone),
        "there": zones.host_time(event.starts_at, zone, event.time_zone),
        "minutes": event.minutes,
        "place": event.place,
    }
