"""Colleagues come in: with a password and a code, with or without script, and with a passkey."""

import itertools
import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from portal.db import db
from portal.staff import actions, codes
from portal.staff.models import Role, Staff
from tests.browser import steps
from tests.browser.checking import Checks, html_faults
from tests.browser.keyboard import Keyboard

PASSWORD = "the tea is still too hot"
DESK = {"width": 1280, "height": 800}
_numbers = itertools.count(1)

pytestmark = [pytest.mark.browser, pytest.mark.html]


@pytest.fixture
def colleague(portal) -> str:
    """An owner nobody met before: the mail address."""
    email = f"owner{next(_numbers)}@acme.example"

    def add():
        person = Staff(email=email, name="Rosa", role=Role.OWNER)
        db.session.add(person)
        db.session.flush()
        actions.set_password(person, PASSWORD)

    portal.act(add)
    return email


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    answers: dict[str, str] = {}
    yield answers
    faults = html_faults(answers, tmp_path_factory.mktemp("html"))
    assert not faults, "\n".join(faults)


def sign_in(page, email: str) -> None:
    page.goto("/staff/sign-in")
    page.get_by_label("Work mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page) -> None:
    page.goto("/staff/account")
    page.get_by_role("button", name="Sign out", exact=True).last.click()
    steps.heading(page, "Sign in")


def code_of(seed: str, steps_on: int = 0) -> str:
    return codes.code_at(seed, int(datetime.now(UTC).timestamp()) // 30 + steps_on)


def test_an_app_is_added_and_asked_for(visitor, portal, colleague):
    page = visitor(DESK)
    sign_in(page, colleague)
    page.goto("/staff/account/app")
    seed = page.locator(".gw-seed__key").inner_text().replace(" ", "")
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    page.get_by_role("textbox", name="Code").fill("000000")
    steps.press(page, "Add the app")
    steps.refused(page, "That code is not right")
    page.get_by_role("textbox", name="Code").fill(code_of(seed, -1))
    steps.press(page, "Add the app")
    steps.heading(page, "Your recovery codes")
    recovery = page.locator(".gw-codes code").first.inner_text()
    sign_out(page)

    sign_in(page, colleague)
    steps.heading(page, "One more step")
    page.get_by_role("textbox", name="Code").fill(code_of(seed))
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/staff$"))
    sign_out(page)

    sign_in(page, colleague)
    page.get_by_role("textbox", name="Code").fill(recovery)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/staff$"))
    page.goto("/staff/account")
    expect(page.get_by_role("main")).to_contain_text("9 recovery codes left")


def test_without_script_no_passkey_is_offered(device, colleague):
    page = device(viewport=DESK, java_script_enabled=False).new_page()
    page.goto("/staff/sign-in")
    expect(page.get_by_role("button", name="passkey")).to_have_count(0)
    sign_in(page, colleague)
    page.goto("/staff/account")
    expect(page.get_by_role("button", name="Add a passkey")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("Passkeys need a browser that runs scripts")


def authenticator(page):
    """A device of Chromium’s own that holds passkeys and checks who holds it."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable", {"enableUI": False})
    made = wire.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return wire, made["authenticatorId"]


def test_a_passkey_is_added_used_alone_and_after_a_password_and_removed(device, portal, colleague):
    page = device(viewport=DESK).new_page()
    wire, device_id = authenticator(page)
    sign_in(page, colleague)
    page.goto("/staff/account")
    page.get_by_label("Name of the new passkey").fill("my laptop")
    page.get_by_role("button", name="Add a passkey").click()
    steps.heading(page, "Your recovery codes")
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()  # alone
    expect(page).to_have_url(re.compile(r"/staff$"))
    page.goto("/staff/account")
    expect(page.get_by_role("main")).to_contain_text("my laptop")
    expect(page.get_by_role("main")).to_contain_text("a passkey")
    sign_out(page)

    sign_in(page, colleague)  # and as the second step
    page.get_by_role("button", name="Use your passkey").click()
    expect(page).to_have_url(re.compile(r"/staff$"))
    sign_out(page)

    # A device that did not check who holds it opens nothing alone.
    wire.send("WebAuthn.setUserVerified", {"authenticatorId": device_id, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("status").last).to_contain_text("No passkey was used")
    wire.send("WebAuthn.setUserVerified", {"authenticatorId": device_id, "isUserVerified": True})

    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile(r"/staff$"))
    page.goto("/staff/account")
    page.get_by_text("Give it another name").click()
    page.get_by_label("Name of this passkey").fill("the blue one")
    steps.press(page, "Save the name")
    page.get_by_role("button", name="Remove the blue one").click()
    expect(page.get_by_role("main")).to_contain_text("“the blue one” is removed")
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("could not be checked")


def test_every_page_of_it_can_be_read_by_everyone(device, portal, colleague, answers):
    page = device(reduced_motion="reduce").new_page()
    checks = Checks(page, answers)
    page.goto("/staff/forgotten")
    checks.look("forgotten")
    page.get_by_label("Work mail").fill("nobody@acme.example")
    steps.press(page, "Send me a link")
    checks.look("a link is on its way")
    page.goto("/staff/sign-in")
    checks.look("sign-in")
    sign_in(page, colleague)
    for name, path in {
        "security": "/staff/account",
        "colleagues": "/staff/people",
        "settings": "/staff/settings",
        "brand": "/staff/settings/brand",
        "history of a setting": "/staff/settings/brand_name/history",
    }.items():
        page.goto(path)
        checks.look(name)
    page.get_by_role("link", name="Settings").first.focus()
    page.goto("/staff/account/app")
    checks.look("app")
    seed = page.locator(".gw-seed__key").inner_text().replace(" ", "")
    page.get_by_role("textbox", name="Code").fill("1")
    steps.press(page, "Add the app")
    checks.look("app, refused", 422)
    page.get_by_role("textbox", name="Code").fill(code_of(seed, -1))
    steps.press(page, "Add the app")
    checks.look("recovery codes")
    page.goto("/staff/people")
    page.get_by_role("main").get_by_role("link").first.click()
    checks.look("colleague")
    page.goto("/staff/history?verb=authenticator+app+added")
    checks.look("history")
    page.context.clear_cookies()
    sign_in(page, colleague)
    checks.look("second step")
    assert not checks.faults, "\n".join(checks.faults)


def test_the_keyboard_alone_brings_one_in(device, colleague):
    page = device(viewport=DESK).new_page()
    page.goto("/staff/sign-in")
    keys = Keyboard(page)
    keys.type(colleague)
    keys.type(PASSWORD, "Sign in")
    expect(page).to_have_url(re.compile(r"/staff$"))
