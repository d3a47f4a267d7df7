"""The whole product once, in a real browser: from a customer file to a paid recommendation."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.history.actions import SYSTEM
from portal.staff import actions as staff
from portal.staff.models import Role
from tests.browser import steps
from tests.browser.conftest import running
from tests.browser.steps import DESK, PHONE, introduce, permit, press
from tests.processes import eventually

HUNDRED = Path(__file__).parent.parent / "data" / "customers-100.csv"
WORDS = (
    "Before, a burst main meant twenty phone calls. Now the nearest crew is moving before I have "
    "put the phone down, and I would tell anyone to start with their grumpiest dispatcher."
)

pytestmark = pytest.mark.browser


@pytest.fixture
def portal(database, mailroom, tmp_path):
    """A portal of its own, on each of the databases."""
    with running(database, mailroom, tmp_path) as portal:
        yield portal


def test_from_a_customer_file_to_a_paid_recommendation(visitor, portal, mailroom):
    rosa = visitor(DESK)
    set_up(rosa, portal)
    import_customers(rosa)
    make_an_offer(rosa)
    send_a_campaign(rosa)
    link = invitation_to("zunigavanessa@smith.info", mailroom)

    sheryl = visitor(PHONE)
    steps.come_in(sheryl, link)
    expect(sheryl.get_by_text("a €25 gift card").first).to_be_visible()
    give_a_quote(sheryl)
    approve_and_publish(rosa)

    anyone = visitor(PHONE)
    read_in_public(anyone)
    ask_a_colleague(sheryl)
    say_yes_for_the_company(visitor(DESK), mailroom)
    anyone.goto("/stories")
    expect(anyone.get_by_role("main")).to_contain_text("Rasmussen Group")  # T28: both said yes
    withdraw_the_company_then_the_words(sheryl, anyone)

    code = recommend(sheryl)
    maya = visitor(PHONE)
    leave_details(maya, code)
    see_what_is_held(maya, mailroom)
    win_the_lead(rosa)
    see_how_it_went(sheryl)


def set_up(page: Page, portal) -> None:
    """The owner chooses a password through the link a command printed."""
    page.goto(
        portal.act(
            lambda: staff.invite("rosa@acme.example", name="Rosa", role=Role.OWNER, by=SYSTEM)
        )
    )
    for field in ("password", "again"):
        page.locator(f"[name={field}]").fill("a long walk along the river")
    press(page, "Save and sign in")
    expect(page).to_have_url(re.compile(r"/staff$"))


def import_customers(page: Page) -> None:
    page.goto("/staff/customers")
    page.get_by_role("link", name="Import customers").first.click()
    page.locator("input[type=file]").set_input_files(HUNDRED)
    press(page, "Show what would change")
    expect(page.get_by_text("Sheryl Baxter, Rasmussen Group")).to_be_visible()
    press(page, "Import 100 customers")
    page.goto("/staff/imports/new")
    page.locator("input[type=file]").set_input_files(HUNDRED)
    press(page, "Show what would change")
    expect(page.get_by_role("button", name=re.compile("^Import "))).to_have_count(0)


def make_an_offer(page: Page) -> None:
    page.goto("/staff/offers")
    page.get_by_role("link", name=re.compile("offer", re.IGNORECASE)).last.click()
    page.locator("[name=name]").fill("Gift card, 25 euros")
    page.locator("[name=reward]").fill("a €25 gift card")
    page.locator("[name=value]").fill("25")
    page.locator("[name=terms]").fill("One per person and action, whatever it says.")
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile(r"/staff/offers$"))


def send_a_campaign(page: Page) -> None:
    page.goto("/staff/campaigns/new")
    page.locator("[name=name]").fill("Autumn voices")
    for action in ("quote", "review", "referral"):
        page.locator(f"[name=actions][value={action}]").check()
    for part in ("Reward for taking part", "Recommendations"):
        page.get_by_text(re.compile(f"^{part}: ")).click()  # folded away until it is wanted
    for field in ("offer_id", "referral_offer_id"):
        page.locator(f"[name={field}]").select_option(label="Gift card, 25 euros: a €25 gift card")
    page.locator("[name=rewarding_stage]").select_option("qualified")
    page.locator("[name=why]").fill("You have been with us since 2020.")
    page.locator("[name=subject_line]").fill("A question, {first_name}")
    page.locator("[name=body]").fill("Dear {first_name},\n\nrate us 5 stars and tell others.")
    press(page, re.compile("Save"))
    expect(page.get_by_text("5 stars").first).to_be_visible()  # T9: refused, the phrase named
    page.locator("[name=body]").fill("Dear {first_name},\n\nwould you tell others what changed?")
    press(page, re.compile("Save"))
    press(page, re.compile("Invite everyone found"))
    press(page, re.compile("^Send to 100 people"))
    expect(page.get_by_text("100").first).to_be_visible()


def invitation_to(address: str, mailroom) -> str:
    """Every mail arrives; the link in one of them."""
    eventually(lambda: len(mailroom.mails) >= 100, 180, "the hundred invitations")
    assert len({mail["To"] for mail in mailroom.mails}) == 100
    [mail] = mailroom.to(address)
    assert mail["Subject"] == "A question, Sheryl"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return re.search(r"http://\S+/i/\S+", mailroom.text(mail)).group(0)


def give_a_quote(page: Page) -> None:
    press(page, "Give a quote")
    page.get_by_label(re.compile("Accept", re.IGNORECASE)).first.check()
    press(page, "Continue")  # T13: taking it needs the employer's yes
    expect(
        page.get_by_role("alert").or_(page.get_by_text("There is a problem")).first
    ).to_be_visible()
    page.locator("[name=employer_allows]").check()
    press(page, "Continue")
    page.locator("[name=value]").fill("Water mains, eleven dispatchers")
    press(page, "Save and continue")
    page.locator("[name=value]").fill(WORDS)
    press(page, "Save and come back later")
    page.goto("/me")
    page.get_by_role("link", name=re.compile("quote", re.IGNORECASE)).first.click()
    if page.url.endswith("/questions/2"):
        expect(page.locator("[name=value]")).to_have_value(WORDS)
        press(page, "Save and continue")
    introduce(page)
    permit(page, "words", "name", "company")
    expect(page.get_by_text(WORDS).first).to_be_visible()
    steps.send(page, "quote")
    page.get_by_role("link", name="See your receipt").click()
    expect(page.get_by_text("Rasmussen Group").first).to_be_visible()


def approve_and_publish(page: Page) -> None:
    page.goto("/staff/queue")
    page.get_by_role("link", name="Quote from Sheryl Baxter").click()
    expect(
        page.get_by_text("Acme promised this customer a €25 gift card for taking part.").first
    ).to_be_visible()
    press(page, re.compile("^Approve"))
    page.goto("/staff/queue")
    page.get_by_role("link", name="Quote from Sheryl Baxter").click()
    if page.locator("[name=substantiation]").count():
        page.locator("[name=substantiation]").fill("Checked with Sheryl by phone, Rosa.")
    press(page, "Publish")


def read_in_public(page: Page) -> None:
    def is_there() -> bool:  # ten seconds after it was published: until then it can be undone
        page.goto("/stories")
        return WORDS in page.get_by_role("main").inner_text()

    eventually(is_there, 30, "the quote on the page")
    card = page.get_by_role("main")
    expect(card).to_contain_text(WORDS)
    expect(card).to_contain_text("Sheryl Baxter")
    expect(card).to_contain_text("Head of Operations")
    expect(card).not_to_contain_text("Rasmussen Group")  # T28: the company was not asked yet
    expect(card).to_contain_text("Acme promised this customer a €25 gift card for taking part.")


def ask_a_colleague(page: Page) -> None:
    page.goto("/me")
    page.locator("a[href*='/me/submissions/']").first.click()
    page.get_by_role("link", name="Ask a colleague").click()
    page.locator("[name=name]").fill("Jo Rasmussen")
    page.locator("[name=email]").fill("jo@gmail.com")
    page.locator("[name=scopes][value=name]").check()
    press(page, "Send to them")
    expect(page.get_by_text("Anybody can have an address at gmail.com").first).to_be_visible()
    page.locator("[name=email]").fill("jo@smith.info")
    press(page, "Send to them")
    expect(page.get_by_text("Waiting").first).to_be_visible()


def say_yes_for_the_company(page: Page, mailroom) -> None:
    mails = eventually(lambda: mailroom.to("jo@smith.info"), 30, "Jo’s mail")
    page.goto(re.search(r"http://\S+/company/\S+", mailroom.text(mails[0])).group(0))
    expect(page.get_by_role("main")).to_contain_text(WORDS)
    page.locator("[name=scopes][value=name]").check()
    page.locator("[name=channels][value=web]").check()
    page.locator("[name=reach][value=everywhere]").check()
    page.locator("[name=title]").fill("Head of Press")
    page.locator("[name=authorised]").check()
    press(page, "Approve")
    expect(page.get_by_text("You said yes on").first).to_be_visible()


def withdraw_the_company_then_the_words(page: Page, anyone: Page) -> None:
    """T26: a page, then a button; gone on the next request."""
    for purpose, gone in (("company", "Rasmussen Group"), ("words", WORDS)):
        page.goto("/me/permissions")
        page.locator(f"a[href*='/{purpose}/']").first.click()
        page.locator("main form button").first.click()
        anyone.goto("/stories")
        expect(anyone.get_by_role("main")).not_to_contain_text(gone)


def recommend(page: Page) -> str:
    page.goto("/me")
    page.locator("a[href*='/me/invitations/']").first.click()
    page.get_by_role("link", name="Recommend us").first.click()
    page.locator("[name=choice][value=accepted]").check()
    page.locator("[name=employer_allows]").check()
    page.locator("[name=show_name]").check()
    press(page, "Get my link")
    expect(page).to_have_url(re.compile(r"/me/referrals/\d+"))
    page.locator("[name=label]").last.fill("Maya at the chamber")
    page.locator("form:has([name=label]) button").last.click()
    expect(page.get_by_text("Maya at the chamber").first).to_be_visible()
    link = page.locator("input[readonly][value*='/r/']").last.input_value()
    return link


def leave_details(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.get_by_role("main")).to_contain_text("Sheryl may receive a €25 gift card")
    page.wait_for_timeout(2100)  # nobody types this fast, and the form knows
    page.locator("[name=name]").fill("Maya Fischer")
    page.locator("[name=email]").fill("maya@fischergardens.example")
    page.locator("[name=company]").fill("Fischer Gardens")
    page.locator("[name=tells_referrer]").check()
    press(page, "Send my details to Acme")
    expect(page).to_have_url(re.compile(r"/thanks$"))


def see_what_is_held(page: Page, mailroom) -> None:
    """Only the mailbox gets the link to the details: whoever typed the address may not own it."""
    mails = eventually(lambda: mailroom.to("maya@fischergardens.example"), 30, "Maya’s mail")
    page.goto(re.search(r"http://\S+/p/\S+", mailroom.text(mails[0])).group(0))
    expect(page.get_by_role("main")).to_contain_text("Fischer Gardens")


def win_the_lead(page: Page) -> None:
    for stage in ("contacted", "qualified", "meeting", "won"):
        page.goto("/staff/leads")
        page.get_by_role("link", name=re.compile("Maya Fischer")).first.click()
        page.locator(f"[name=stage][value={stage}]").check()
        press(page, "Move")
    page.goto("/staff/rewards")
    expect(page.get_by_role("main")).to_contain_text("Sheryl Baxter")


def see_how_it_went(page: Page) -> None:
    page.goto("/me")
    page.get_by_role(
        "link", name=re.compile("link|Recommend|referral", re.IGNORECASE)
    ).first.click()
    page.goto("/me/rewards")
    expect(page.get_by_role("main")).to_contain_text("€25")
