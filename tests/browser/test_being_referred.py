"""A prospect from the link to deleting their details, and staff who work on what came, by phone."""

import re
import time

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from portal.campaigns.models import Invitation
from portal.consent.actions import Circumstances
from portal.db import db
from portal.incentives.models import Choice
from portal.referrals import actions, queries
from portal.referrals.models import Lead, Referral
from tests.browser import steps
from tests.browser.keyboard import Keyboard
from tests.processes import eventually

pytestmark = pytest.mark.browser


def joined(portal, guest) -> str:
    """The guest has said yes to recommending us; the link they pass on."""

    def join() -> str:
        mine = sa.select(Invitation).filter_by(advocate_id=guest.id)
        invitation = db.session.scalars(mine).one()
        referral = actions.join(
            invitation, choice=Choice.ACCEPTED, employer_allows=True, share_text="",
            show_name=True, circumstances=Circumstances(), by=invitation.advocate,
        )  # fmt: skip
        return queries.address(referral.links[0])

    return portal.act(join)


def come(portal, link: str, name: str, company: str) -> int:
    """Somebody came through the link; the lead's id."""

    def receive() -> int:
        found = queries.link_at(link.rpartition("/")[2])
        address = f"{name.split()[0].lower()}-{time.time_ns()}@{company.lower()}.example"
        lead = actions.receive(
            found, name=name, email=address, company=company, message="",
            wants_marketing=False, tells_referrer=False,
        )  # fmt: skip
        return lead.id

    return portal.act(receive)


def test_a_prospect_from_the_link_to_deleting_their_details(visitor, portal):
    guest = steps.invite(portal, "referral")
    page = visitor()
    page.goto(joined(portal, guest))
    steps.heading(page, "Ada recommends Acme")
    expect(page.get_by_role("main")).to_contain_text("Ada may receive a €25 gift card")
    expect(page.locator("main input:checked")).to_have_count(0)
    steps.press(page, "Send my details to Acme")
    steps.refused(page, "Enter your name")
    address = f"sina-{time.time_ns()}@kestrel.example"
    page.get_by_label("Your name").fill("Sina Okoro")
    page.get_by_label("Company").fill("Kestrel Freight")
    page.get_by_label("Work email").fill(address)
    page.get_by_label("What would you like to know?").fill("How long does the switch take?")
    steps.press(page, "Send my details to Acme")
    steps.heading(page, "Thank you")
    assert page.context.cookies() == []

    page.goto(own_page(portal, address))
    steps.heading(page, "Your details at Acme")
    for told in ("We have your details", "Kestrel Freight", address, "How long does the switch"):
        expect(page.get_by_role("main")).to_contain_text(told)
    page.get_by_role("link", name="Change name").click()
    page.get_by_label("Your name").fill("")
    steps.press(page, "Save my details")
    steps.refused(page, "Enter your name")
    page.get_by_label("Your name").fill("Sina O.")
    steps.press(page, "Save my details")
    expect(page.get_by_text("Your details are saved.")).to_be_visible()
    steps.press(page, "Stop getting in touch")
    expect(page.get_by_text("We have stopped.")).to_be_visible()
    page.get_by_role("link", name="Delete my details").click()
    steps.press(page, "Delete my details")
    steps.heading(page, "Your details are deleted")
    gone = sa.select(sa.func.count()).select_from(Lead).where(Lead.email == address)
    assert portal.act(lambda: db.session.scalar(gone)) == 0


def own_page(portal, address: str) -> str:
    """The link in the mail a prospect gets."""
    room = portal.mailroom

    def find():
        texts = [room.text(mail) for mail in room.to(address)]
        return next((re.search(r"\S+/p/\S+", text)[0] for text in texts), None)

    return eventually(find, 60, f"the link in the mail to {address}")


def test_a_link_that_is_paused_says_so_kindly_and_takes_a_message(visitor, portal):
    guest = steps.invite(portal, "referral")
    link = joined(portal, guest)
    page = visitor()
    page.goto(guest.link)
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile("/me/"))
    mine = sa.select(Referral.id).filter_by(advocate_id=guest.id)
    page.goto(f"{portal.url}/me/referrals/{portal.act(lambda: db.session.scalar(mine))}")
    steps.heading(page, "Your link to pass on")
    page.get_by_label("Your note, for example").fill("Maya")
    steps.press(page, "Make the link")
    expect(page.get_by_role("heading", name="Maya")).to_be_visible()
    maya = page.locator(".gw-linkcard").last
    maya.get_by_text("Change this link").click()
    maya.get_by_role("button", name="Erase the note").click()
    expect(page.get_by_text("The note is erased.")).to_be_visible()
    general = page.locator(".gw-linkcard").first
    general.get_by_text("Change this link").click()
    general.get_by_role("button", name="Pause this link").click()
    expect(page.get_by_text("The link is paused.")).to_be_visible()

    other = visitor()
    other.goto(link)
    steps.heading(other, "This link does not lead anywhere just now")
    steps.press(other, "Send it to Acme")
    steps.refused(other, "Enter your name")
    other.get_by_label("Your name").fill("Sina Okoro")
    other.get_by_label("Email").fill("sina@kestrel.example")
    other.get_by_label("What would you like to know?").fill("Do you do invoices?")
    steps.press(other, "Send it to Acme")
    steps.heading(other, "Thank you for writing")


