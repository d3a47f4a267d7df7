"""From the phone to the desk: the mail's six digits, typed on another device."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.checking import Checks
from tests.browser.keyboard import Keyboard

USE = "What do you use us for most?"
CHANGED = re.compile("^What changed for your team")
NO_MATCH = "This address and this code do not open anything together"

pytestmark = pytest.mark.browser


def code_of(portal, guest) -> str:
    text = portal.mailroom.text(steps.mail_came(portal, guest.email, "the code"))
    return re.search(r"the code (\d{3} \d{3})\.", text)[1]


def enter(page, address: str, code: str) -> None:
    page.locator("[name=address]").fill(address)
    page.locator("[name=code]").fill(code)
    steps.press(page, "Go on")


def other_than(code: str) -> str:
    return f"{(int(code.replace(' ', '')) + 1) % 10**6:06}"


def test_begun_on_the_phone_it_goes_on_at_the_desk_at_the_next_question(visitor, portal):
    guest = steps.invite(portal, "quote")
    phone = visitor()
    steps.come_in(phone, guest.link)
    steps.press(phone, "Give a quote")
    steps.decide_on_offer(phone, "accepted")
    steps.say(phone, USE, "Planning shifts")
    steps.heading(phone, CHANGED)

    desk = visitor(steps.DESK)
    desk.goto("/code")
    enter(desk, guest.email, code_of(portal, guest))
    expect(desk.get_by_text("Carry on where you stopped.")).to_be_visible()
    desk.get_by_role("link", name="Give a quote").click()
    steps.heading(desk, CHANGED)
    assert steps.said(portal, guest, "use") == "Planning shifts"


def test_a_wrong_code_and_an_unknown_address_are_told_the_same(visitor, portal):
    guest = steps.invite(portal, "quote")
    code = code_of(portal, guest)
    page = visitor()
    page.goto("/code")
    told = []
    for address in (guest.email, "nobody@nowhere.example"):
        enter(page, address, other_than(code))
        steps.refused(page, NO_MATCH)
        expect(page.locator("[name=address]")).to_have_value(address)
        told.append(page.get_by_role("main").inner_text())
    assert told[0] == told[1]
    enter(page, guest.email, code)  # two tries cost nothing
    steps.heading(page, "What would you like to do?")


def test_the_code_by_keyboard_alone_on_a_page_for_everyone(device, portal):
    guest = steps.invite(portal, "quote")
    page = device(reduced_motion="reduce").new_page()
    checks = Checks(page, {})
    page.goto("/code")
    checks.look("the code")
    steps.press(page, "Go on")
    steps.refused(page, "Enter the address our mail came to")
    checks.look("the code, refused", 422)
    page.goto("/code")
    keys = Keyboard(page)
    keys.type(guest.email)
    keys.type(code_of(portal, guest), then="Go on")
    steps.heading(page, "What would you like to do?")
    assert not checks.faults, "\n".join(checks.faults)
