"""What waits, worked off by people in a browser: from the keyboard, or by clicking."""

import itertools
import re
import shutil

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from portal.advocates.models import Advocate
from portal.campaigns import actions as campaigns
from portal.campaigns.models import Action, Invitation
from portal.db import db
from portal.history.actions import SYSTEM
from portal.incentives import actions as incentives
from portal.incentives.models import Offer
from portal.nominations import actions as nominations
from portal.staff import actions as staff
from portal.staff.models import Role, Staff
from tests import contributing
from tests.browser import steps
from tests.browser.conftest import running
from tests.browser.steps import DESK
from tests.conftest import Mailroom
from tests.processes import eventually

PASSWORD = "a long walk along the river"
NAMES = {"rosa": Role.OWNER, "sam": Role.EDITOR}
_numbers = itertools.count(5000)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def portal(sqlite_template, tmp_path_factory):
    """A portal with a queue of its own, and two people who work it off."""
    folder = tmp_path_factory.mktemp("queue")
    path = shutil.copyfile(sqlite_template, folder / "portal.sqlite")
    mailroom = Mailroom()
    mailroom.controller.start()
    try:
        with running(f"sqlite:///{path}", mailroom, folder) as portal:
            portal.act(employ)
            yield portal
    finally:
        mailroom.controller.stop()


def employ() -> None:
    for name, role in NAMES.items():
        staff.invite(f"{name}@acme.example", name=name.capitalize(), role=role, by=SYSTEM)
        person = db.session.scalars(sa.select(Staff).filter_by(email=f"{name}@acme.example")).one()
        staff.set_password(person, PASSWORD)


@pytest.fixture
def colleague(visitor):
    """The browser of one of them, signed in."""

    def colleague(name: str) -> Page:
        page = visitor(DESK)
        page.goto("/staff/sign-in")
        page.locator("[name=email]").fill(f"{name}@acme.example")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        expect(page).to_have_url(re.compile(r"/staff$"))
        return page

    return colleague


def send(action: Action) -> tuple[str, str]:
    """Somebody new sends one of these, to be shown nowhere: its address, and theirs."""
    guest = steps._invite(next(_numbers), [action.value], True)
    invitation = db.session.scalars(sa.select(Invitation).filter_by(advocate_id=guest.id)).one()
    sent = contributing.contribute(invitation.id, action, allows=frozenset())
    return f"/staff/submissions/{sent.id}", guest.email


def owe_and_propose() -> None:
    person = db.session.scalars(sa.select(Advocate).order_by(Advocate.id.desc())).first()
    incentives.accrue(
        person,
        reason=f"lead:{person.id}",
        explanation="Your lead",
        promise=db.session.scalars(sa.select(Offer)).first().promise(),
        by=SYSTEM,
    )
    sam = db.session.scalars(sa.select(Staff).filter_by(name="Sam")).one()
    nominations.propose(person, "They like to talk about it.", by=sam)


def go(page: Page, act) -> None:
    with page.expect_navigation():
        act()


def deal_with(page: Page, scripted: bool) -> None:
    """The one thing each page offers first; it goes on to the next by itself."""
    key = page.keyboard.press
    kind = re.search(r"/staff/(\w+)", page.url)[1]
    if kind == "submissions":
        go(page, lambda: key("a") if scripted else steps.press(page, "Approve"))
    elif kind == "rewards":
        if scripted:
            key("a")
            expect(page.locator(":focus")).to_have_value("approved")
        else:
            steps.choose(page, "state", "approved")
        go(page, lambda: key("Enter") if scripted else steps.press(page, "Save"))
    else:
        assert kind == "nominations", page.url
        go(page, lambda: key("a") if scripted else steps.press(page, "Accept"))


def test_twenty_things_of_four_kinds_are_worked_off(portal, colleague, scripted):
    def fill():
        for _ in range(5):
            for action in (Action.QUOTE, Action.REVIEW):
                send(action)
            owe_and_propose()

    portal.act(fill)
    page = colleague("rosa")
    page.goto("/staff/queue")
    expect(page.locator("[data-queue-item]")).to_have_count(20)
    if scripted:
        page.keyboard.press("j")
        expect(page.locator("[data-queue-item]").first.get_by_role("link")).to_be_focused()
        go(page, lambda: page.keyboard.press("Enter"))
    else:
        go(page, page.locator("[data-queue-item] a").first.click)
    for _ in range(20):
        deal_with(page, scripted)
    expect(page).to_have_url(re.compile(r"/staff/queue$"))
    steps.heading(page, "Queue")
    expect(page.get_by_role("main")).to_contain_text("You have answered everyone.")


