"""Calendar files (RFC 5545). Times travel in UTC, so that no calendar can misread a zone."""

from icalendar import Calendar, Event, vCalAddress, vText

from portal import clock, zones
from portal.config import settings
from portal.errors import there
from portal.events import models
from portal.outbox.models import Attachment


def invite(speaker: models.Speaker, *, called_off: bool = False) -> Attachment:
    """The file a mail carries: calendars add it, change it or take it out again (RFC 5546)."""
    method = "CANCEL" if called_off else "REQUEST"
    entry = _entry(there(speaker.event), method)
    entry.add("attendee", _attendee(speaker), encode=False)
    return {
        "name": "invitation.ics",
        "type": "text/calendar",
        "params": {"method": method},
        "text": _write(entry, method),
    }


def file(event: models.Event) -> str:
    """The same to download, for no one in particular; of a cancelled event, what takes it out of
    a calendar."""
    method = "CANCEL" if event.state is models.State.CANCELLED else "PUBLISH"
    return _write(_entry(event, method), method)


def _write(entry: Event, method: str) -> str:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings().brand_name}//Goodword//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(entry)
    return calendar.to_ical().decode()


def _entry(event: models.Event, method: str) -> Event:
    config = settings()
    entry = Event()
    entry.add("uid", f"{event.uid}@{config.mail_from.rpartition('@')[2]}")
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", clock.now())
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at)
    entry.add("summary", event.title)
    entry.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    host = vCalAddress(f"mailto:{config.brand_contact_email}")
    host.params["cn"] = vText(config.brand_name)
    entry.add("organizer", host)
    if method != "CANCEL":
        when = zones.spoken(event.starts_at, event.time_zone)
        entry.add("description", "\n\n".join(part for part in (event.description, when) if part))
        if event.place:
            entry.add("location", event.place)
    return entry


def _attendee(speaker: models.Speaker) -> vCalAddress:
    person = vCalAddress(f"mailto:{speaker.advocate.email}")
    person.params["cn"] = vText(speaker.advocate.name)
    person.params["role"] = vText("REQ-PARTICIPANT")
    person.params["partstat"] = vText("ACCEPTED")
    person.params["rsvp"] = vText("FALSE")
    return person
