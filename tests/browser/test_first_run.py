"""An empty portal, followed on a phone along its own list of first steps to the first answer."""

import re
import shutil

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import running
from tests.browser.steps import PHONE, introduce, permit, press
from tests.browser.test_journey import set_up
from tests.processes import eventually

UNSAID = ("BRAND_NAME", "BRAND_ADDRESS", "BRAND_CONTACT_EMAIL")
CUSTOMERS = "First Name,Last Name,Company,Email\nAda,Lovelace,Analytical,ada@analytical.example\n"
WORDS = "Planning a week took us a day. Now it takes an hour, and the drivers read it themselves."

pytestmark = pytest.mark.browser


@pytest.fixture
def portal(sqlite_template, mailroom, tmp_path):
    """One that nobody has told anything yet."""
    path = shutil.copyfile(sqlite_template, tmp_path / "portal.sqlite")
    with running(f"sqlite:///{path}", mailroom, tmp_path, unset=UNSAID) as portal:
        yield portal


def test_the_first_steps_lead_from_an_empty_portal_to_the_first_words_in_public(
    visitor, portal, mailroom
):
    rosa = visitor(PHONE)
    set_up(rosa, portal)
    begin_a_campaign_that_cannot_be_sent_yet(rosa)
    say_who_you_are(rosa)
    send_a_test_mail(rosa, mailroom)
    import_customers(rosa)
    send_it(rosa)
    mails = eventually(lambda: mailroom.to("ada@analytical.example"), 60, "Ada’s invitation")
    assert mails[0]["Subject"] == "How is it going, Ada?"

    ada = visitor(PHONE)
    steps.come_in(ada, re.search(r"http://\S+/i/\S+", mailroom.text(mails[0]))[0])
    give_a_quote(ada)

    follow(rosa, "Decide on the first contribution")
    rosa.get_by_role("link", name="Quote from Ada Lovelace").click()
    press(rosa, re.compile("^Approve"))
    home(rosa)
    expect(rosa.get_by_role("heading", name="First steps")).to_have_count(0)  # all is under way


def home(page: Page) -> None:
    page.goto("/staff")
    steps.heading(page, re.compile("^Good to see you"))


def follow(page: Page, step: str) -> None:
    """From the list of first steps to where one of them is done."""
    home(page)
    page.locator("#steps").get_by_role("link", name=step, exact=True).click()


def is_done(page: Page, step: str) -> None:
    home(page)
    item = page.locator("#steps li").filter(has_text=step)
    expect(item.get_by_text("Done", exact=True)).to_be_visible()
    expect(item.get_by_role("link")).to_have_count(0)


def begin_a_campaign_that_cannot_be_sent_yet(page: Page) -> None:
    """It begins with words that do, and says what is missing in place of a button that fails."""
    follow(page, "Create a campaign")
    press(page, "Save and choose who gets it")
    page.get_by_role("link", name="Import your customers").first.click()
    expect(page).to_have_url(re.compile(r"/staff/imports/new$"))
    is_done(page, "Create a campaign")
    follow(page, "Send it")
    expect(page.get_by_text("Before this can be sent")).to_be_visible()
    expect(page.get_by_text("There are no customers here yet").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Send to"))).to_have_count(0)
    page.get_by_role("link", name="write down your postal address").click()
    expect(page.locator("[name=brand_address]")).to_be_visible()


def say_who_you_are(page: Page) -> None:
    follow(page, "Say who you are")
    page.locator("[name=brand_name]").fill("Acme")
    page.locator("[name=brand_address]").fill("1 Main Street, Springfield")
    page.locator("[name=brand_contact_email]").fill("hello@acme.example")
    press(page, "Save")
    is_done(page, "Say who you are")


def send_a_test_mail(page: Page, mailroom) -> None:
    home(page)
    page.locator("#steps").get_by_role("button", name="Send it").click()
    eventually(lambda: mailroom.to("rosa@acme.example"), 60, "the test mail")


def import_customers(page: Page) -> None:
    follow(page, "Import your customers")
    file = {"name": "ours.csv", "mimeType": "text/csv", "buffer": CUSTOMERS.encode()}
    page.locator("input[type=file]").set_input_files(file)
    press(page, "Show what would change")
    press(page, "Import 1 customer")
    is_done(page, "Import your customers")


def send_it(page: Page) -> None:
    follow(page, "Send it")
    expect(page.get_by_text("Before this can be sent")).to_have_count(0)
    expect(page.get_by_text("how has working with us been for you at Analytical?")).to_be_visible()
    press(page, "Send to 1 person")
    is_done(page, "Send it")
    is_done(page, "Send yourself a test mail")


def give_a_quote(page: Page) -> None:
    press(page, "Give a quote")
    page.locator("[name=value]").fill("Planning the week")
    press(page, "Save and continue")
    page.locator("[name=value]").fill(WORDS)
    press(page, "Save and continue")
    introduce(page)
    permit(page, "words", "name")
    steps.send(page, "quote")
