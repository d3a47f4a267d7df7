"""What lands in a calendar: the right moment everywhere, one entry that follows every change."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from portal import zones
from portal.advocates.models import Advocate
from portal.db import db
from portal.errors import Unreadable
from portal.events import actions, calendar
from portal.events.models import Event, Speaker, State
from portal.history.actions import SYSTEM
from tests.events.conftest import calendar_in

# A wall clock on the days around a change, and the moment it means.
WALLS = [
    ("Europe/Berlin", "2027-10-30 15:00", "2027-10-30 13:00"),  # the day before winter time
    ("Europe/Berlin", "2027-10-31 15:00", "2027-10-31 14:00"),  # the last Sunday of October
    ("Europe/Berlin", "2027-03-28 15:00", "2027-03-28 13:00"),
    ("America/New_York", "2027-11-06 18:30", "2027-11-06 22:30"),
    ("America/New_York", "2027-11-07 18:30", "2027-11-07 23:30"),
    ("Asia/Kolkata", "2027-10-31 15:00", "2027-10-31 09:30"),  # no summer time, half an hour off
    ("Pacific/Chatham", "2027-04-03 12:00", "2027-04-02 22:15"),  # +13:45
    ("Pacific/Chatham", "2027-04-05 12:00", "2027-04-04 23:15"),  # +12:45
]


def test_the_moment_survives_the_file_in_every_zone(app):
    for zone, wall, utc in WALLS:
        meant = datetime.fromisoformat(utc).replace(tzinfo=UTC)
        there = datetime.fromisoformat(wall)
        assert zones.moment(there, zone) == meant, (zone, wall)
        with app.app_context():
            text = calendar.file(speaking_at(zones.moment(there, zone), zone).event)
        (entry,) = Calendar.from_ical(text).walk("VEVENT")
        assert entry.start == meant, (zone, wall)
        assert entry.start.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == there
        assert entry.end - entry.start == timedelta(minutes=60)
        assert f"{there:%H:%M} {zones.place(zone)}" in entry["DESCRIPTION"]


def speaking_at(moment: datetime, zone: str) -> Speaker:
    """Someone’s place at an event of that moment; never stored."""
    event = Event(
        title="Rounds", description="", starts_at=moment, minutes=60, time_zone=zone, place="",
        state=State.OPEN, uid="0123", sequence=0,
    )  # fmt: skip
    return Speaker(event=event, advocate=Advocate(email="ada@analytical.example"))


def test_a_file_keeps_lines_short_and_its_text_whole(app):
    speaker = speaking_at(datetime(2028, 6, 1, 16, tzinfo=UTC), "Europe/Berlin")
    speaker.event.title = "Plans, roads; and \\ maps – " + "what a plan does not know, " * 6
    speaker.event.description = "First line\nSecond: «ö», 100 %"
    with app.app_context():
        text = calendar.file(speaker.event)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    (entry,) = Calendar.from_ical(text).walk("VEVENT")
    assert entry["SUMMARY"] == speaker.event.title
    assert entry["DESCRIPTION"].startswith(speaker.event.description)


@pytest.mark.parametrize(
    ("zone", "wall", "why"),
    [
        (
            "Europe/Berlin",
            "2027-10-31 02:30",
            "02:30 happens twice that day: the clocks in Berlin go back",
        ),
        (
            "Europe/Berlin",
            "2027-03-28 02:30",
            "02:30 does not exist that day: the clocks in Berlin go for",
        ),
        ("America/New_York", "2027-11-07 01:30", "happens twice"),
        ("Pacific/Chatham", "2027-09-26 03:00", "does not exist"),
    ],
)
def test_a_time_no_clock_shows_once_is_refused(zone, wall, why):
    with pytest.raises(Unreadable, match=why):
        zones.moment(datetime.fromisoformat(wall), zone)


def test_the_mail_carries_an_entry_for_this_person_alone(confirmed, post_mail):
    mail = post_mail()[-1]
    assert mail["Subject"] == "You are confirmed: The map and the road"
    invitation, entry = calendar_in(mail)
    assert invitation["METHOD"] == "REQUEST"
    assert invitation["VERSION"] == "2.0"
    assert entry["SEQUENCE"] == 0
    assert entry["ATTENDEE"] == "mailto:ada@analytical.example"
    assert entry["ORGANIZER"] == "mailto:hello@acme.example"
    assert entry["LOCATION"] == "https://meet.acme.example/map"
    assert {"DTSTAMP", "DTSTART", "DTEND", "UID"} <= set(entry)


def test_a_change_and_a_cancellation_follow_the_same_entry(confirmed, event, as_rosa, post_mail):
    moved = {
        "title": "The map and the road", "description": "", "format": "panel", "day": "2027-10-31",
        "time": "15:00", "time_zone": "Europe/Berlin", "minutes": "45", "seats": "1",
        "place": "https://meet.acme.example/map", "seen": _version(as_rosa, event),
    }  # fmt: skip
    assert as_rosa.post(f"/staff/events/{event}", data=moved).status_code == 303
    called_off = as_rosa.post(
        f"/staff/events/{event}/cancellation", data={"note": "The host is ill."}
    )
    assert called_off.status_code == 303
    mails = [mail for mail in post_mail() if "map" in mail["Subject"]]
    entries = [calendar_in(mail)[1] for mail in mails]
    assert len({entry["UID"] for entry in entries}) == 1
    assert [entry["SEQUENCE"] for entry in entries] == [0, 1, 2]
    assert [calendar_in(mail)[0]["METHOD"] for mail in mails] == ["REQUEST", "REQUEST", "CANCEL"]
    assert entries[1].start == datetime(2027, 10, 31, 14, tzinfo=UTC)
    assert entries[2]["STATUS"] == "CANCELLED"
    assert "The host is ill." in mails[2].get_body(("plain",)).get_content()


def _version(browser, event: int) -> str:

    return re.search(
        r'name="seen"[^>]*value="(\d+)"', browser.get(f"/staff/events/{event}/edit").text
    )[1]


def test_a_change_nobody_would_see_sends_nothing(confirmed, event, act, rosa, saved, post_mail):
    before = len(post_mail())

    def add_a_seat():
        found = db.session.get(Event, event)
        facts = {name: getattr(found, name) for name in (*actions.IN_CALENDARS, "format")}
        actions.change(found, seen=found.version, by=SYSTEM, **facts, seats=2)

    act(add_a_seat)
    assert len(post_mail()) == before
    (found,) = saved(Event)
    assert (found.sequence, found.state) == (0, "open")


def test_the_same_entry_can_be_fetched_by_who_speaks_and_by_nobody_else(
    confirmed, event, as_ada, as_charlie, as_rosa, as_stranger
):
    answer = as_ada.get(f"/me/events/{event}.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.data)
    assert calendar["METHOD"] == "PUBLISH"
    assert b"ATTENDEE" not in answer.data
    for browser in (as_charlie,):
        assert browser.get(f"/me/events/{event}.ics").status_code == 404
        assert browser.get(f"/me/events/{event}").status_code == 404
    for browser in (as_stranger, as_rosa):
        assert browser.get(f"/me/events/{event}.ics").location == "/session-over"


def test_staff_put_the_same_entry_into_their_own_calendar(
    confirmed, event, as_rosa, as_ada, as_stranger, post_mail
):
    address = f"/staff/events/{event}.ics"
    assert address in as_rosa.get(f"/staff/events/{event}").text
    answer = as_rosa.get(address)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    (entry,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert entry["UID"] == calendar_in(post_mail()[-1])[1]["UID"]
    assert b"ATTENDEE" not in answer.data
    assert as_stranger.get(address).status_code == as_ada.get(address).status_code == 302
    as_rosa.post(f"/staff/events/{event}/cancellation", data={"note": ""})
    assert "Take out of your calendar" in as_rosa.get(f"/staff/events/{event}").text
    assert Calendar.from_ical(as_rosa.get(address).data)["METHOD"] == "CANCEL"


def test_the_hosts_time_is_said_only_where_their_clock_shows_another_one():
    at = datetime(2026, 12, 21, 15, tzinfo=UTC)
    assert zones.host_time(at, "Europe/Rome", "Europe/Berlin") == ""
    assert zones.host_time(at, "Europe/London", "Europe/Berlin") == "16:00 Berlin time"
    late = zones.host_time(at, "America/New_York", "Asia/Tokyo")
    assert late == "Tuesday 22 December 2026, 00:00 Tokyo time"
