"""Offering to speak, on a phone: an event on one’s own clock, or days that suit."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from portal.db import db
from portal.events import actions as events
from portal.events.models import Event, Format, Speaker
from portal.staff.models import Staff
from tests.browser import steps

TOPIC = "How we moved eleven technicians off paper in one summer, and what failed first."
BIO = "Ada plans field service."
# Half past seven in the evening in Berlin, in winter: 13:30 in New York.
STARTS = (datetime.now(UTC).replace(month=1, day=20) + timedelta(days=366)).replace(
    hour=18, minute=30, second=0, microsecond=0
)

pytestmark = pytest.mark.browser


def plan(portal) -> int:
    """An open event, told in the time of Berlin; its id."""

    def event() -> int:
        if planned := db.session.scalar(sa.select(Event.id)):
            return planned
        facts = {
            "title": "The map and the road",
            "description": "Two people who plan rounds talk.",
            "starts_at": STARTS,
            "minutes": 60,
            "time_zone": "Europe/Berlin",
            "place": "https://meet.acme.example/map",
            "format": Format.PANEL,
            "seats": 5,
        }
        return events.plan(by=db.session.scalar(sa.select(Staff)), **facts).id

    return portal.act(event)


def begin(visitor, portal, guest):
    page = visitor()
    steps.come_in(page, guest.link)
    steps.press(page, "Speak at a webinar")
    steps.say(page, "What would you like to talk about?", TOPIC)
    steps.heading(page, "Which format suits you?")
    steps.press(page, "Save and continue")
    steps.refused(page, "Choose the format that suits you")
    page.get_by_label("An interview, with questions you see beforehand").check()
    steps.press(page, "Save and continue")
    steps.heading(page, "When would you like to speak?")
    return page


def end(page, portal, guest, *fields: str) -> list:
    """The rest of the way; what staff then see of the offer."""
    steps.say(page, "How should we introduce you?", BIO)
    steps.introduce(page)
    steps.permit(page, "name", "recording")
    reference = steps.send(page, "webinar proposal")
    steps.receipt_came(portal, guest, reference)
    mine = sa.select(Speaker).filter_by(advocate_id=guest.id)
    return portal.act(lambda: [getattr(db.session.scalars(mine).one(), name) for name in fields])


def test_a_proposal_to_speak_at_an_event_from_the_mail_to_the_confirmation(visitor, portal):
    guest = steps.invite(portal, "webinar", reward=False)
    event = plan(portal)
    page = begin(visitor, portal, guest)
    page.locator("[name=time_zone]").select_option("America/New_York")
    steps.press(page, "Show times there")
    expect(page.get_by_role("main")).to_contain_text("13:30")
    expect(page.get_by_role("main")).to_contain_text("19:30")  # and what the host’s clock says
    steps.press(page, "Save and continue")
    steps.refused(page, "Choose an event, or say that you are available on other days")
    steps.choose(page, "value", str(event))
    steps.press(page, "Save and continue")
    assert end(page, portal, guest, "event_id", "topic") == [event, TOPIC]


def test_a_proposal_for_other_days_from_the_mail_to_the_confirmation(visitor, portal):
    guest = steps.invite(portal, "webinar", reward=False)
    plan(portal)
    page = begin(visitor, portal, guest)
    steps.choose(page, "value", "none")
    steps.press(page, "Save and continue")
    steps.refused(page, "Enter a few days that suit you")
    page.locator("[name=dates]").fill("Tuesdays in May")
    steps.press(page, "Save and continue")
    assert end(page, portal, guest, "event_id", "dates") == [None, "Tuesdays in May"]