def test_of_two_who_decide_one_wins_and_the_other_is_told(portal, colleague):
    where, _ = portal.act(lambda: send(Action.QUOTE))
    rosa, sam = colleague("rosa"), colleague("sam")
    for page in (rosa, sam):
        page.goto(where)
    rosa.get_by_text("Ask for a change", exact=True).click()
    rosa.locator("#change-note").fill("Leave out the name of the clinic.")
    go(sam, lambda: steps.press(sam, "Approve"))
    with rosa.expect_response(lambda answer: answer.request.method == "POST") as answer:
        steps.press(rosa, "Send it back")
    assert answer.value.status == 409
    expect(rosa.get_by_role("alert")).to_contain_text(re.compile(r"Sam approved it at \d\d:"))
    expect(rosa.get_by_role("main")).to_contain_text("Leave out the name of the clinic.")


def test_what_is_undone_within_ten_seconds_is_never_sent(portal, colleague, scripted):
    undone, to_nobody = portal.act(lambda: send(Action.QUOTE))
    stands, told = portal.act(lambda: send(Action.QUOTE))
    page = colleague("rosa")
    page.goto(undone)
    deal_with(page, scripted)
    go(page, lambda: page.keyboard.press("u") if scripted else steps.press(page, "Undo"))
    expect(page.get_by_role("status")).to_contain_text("nothing was sent")
    page.goto(stands)
    deal_with(page, scripted)

    def approved(address: str) -> list:
        return [m for m in portal.mailroom.to(address) if "is accepted" in m["Subject"]]

    eventually(lambda: approved(told), 60, "the mail about the decision that stands")
    assert approved(to_nobody) == []


def test_keys_select_several_and_rest_while_somebody_types(portal, device):
    portal.act(lambda: [send(Action.QUOTE) for _ in range(2)])
    page = device(viewport=DESK).new_page()
    page.goto("/staff/sign-in")
    page.locator("[name=email]").fill("sam@acme.example")
    page.locator("[name=password]").fill(PASSWORD)
    go(page, lambda: page.locator("[name=password]").press("Enter"))
    page.goto("/staff/queue?kind=decide")
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.get_by_text("Decide on the contributions you select (2)")).to_be_in_viewport()
    page.get_by_text("Save this view").click()
    page.locator("#view-name").press_sequentially("jax")
    expect(page.locator("#view-name")).to_have_value("jax")
    expect(page.locator(".gw-queue__pick:checked")).to_have_count(2)
    page.locator("#view-name").blur()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")


def test_how_many_a_filter_finds_is_said_while_it_is_typed(portal, colleague, scripted):
    """The number changes under the fingers; without script, by the button."""

    def begin() -> int:
        guest = steps._invite(next(_numbers), ["quote"], True)
        invitation = db.session.scalars(sa.select(Invitation).filter_by(advocate_id=guest.id)).one()
        made = invitation.campaign
        return campaigns.draft(
            name="Another one", actions=["quote"], audience={}, offer=None, referral_offer=None,
            rewarding_stage="qualified", deadline=made.deadline, subject_line="Hello",
            body="Dear {first_name}", why="", owner=made.owner,
        ).id  # fmt: skip

    draft = portal.act(begin)
    page = colleague("rosa")
    page.goto(f"/staff/campaigns/{draft}/audience?search=")
    said = page.get_by_role("status").filter(has_text="can be asked now")
    before = said.inner_text()
    page.locator("#search").press_sequentially("nobody is called this")
    if not scripted:
        go(page, lambda: steps.press(page, "Filter"))
        expect(said).to_contain_text("0 can be asked now, 0 not now.")
        return
    expect(said).to_have_text("0 can be asked now, 0 not now.")
    found = page.locator("[data-found]")
    expect(found).to_have_js_property("inert", True)  # what the filter before found
    assert before != said.inner_text()
    page.locator("#search").fill("")
    expect(said).to_contain_text(before.partition(".")[0])
    expect(found).to_have_js_property("inert", False)
    assert page.url.endswith("audience?search=")  # nothing was sent but the question