def test_staff_filter_move_and_move_many(visitor, portal, scripted):
    link = joined(portal, steps.invite(portal, "referral"))
    firm = f"Firm{time.time_ns()}"
    first, second = (come(portal, link, name, firm) for name in ("Bo Lind", "Mia Wong"))
    page = visitor()
    steps.sign_in(portal, page)
    page.goto(f"{portal.url}/staff/leads")
    page.get_by_label("Name, company or CRM id").fill(firm)
    steps.press(page, "Show")
    expect(page).to_have_url(re.compile(f"q={firm}"))
    cards = page.locator(".gw-leadcard")
    expect(cards).to_have_count(2)
    if scripted:  # from the keyboard alone
        page.wait_for_load_state()
        page.keyboard.press("j")
        expect(page.locator(":focus")).to_have_text("Mia Wong")
        page.keyboard.press("m")
    else:
        steps.press(page, re.compile("Move to contacted.*Mia Wong"))
    expect(page.get_by_text("Moved to contacted.")).to_be_visible()
    expect(page).to_have_url(re.compile(f"q={firm}.*#lead-{second}"))

    page.get_by_role("link", name="As a list").click()
    expect(page).to_have_url(re.compile(f"(?=.*view=list)(?=.*q={firm})"))
    page.get_by_label("Pick Bo Lind").check()
    page.get_by_label("Pick Mia Wong").check()
    page.get_by_label("Move those picked to").select_option("qualified")
    steps.press(page, "Move them")
    steps.heading(page, "2 of 2 moved to qualified")
    page.get_by_role("link", name="Mia Wong").click()
    expect(page.get_by_text("Look before a reward is paid")).to_be_visible()  # the same company
    page.get_by_label("Won").check()
    page.get_by_label("Note for the team").first.fill("Signed")
    steps.press(page, "Move")
    expect(page.get_by_text("Moved to won.")).to_be_visible()
    stages = sa.select(Lead.stage).where(Lead.id.in_([first, second])).order_by(Lead.id)
    assert portal.act(lambda: list(db.session.scalars(stages))) == ["qualified", "won"]


@pytest.mark.parametrize("scripted", ["with script"], indirect=True)
def test_staff_work_at_a_desk_without_a_mouse(visitor, portal):
    """1280 wide: filter, walk the board, move one on; then several from the list, and one alone."""
    link = joined(portal, steps.invite(portal, "referral"))
    firm = f"Desk{time.time_ns()}"
    leads = [come(portal, link, name, firm) for name in ("Bo Lind", "Mia Wong", "Al Roth")]
    page = visitor(steps.DESK)
    steps.sign_in(portal, page)
    page.goto(f"{portal.url}/staff/leads")
    keys = Keyboard(page)
    keys.reach("textbox", "Name, company or CRM id")
    page.keyboard.insert_text(firm)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    columns = page.locator(".gw-board__column")
    tops = {round(columns.nth(place).bounding_box()["y"]) for place in range(5)}
    assert len(tops) == 1  # five columns beside each other
    for key in "mjjk":  # nobody is chosen at first, so nobody is moved
        page.keyboard.press(key)
    expect(page.locator(":focus")).to_have_text("Al Roth")  # the newest is first
    with page.expect_navigation():
        page.keyboard.press("m")
    expect(columns.nth(1)).to_contain_text("Al Roth")
    expect(columns.nth(1).locator(".gw-leadcard")).to_have_count(1)

    keys.enter("link", "As a list")
    for name in ("Mia Wong", "Bo Lind"):
        keys.reach("checkbox", f"Pick {name}")
        page.keyboard.press("Space")
        expect(page.get_by_label(f"Pick {name}")).to_be_checked()
    keys.reach("listbox", "Move those picked to")
    page.keyboard.type("Qual")
    keys.reach("textbox", "Note for the team")
    page.keyboard.insert_text("Met at the fair")
    keys.enter("button", "Move them")
    steps.heading(page, "2 of 2 moved to qualified")
    keys.enter("link", "Mia Wong")
    keys.space("radio", "Received")
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_value("contacted")
    keys.reach("textbox", "Note for the team")
    page.keyboard.insert_text("Asked for an offer")
    keys.enter("button", "Move")
    expect(page.get_by_text("Moved to contacted.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Asked for an offer")
    stages = sa.select(Lead.stage).where(Lead.id.in_(leads)).order_by(Lead.id)
    assert portal.act(lambda: list(db.session.scalars(stages))) == [
        "qualified", "contacted", "contacted",
    ]  # fmt: skip
