"""Our change of someone's words, and the name of their company: each waits for its own yes."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from portal.approvals import queries
from portal.consent import asking
from portal.consent.models import Scope
from portal.db import db
from portal.publishing.models import Proposal
from portal.submissions.models import Submission
from tests.browser import steps

WORDS = (
    "Before, two of us spent Monday merging lists. Now it takes me twenty minutes, and I would "
    "tell anyone to clean up their list of staff first, which we never did."
)
LEFT_OUT = ", and I would tell anyone to clean up their list of staff first, which we never did"
SHORTER = WORDS.replace(LEFT_OUT, "")
HERS = "Monday was for lists. Now it is twenty minutes."

pytestmark = pytest.mark.browser


@pytest.fixture
def guest(portal):
    return steps.invite(portal, "quote", reward=False)


@pytest.mark.parametrize("answer", ["yes", "her own wording", "no"])
def test_T3_a_cut_of_ours_shows_each_word_and_waits_for_its_author(visitor, portal, guest, answer):
    quote = steps.sent_quote(portal, guest, WORDS, "words", "name")
    desk = visitor(steps.DESK)
    steps.sign_in(portal, desk)
    shorten(desk, quote)

    page = visitor()
    page.goto(steps.link_in(portal, steps.mail_came(portal, guest.email, "the wording"), "/i/"))
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page).to_have_url(re.compile("/me/"))
    page.goto("/me")
    page.get_by_role("link", name="Give a quote").click()
    steps.heading(page, "Do you approve this wording?")
    expect(page.locator("main del").first).to_contain_text("clean up their list of staff")
    expect(page.locator(".gw-appearance")).to_contain_text(SHORTER)
    expect(page.locator(".gw-appearance")).not_to_contain_text("clean up")
    {"yes": approve, "no": refuse, "her own wording": reword}[answer](page)
    decided = {"yes": "approved", "no": "refused", "her own wording": "reworded"}[answer]
    assert portal.act(lambda: decision(quote)) == decided
    now = {"yes": SHORTER, "no": WORDS, "her own wording": HERS}[answer]
    assert steps.contribution(portal, guest, lambda it: it.current.value("words")) == now


def shorten(desk: Page, quote: int) -> None:
    """Not without a reason, nor, where a “never” is lost, without a second look (T4)."""
    desk.goto(f"/staff/submissions/{quote}/proposals/new")
    desk.locator("[name=text_words]").fill(SHORTER)
    steps.press(desk, "Send to Ada to decide")
    steps.refused(desk, "Write why")
    expect(desk.locator("[name=text_words]")).to_have_value(SHORTER)
    desk.locator("[name=note]").fill("Shorter reads better on the page.")
    steps.press(desk, "Send to Ada to decide")
    steps.refused(desk, "never")
    desk.locator("[name=fair_edit]").check()
    steps.press(desk, "Send to Ada to decide")
    expect(desk.get_by_text("Nothing changes without their yes")).to_be_visible()


def approve(page: Page) -> None:
    steps.press(page, "I approve exactly this")
    expect(page.get_by_text("You approved exactly this.")).to_be_visible()


def reword(page: Page) -> None:
    page.get_by_text("Suggest another wording").click()
    page.locator("[name=text_words]").fill("")
    steps.press(page, "Send my wording")
    steps.refused(page, "Leave some words")
    page.locator("[name=text_words]").fill(HERS)
    steps.press(page, "Send my wording")
    expect(page.get_by_text("The team reads your own wording next.")).to_be_visible()


def refuse(page: Page) -> None:
    page.get_by_text("Say no to this wording").click()
    steps.press(page, "No, keep my words")
    expect(page.get_by_text("Your words stay as you sent them.")).to_be_visible()


def decision(quote: int) -> str:
    return db.session.scalars(sa.select(Proposal).filter_by(submission_id=quote)).one().decision


def test_T28_a_colleague_answers_for_the_company_on_a_phone(visitor, portal, guest):
    steps.sent_quote(portal, guest, WORDS, "words", "name", "company")
    jo = guest.email.replace("ada@", "jo@")
    steps.contribution(portal, guest, lambda it: ask(it, jo))
    page = visitor()
    page.goto(steps.link_in(portal, steps.mail_came(portal, jo, "Ada"), "/company/"))
    expect(page.locator(".gw-appearance")).to_contain_text(WORDS)
    expect(page.locator("main input:checked")).to_have_count(0)  # T23
    page.locator("[name=title]").fill("Head of Press")
    steps.press(page, "Approve")
    steps.refused(page, "Choose what you approve")
    expect(page.locator("[name=title]")).to_have_value("Head of Press")
    steps.choose(page, "scopes", "name")
    steps.choose(page, "channels", "web")
    steps.choose(page, "reach", "everywhere")
    page.locator("[name=authorised]").check()
    steps.press(page, "Approve")
    expect(page.get_by_text("You said yes on")).to_be_visible()
    assert steps.contribution(portal, guest, named)
    steps.press(page, "Take my yes back")
    expect(page.get_by_text("You took your yes back on")).to_be_visible()
    assert not steps.contribution(portal, guest, named)


def ask(quote: Submission, address: str) -> None:
    colleague, ada = asking.Colleague("Jo", address), quote.advocate
    asking.ask(ada.company, colleague, [Scope.NAME], receipt=quote.receipt, by=ada)


def named(quote: Submission) -> bool:
    return queries.standing(quote).named
