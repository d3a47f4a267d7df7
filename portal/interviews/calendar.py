"""The calendar entry of an interview (RFC 5545, 5546), in UTC like those of events."""

from icalendar import Calendar, Event, vCalAddress, vText

from portal import clock
from portal.config import settings
from portal.interviews.models import Interview, Medium
from portal.outbox.models import Attachment


def invite(interview: Interview, *, called_off: bool = False) -> Attachment:
    """The file a mail carries: calendars add it, or take it out again."""
    method = "CANCEL" if called_off else "REQUEST"
    return {
        "name": "invitation.ics",
        "type": "text/calendar",
        "params": {"method": method},
        "text": write(interview, method),
    }


def write(interview: Interview, method: str = "PUBLISH") -> str:
    """The entry as a file."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings().brand_name}//Goodword//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_entry(interview, method))
    return calendar.to_ical().decode()


def _entry(interview: Interview, method: str) -> Event:
    config, person = settings(), interview.advocate
    entry = Event()
    entry.add("uid", f"{interview.uid}@{config.mail_from.rpartition('@')[2]}")
    entry.add("sequence", interview.sequence)
    entry.add("dtstamp", clock.now())
    entry.add("dtstart", interview.starts_at)
    entry.add("dtend", interview.ends_at)
    entry.add("summary", f"{config.brand_name} talks with {person.name}")
    entry.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    host = vCalAddress(f"mailto:{config.brand_contact_email}")
    host.params["cn"] = vText(config.brand_name)
    entry.add("organizer", host)
    if method != "PUBLISH":
        entry.add("attendee", _attendee(person), encode=False)
    if method != "CANCEL":
        by_phone = interview.medium is Medium.PHONE
        entry.add("location", f"Phone: {interview.phone}" if by_phone else interview.place)
    return entry


def _attendee(person) -> vCalAddress:
    found = vCalAddress(f"mailto:{person.email}")
    found.params["cn"] = vText(person.name)
    found.params["partstat"] = vText("ACCEPTED")
    found.params["rsvp"] = vText("FALSE")
    return found
