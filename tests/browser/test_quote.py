"""Giving a quote on a phone: with and without script, by keyboard alone, in few and light pages."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.keyboard import Keyboard
from tests.browser.weighing import Scales

WORDS = (
    "Before, two of us spent Monday merging lists. Now it takes me twenty minutes, and I would "
    "tell anyone to clean up their list of staff first, which we did not."
)
USE = "What do you use us for most?"
CHANGED = re.compile("^What changed for your team")

pytestmark = pytest.mark.browser


def test_a_quote_from_the_mail_to_the_confirmation(visitor, portal):
    guest = steps.invite(portal, "quote", "review")
    page = visitor()
    steps.come_in(page, guest.link)
    expect(page.get_by_text("a €25 gift card").first).to_be_visible()
    steps.press(page, "Give a quote")

    steps.decide_on_offer(page, "accepted", allowed=False)  # T13: not without the employer's yes
    steps.refused(page, "Confirm that your employer allows this")
    steps.decide_on_offer(page, "accepted")

    steps.say(page, USE, "")
    steps.refused(page, "Enter what you use us for most")
    steps.say(page, USE, "Planning shifts for our clinics")
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page.locator("[name=value]")).to_have_value("Planning shifts for our clinics")
    steps.press(page, "Save and continue")

    steps.heading(page, CHANGED)
    page.locator("[name=value]").fill(WORDS[:40])
    steps.press(page, "Save and come back later")
    expect(page.get_by_text("Saved. You can go on from here")).to_be_visible()
    page.get_by_role("link", name=re.compile("quote", re.IGNORECASE)).first.click()
    go_back_to_the_words(page)
    expect(page.locator("[name=value]")).to_have_value(WORDS[:40])
    steps.say(page, CHANGED, WORDS)

    steps.introduce(page, job_title="")
    steps.refused(page, "Enter your job title")
    steps.introduce(page)
    steps.permit(page, "words", "name")
    change_the_use_from_the_last_page(page)

    expect(page.locator(".gw-appearance")).to_contain_text(WORDS)
    expect(page.locator(".gw-appearance")).to_contain_text("a €25 gift card")
    steps.press(page, "Send my quote to Acme")
    steps.refused(page, "Confirm that these are your own words")
    reference = steps.send(page, "quote")

    receipt = steps.receipt_came(portal, guest, reference)
    assert "yes, until" in receipt
    assert "Acme promised this customer a €25 gift card" in receipt
    page.get_by_role("link", name="See your receipt").click()
    expect(page.get_by_role("main")).to_contain_text(reference)
    state, words = steps.contribution(
        portal, guest, lambda it: (it.state.value, it.current.value("words"))
    )
    assert (state, words) == ("submitted", WORDS)


def go_back_to_the_words(page) -> None:
    """From wherever "carry on" leads: half a text may count as an answer already."""
    while not page.url.split("?")[0].endswith("/questions/2"):
        page.get_by_role("link", name="Back", exact=True).click()


def change_the_use_from_the_last_page(page) -> None:
    """A Change link leads to the one question, and from there straight back."""
    steps.heading(page, re.compile("^Check your answers"))
    page.get_by_role("link", name=re.compile("^Change what you use us for")).click()
    steps.say(page, USE, "Planning shifts for four clinics")
    steps.heading(page, re.compile("^Check your answers"))
    expect(page.get_by_role("main")).to_contain_text("Planning shifts for four clinics")


def test_a_quote_takes_eight_pages_at_most_and_each_is_light(device, portal):
    guest = steps.invite(portal, "quote", "review", "webinar")  # a choice, and a reward
    page = device(is_mobile=True, has_touch=True, device_scale_factor=3).new_page()
    scales = Scales(page)
    give_a_quote(page, guest)
    loads = scales.loads()
    assert len(loads) <= 8, [load.path for load in loads]
    for load in loads:
        assert load.whole <= 150_000, load
        assert load.own_script <= 30_000, load


def give_a_quote(page, guest) -> None:
    page.goto(guest.link)
    page.get_by_role("listitem").filter(has_text="Give a quote").get_by_role("button").click()
    steps.decide_on_offer(page, "accepted")
    steps.say(page, USE, "Planning shifts for our clinics")
    steps.say(page, CHANGED, WORDS)
    steps.introduce(page)
    steps.permit(page, "words")
    steps.send(page, "quote")


def test_a_quote_by_keyboard_alone_always_seeing_where_one_is(visitor, portal):
    """Tab, Space and Enter, and the letters of the answers."""
    guest = steps.invite(portal, "quote")
    page = visitor()
    page.goto(guest.link)
    keys = Keyboard(page)
    keys.enter("button", "Give a quote")
    keys.space("radio", "Accept a €25 gift card")
    keys.space("checkbox", "My employer allows")
    keys.enter("button", "Continue")
    keys.type("Planning shifts for our clinics", then="Save and continue")
    keys.type(WORDS, then="Save and continue")
    keys.type("Head of Operations")
    keys.space("radio", "None, I am a customer")
    keys.enter("button", "Save and continue")
    keys.space("radio", "Yes")
    keys.enter("button", "Save and continue")
    keys.space("checkbox", "These are my own words")
    keys.enter("button", "Send my quote to Acme")
    steps.heading(page, "Your quote is with us")
    assert steps.contribution(portal, guest, lambda it: it.current.value("words")) == WORDS
    assert steps.contribution(portal, guest, lambda it: it.choices["words"])
