"""No word is lost and nothing is sent twice: cables, second windows, double clicks, other days."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from portal.consent.models import Receipt
from portal.db import UTCDateTime, db
from portal.incentives.models import Reward
from portal.links.models import Link
from portal.outbox.models import Message
from portal.sessions.models import Session
from portal.submissions.models import Answer, Submission, Version
from tests.browser import steps

USE = "What do you use us for most?"
CHANGED = re.compile("^What changed for your team")
SAVED = re.compile(r"^Saved \d\d:\d\d$")

pytestmark = pytest.mark.browser


@pytest.fixture
def guest(portal):
    return steps.invite(portal, "quote")


def to_the_words(page, guest) -> None:
    """As far as the question with the long answer."""
    steps.come_in(page, guest.link)
    steps.press(page, "Give a quote")
    steps.decide_on_offer(page, "accepted")
    steps.say(page, USE, "Planning shifts")
    steps.heading(page, CHANGED)


def to_the_last_page(page, guest) -> None:
    to_the_words(page, guest)
    steps.say(page, CHANGED, "Before, twenty calls. Now none.")
    steps.introduce(page)
    steps.permit(page, "words")
    steps.heading(page, re.compile("^Check your answers"))
    page.locator("[name=own_words]").check()


def what_came_of_it(portal, guest) -> tuple[int, int, int, int]:
    """How many versions, receipts, rewards and mails with a receipt there are."""

    def count():
        its = {
            Version: Version.submission.has(advocate_id=guest.id),
            Receipt: Receipt.advocate_id == guest.id,
            Reward: Reward.advocate_id == guest.id,
            Message: sa.and_(Message.recipient == guest.email, Message.template == "received"),
        }
        return tuple(
            db.session.scalar(sa.select(sa.func.count()).select_from(model).where(mine))
            for model, mine in its.items()
        )

    return portal.act(count)


# ── The network ────────────────────────────────────────────────────────────────────────────


def test_typing_on_without_a_network_loses_nothing(device, portal, guest):
    phone = device()
    page = phone.new_page()
    to_the_words(page, guest)
    status, words = page.locator("[data-autosave-status]"), page.locator("[name=value]")
    words.press_sequentially("Before, twenty calls.")
    expect(status).to_have_text(SAVED)
    assert steps.said(portal, guest, "words") == "Before, twenty calls."

    phone.set_offline(True)
    words.press_sequentially(" Now none.")
    expect(status).to_contain_text("Not saved")
    words.press_sequentially(" And Fridays are ours.")
    whole = "Before, twenty calls. Now none. And Fridays are ours."
    expect(words).to_have_value(whole)
    assert steps.said(portal, guest, "words") == "Before, twenty calls."

    phone.set_offline(False)
    expect(status).to_have_text(SAVED)
    assert steps.said(portal, guest, "words") == whole
    page.reload()
    expect(page.locator("[name=value]")).to_have_value(whole)


def test_a_portal_that_cannot_be_reached_is_tried_again(device, portal, guest):
    phone = device()
    page = phone.new_page()
    to_the_words(page, guest)
    phone.route("**/questions/*", lambda route: route.abort())
    page.locator("[name=value]").press_sequentially("Before, twenty calls.")
    expect(page.locator("[data-autosave-status]")).to_have_text("Not saved, retrying")
    phone.unroute("**/questions/*")
    expect(page.locator("[data-autosave-status]")).to_have_text(SAVED)
    assert steps.said(portal, guest, "words") == "Before, twenty calls."


# ── Two windows ────────────────────────────────────────────────────────────────────────────


def test_a_second_window_shows_both_texts_and_overwrites_nothing(visitor, scripted, portal, guest):
    page = visitor()
    to_the_words(page, guest)
    other = page.context.new_page()
    other.goto(page.url)
    keep_for_later(page, "Typed in the first window.", scripted)

    other.locator("[name=value]").press_sequentially("Typed in the second window.")
    if scripted:
        status = other.locator("[data-autosave-status]")
        expect(status).to_contain_text("This answer was changed in another window.")
    assert steps.said(portal, guest, "words") == "Typed in the first window."
    steps.press(other, "Save and continue")

    steps.heading(other, "This answer was changed in another window")
    expect(other.locator("#saved")).to_have_text("Typed in the first window.")
    expect(other.locator("[name=value]")).to_have_value("Typed in the second window.")
    assert steps.said(portal, guest, "words") == "Typed in the first window."

    other.locator("[name=value]").fill("Typed in both windows.")
    steps.press(other, "Keep this text")
    steps.heading(other, "About you")
    assert steps.said(portal, guest, "words") == "Typed in both windows."


def keep_for_later(page, words: str, scripted: bool) -> None:
    page.locator("[name=value]").press_sequentially(words)
    if scripted:
        expect(page.locator("[data-autosave-status]")).to_have_text(SAVED)
    else:
        steps.press(page, "Save and come back later")
        expect(page).to_have_url(re.compile("/me$"))


def test_the_last_page_shows_what_another_window_changed_before_it_sends(visitor, portal, guest):
    page = visitor()
    to_the_last_page(page, guest)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("link", name=re.compile("^Change your quote")).click()
    steps.say(other, CHANGED, "Changed in the other window.")
    steps.heading(other, re.compile("^Check your answers"))
    steps.press(page, "Send my quote to Acme")
    expect(page.get_by_role("main")).to_contain_text("An answer changed after you opened this page")
    assert what_came_of_it(portal, guest) == (0, 0, 0, 0)


# ── Once ───────────────────────────────────────────────────────────────────────────────────


def test_a_double_click_sends_once(visitor, scripted, portal, guest):
    page = visitor()
    to_the_last_page(page, guest)
    asked = []
    page.on("request", lambda one: asked.append(one.method) if "/sending" in one.url else None)
    with page.expect_request("**/sending"):
        page.get_by_role("button", name="Send my quote to Acme").click(no_wait_after=True)
    page.keyboard.press("Enter")  # on the same button, before the answer has come
    steps.heading(page, "Your quote is with us")
    assert len(asked) == (1 if scripted else 2)
    assert what_came_of_it(portal, guest) == (1, 1, 1, 1)


def test_fifty_sendings_at_once_make_one_submission(device, portal, guest):
    phone = device(java_script_enabled=False)
    page = phone.new_page()
    to_the_last_page(page, guest)
    form = {name: page.locator(f"main form [name={name}]").input_value() for name in FIELDS}
    address = page.url.replace("/check", "/sending").split("?")[0]
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in phone.cookies())
    headers = {"Cookie": cookies, "Origin": portal.url}
    asked = Request(address, urlencode(form).encode(), headers)
    with ThreadPoolExecutor(50) as crowd:
        answers = list(crowd.map(lambda _: answer_to(asked), range(50)))
    assert {status for status, _ in answers} == {303}, answers
    assert {where.rpartition("/")[2] for _, where in answers} == {"sent"}
    assert what_came_of_it(portal, guest) == (1, 1, 1, 1)


FIELDS = ("csrf_token", "seen", "own_words")


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def answer_to(request: Request) -> tuple[int, str]:
    """Status and address of the answer, going nowhere."""
    try:
        return build_opener(Stay).open(request, timeout=120).status, ""
    except HTTPError as answer:
        return answer.code, answer.headers.get("Location", "")


# ── Another day ────────────────────────────────────────────────────────────────────────────


def test_a_week_later_on_another_device_one_goes_on_at_the_next_question(visitor, portal, guest):
    phone = visitor()
    steps.come_in(phone, guest.link)
    steps.press(phone, "Give a quote")
    steps.decide_on_offer(phone, "accepted")
    steps.say(phone, USE, "Planning shifts")
    steps.heading(phone, CHANGED)
    phone.context.close()
    portal.act(lambda: a_week_passes(guest))

    desk = visitor(steps.DESK)
    steps.come_in(desk, guest.link)
    steps.press(desk, "Carry on")
    steps.heading(desk, CHANGED)
    desk.get_by_role("link", name="Back", exact=True).click()
    expect(desk.locator("[name=value]")).to_have_value("Planning shifts")


def a_week_passes(guest) -> None:
    """Everything this visit left behind happened a week earlier."""
    mine = {
        Submission: Submission.advocate_id == guest.id,
        Answer: Answer.submission.has(advocate_id=guest.id),
        Session: Session.person_id == guest.id,
        Link: Link.sent_to == guest.email,
    }
    for model, where in mine.items():
        moments = [c.name for c in sa.inspect(model).columns if isinstance(c.type, UTCDateTime)]
        for row in db.session.scalars(sa.select(model).where(where)):
            for name in moments:
                if moment := getattr(row, name, None):
                    setattr(row, name, moment - timedelta(days=7))
