"""An event Rosa plans, and Ada’s way to its stage."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.db import db
from portal.events import actions
from portal.events.models import Event, Format, Speaker
from portal.staff.models import Staff
from portal.submissions.models import Action, Submission
from tests import contributing


@pytest.fixture
def plan(act, rosa):
    """Put an event on the list; its id."""

    def plan(**what) -> int:
        facts = {
            "title": "The map and the road",
            "description": "Two people who plan rounds talk.",
            "starts_at": datetime.now(UTC).replace(microsecond=0) + timedelta(days=20),
            "minutes": 60,
            "time_zone": "Europe/Berlin",
            "place": "https://meet.acme.example/map",
            "format": Format.PANEL,
            "seats": 1,
        }
        return act(lambda: actions.plan(by=db.session.get(Staff, rosa), **facts | what).id)

    return plan


@pytest.fixture
def event(plan) -> int:
    return plan()


@pytest.fixture
def offers_to_speak(act, invitation):
    """Ada sends a webinar proposal for this event (or none); the id of her offer to speak."""

    def offer(event: int | None) -> int:
        def say():
            chosen = db.session.get(Event, event) if event else None
            answer = contributing.kinds.event_answer(chosen, "Europe/Berlin", "Tuesdays")
            contributing.contribute(invitation, Action.WEBINAR, event=answer)

        act(say)
        return act(lambda: db.session.query(Speaker).one().id)

    return offer


@pytest.fixture
def confirmed(event, offers_to_speak, as_rosa) -> int:
    """Ada has a place at the event."""
    speaker = offers_to_speak(event)
    answer = as_rosa.post(f"/staff/events/{event}/speakers", data={"speaker": speaker})
    assert answer.status_code == 303
    return speaker


@pytest.fixture
def the_submission(saved):
    return lambda: saved(Submission)[-1]


def calendar_in(mail):
    """The calendar part of a mail, as a program reads it."""
    from icalendar import Calendar

    (part,) = [p for p in mail.walk() if p.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    assert part.get_param("method") == calendar["METHOD"]
    (entry,) = calendar.walk("VEVENT")
    return calendar, entry


@pytest.fixture
def post_mail(post_mail, wait):
    """The same once the ten seconds are over in which staff can undo what they decided."""

    def later() -> list:
        wait(seconds=11)
        return post_mail()

    return later
