"""Who stays anonymous is asked for nothing that names them; named later, they are asked first."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps

USE = "What do you use us for most?"
CHANGED = re.compile("^What changed for your team")
NAMING = ("name", "company", "photo")

pytestmark = pytest.mark.browser


def test_T23_anonymous_from_the_first_page_to_the_receipt_and_named_afterwards(visitor, portal):
    guest = steps.invite(portal, "quote")
    page = visitor()
    steps.come_in(page, guest.link)
    steps.press(page, "Give a quote")
    steps.decide_on_offer(page, "declined")
    steps.say(page, USE, "Planning shifts")
    steps.say(page, CHANGED, "We plan in the morning now.")

    steps.heading(page, "About you")
    photo = page.get_by_role("button", name="Save and add a photo")
    expect(photo).to_be_visible()
    steps.choose(page, "credit", "anonymous")
    expect(photo).to_be_hidden()  # by style alone; the server decides
    steps.choose(page, "relation", "none")
    page.locator("[name=job_title]").fill("")
    steps.press(page, "Save and continue")

    are_asked(page, "words", "sales")
    expect(page.get_by_text("We do not ask about your name, your company")).to_be_visible()
    steps.permit(page, "words")
    main = page.get_by_role("main")
    expect(main).to_contain_text("Shown without your name, your company and your photo")
    expect(main).not_to_contain_text("Name me, the way I chose")
    expect(page.locator(".gw-appearance")).to_contain_text("A customer")
    reference = steps.send(page, "quote")
    assert "Name me" not in steps.receipt_came(portal, guest, reference)

    page.get_by_role("link", name="the page of your quote").click()
    page.get_by_role("link", name="Change how you are credited").click()
    steps.choose(page, "how", "full")
    steps.press(page, "Continue")
    steps.heading(page, "Be credited by full name and job title?")
    steps.press(page, "Save and continue")  # a title would stand there, and nobody knows it
    steps.refused(page, "Enter your job title")
    page.locator("[name=job_title]").fill("Head of Operations")
    steps.press(page, "Save and continue")

    are_asked(page, *NAMING)
    expect(main).to_contain_text("Signed as Ada Lovelace, Head of Operations")
    steps.choose(page, "name", "yes")
    steps.press(page, "Credit me by full name and job title")
    expect(main).to_contain_text("You are credited by full name and job title")
    expect(page.locator(".gw-appearance")).to_contain_text("Ada Lovelace")

    page.get_by_role("link", name="Change how you are credited").first.click()
    steps.choose(page, "how", "anonymous")
    steps.press(page, "Continue")
    are_asked(page)
    expect(main).to_contain_text("Name me, the way I chose")
    steps.press(page, "Credit me anonymously")
    expect(main).to_contain_text("It is not shown: you chose to be credited anonymously.")
    expect(page.locator(".gw-appearance")).not_to_contain_text("Lovelace")
    credit = steps.contribution(portal, guest, lambda it: it.credit.value)
    assert credit == "anonymous"


def are_asked(page: Page, *purposes: str) -> None:
    """These choices are on the page, none of them made, and no other."""
    expect(page.locator("main input[type=radio][value=yes]")).to_have_count(len(purposes))
    expect(page.locator("main input:checked")).to_have_count(0)
    for purpose in purposes:
        expect(page.locator(f"main input[name={purpose}][value=yes]")).to_be_visible()
