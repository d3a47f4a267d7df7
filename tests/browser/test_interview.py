"""Talking instead of writing: from the mail to a time, the talk, and the words one's own."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from icalendar import Calendar
from playwright.sync_api import Page, expect

from portal import clock
from portal.db import db
from portal.interviews.models import Interview
from tests.browser import steps
from tests.browser.test_case_study import ADVICE, STORY

FIRST = "What does your team do, and how did you work before?"
NOTES = "Sixty calls a day became fourteen."

pytestmark = pytest.mark.browser


def test_an_interview_from_the_mail_to_the_confirmation(visitor, portal):
    guest = steps.invite(portal, "case-study", reward=False)
    page = visitor()
    page.goto(steps.link_in(portal, steps.mail_came(portal, guest.email, "A question"), "/i/"))
    steps.press(page, "Tell your story")
    steps.heading(page, FIRST)
    page.get_by_role("link", name="Interview me instead").click()
    name_a_time(page)

    desk = visitor(steps.DESK)
    steps.sign_in(portal, desk)
    desk.goto(f"/staff/interviews/{talk_with(portal, guest)}")
    agree(desk)
    mail = steps.mail_came(portal, guest.email, "We talk on")
    [entry] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert len(Calendar.from_ical(entry.get_content()).walk("VEVENT")) == 1
    page.reload()
    steps.heading(page, "Your interview")
    expect(page.get_by_role("link", name="Add to your calendar")).to_be_visible()

    portal.act(lambda: half_a_week_passes(guest))
    desk.reload()
    desk.get_by_label("What you talked about").fill(NOTES)
    steps.press(desk, "Interview held")
    page.goto(steps.link_in(portal, steps.mail_came(portal, guest.email, "your turn"), "/i/"))
    steps.press(page, "Carry on")
    write_it_beside_the_notes(page)
    steps.send(page, "case study")
    version = steps.contribution(portal, guest, lambda it: str(it.current.answers))
    assert NOTES not in version  # T1


def name_a_time(page: Page) -> None:
    """Refused without one, with what was typed still there."""
    page.get_by_label("What would you like to talk about?").fill("The lifts")
    page.get_by_label("Your time zone").select_option("Europe/Berlin")
    steps.choose(page, "medium", "video")
    steps.press(page, "Send these times")
    steps.refused(page, "Enter at least one day and time")
    expect(page.get_by_label("What would you like to talk about?")).to_have_value("The lifts")
    page.locator("[name=day_1]").fill(f"{clock.now() + timedelta(days=2):%Y-%m-%d}")
    page.locator("[name=time_1]").fill("10:00")
    steps.press(page, "Send these times")
    steps.heading(page, "We have your times")
    expect(page.get_by_role("main")).to_contain_text("10:00 Berlin time")


def agree(desk: Page) -> None:
    desk.get_by_label("10:00 Berlin time").check()
    steps.press(desk, "Confirm this time")
    steps.refused(desk, "Enter the link to the video call")
    desk.get_by_label("Link to the video call").fill("https://meet.acme.example/x")
    steps.press(desk, "Confirm this time")
    expect(desk.get_by_text("gets a mail with the calendar entry")).to_be_visible()


def write_it_beside_the_notes(page: Page) -> None:
    """On every question the notes stand beside an empty field."""
    answers = {number: words for number, (_, words) in enumerate(STORY, 1)} | {6: ADVICE}
    for number in range(1, 11):
        expect(page.get_by_text(f"Question {number} of 10")).to_be_visible()
        expect(page.get_by_label("From your interview")).to_contain_text(NOTES)
        if number in answers:
            expect(page.locator("[name=value]")).to_have_value("")
            page.locator("[name=value]").fill(answers[number])
        steps.press(page, "Save and continue")
    steps.introduce(page)
    steps.permit(page, "words")


def talk_with(portal, guest) -> int:
    mine = sa.select(Interview.id).filter_by(advocate_id=guest.id)
    return portal.act(lambda: db.session.scalar(mine))


def half_a_week_passes(guest) -> None:
    mine = sa.select(Interview).filter_by(advocate_id=guest.id)
    db.session.scalars(mine).one().starts_at -= timedelta(days=4)
