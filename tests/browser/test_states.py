"""Pages in the states links do not lead to: refused answers of every kind, and what follows."""

import re

import pytest
from playwright.sync_api import Page

from portal.advocates.models import Advocate
from portal.db import db
from portal.staff.models import Staff
from portal.submissions import prompting, queries
from portal.submissions.models import Action, PromptKind
from tests.browser import steps
from tests.browser.checking import Checks, html_faults

WORDS = "Before, twenty calls a day. Now none, and Fridays are ours."

pytestmark = [pytest.mark.browser, pytest.mark.html]


@pytest.fixture
def page(device) -> Page:
    return device(reduced_motion="reduce").new_page()  # colours are read at rest


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Every state looked at, by name: all of them are valid HTML."""
    answers: dict[str, str] = {}
    yield answers
    faults = html_faults(answers, tmp_path_factory.mktemp("html"))
    assert not faults, "\n".join(faults)


@pytest.fixture
def checks(page, answers):
    """Every test here ends with nothing found by axe, and nothing off the screen."""
    checks = Checks(page, answers)
    yield checks
    assert not checks.faults, "\n".join(checks.faults)


def begin(page, portal, action: str, button: str, reward: bool = False) -> None:
    guest = steps.invite(portal, action, reward=reward)
    steps.come_in(page, guest.link)
    steps.press(page, button)


def wrong(page, checks, state: str, words: str) -> None:
    """Go on, be refused, look at it."""
    steps.press(page, "Save and continue")
    steps.refused(page, words)
    checks.look(state, 422)


def right(page) -> None:
    steps.press(page, "Save and continue")


def test_a_quote_in_every_state(page, checks, portal):
    begin(page, portal, "quote", "Give a quote", reward=True)
    checks.look("the offer")
    steps.decide_on_offer(page, "accepted", allowed=False)
    steps.refused(page, "Confirm that your employer allows this")
    checks.look("the offer, taken without the employer’s yes", 422)
    steps.decide_on_offer(page, "accepted")
    wrong(page, checks, "a short answer, empty", "Enter what you use us for most")
    page.locator("[name=value]").fill("x" * 151)
    wrong(page, checks, "a short answer, too long", "must be 150 characters or fewer")
    page.locator("[name=value]").fill("Planning")
    right(page)
    wrong(page, checks, "a long answer, empty", "Enter what changed for your team")
    two_windows(page, checks)
    steps.heading(page, "About you")
    page.locator("[name=job_title]").fill("")
    wrong(page, checks, "about you, empty", "Choose what ties you to the company")
    steps.introduce(page)
    checks.look("permissions")
    steps.permit(page, "words", "name", "company", "photo", "sales")
    checks.look("check")
    steps.press(page, "Send my quote to Acme")
    steps.refused(page, "Confirm that these are your own words")
    checks.look("check, not confirmed", 422)
    steps.send(page, "quote")
    checks.look("sent")
    page.get_by_role("link", name="take the whole quote back").click()
    steps.heading(page, "Take your quote back?")
    checks.look("withdrawal")
    page.locator("main form button").first.click()
    steps.heading(page, "Your quote")
    checks.look("withdrawn")


def two_windows(page, checks) -> None:
    """What one window saved, the other finds beside its own text."""
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("[name=value]").fill(WORDS)
    steps.press(other, "Save and come back later")
    other.wait_for_url("**/me")
    other.close()
    page.locator("[name=value]").fill("Before, twenty calls a day.")
    right(page)
    steps.heading(page, "This answer was changed in another window")
    checks.look("both texts", 409)
    steps.press(page, "Keep this text")


def test_a_rating_nobody_gave(page, checks, portal):
    begin(page, portal, "review", "Write a review")
    wrong(page, checks, "a rating, empty", "Choose how many stars you give")


def test_the_parts_of_a_story_gone_wrong(page, checks, portal):
    begin(page, portal, "case-study", "Tell your story")
    for question in ("What does your team", "What was the problem", "Why did", "What changed"):
        steps.say(page, starts(question), WORDS)
    fill(page, metric="Calls per day")
    wrong(page, checks, "a result without its values", "Enter the value before in result 1")
    fill(page, before="60", after="14")
    steps.press(page, "Add another row")
    page.locator("[name=row-2-metric]").fill("Hours")
    wrong(page, checks, "a second result, half", "Enter the value before in result 2")
    page.locator("[name=row-2-metric]").fill("")
    right(page)
    steps.say(page, starts("What would you tell"), WORDS)
    page.locator("[name=value]").fill("a dozen")
    wrong(page, checks, "a number that is none", "must be a number")
    page.locator("[name=value]").fill("0")
    wrong(page, checks, "a number too low", "must be between 1 and 1,000,000")
    page.locator("[name=value]").fill("12")
    right(page)
    fill(page, part="Trained the others")
    wrong(page, checks, "someone without a role", "Enter the role of person 1")
    fill(page, role="Dispatcher")
    right(page)
    fill(page, url="example")
    wrong(page, checks, "a link that is none", "Link 1 must be the address of a web page")
    fill(page, url="https://example.com/story")
    right(page)
    steps.press(page, "Add this file")
    steps.refused(page, "Choose a file")
    checks.look("no file", 422)
    for name in ("file", "logo"):
        page.locator(f"input[type=file][name={name}]").set_input_files(
            {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"only text"}
        )
    right(page)
    steps.refused(page, "")
    checks.look("files that are none", 422)


def starts(words: str):
    return re.compile(f"^{words}")


def fill(page, **parts: str) -> None:
    for part, text in parts.items():
        page.locator(f"[name=row-1-{part}]").fill(text)


def test_a_choice_and_days_not_made(page, checks, portal):
    begin(page, portal, "webinar", "Speak at a webinar")
    steps.say(page, starts("What would you like"), WORDS)
    wrong(page, checks, "a choice, empty", "Choose the format that suits you")
    page.get_by_role("radio").first.check()
    right(page)
    wrong(page, checks, "days that suit, empty", "Enter a few days that suit you")


def test_dates_that_are_none(page, checks, portal):
    as_it_was = portal.act(ask_for_dates)
    begin(page, portal, "quote", "Give a quote")
    portal.act(lambda: ask(as_it_was))  # of everyone else; who has begun keeps these questions
    fill(page, day="31", month="2", year="2027")
    wrong(page, checks, "a date that is none", "Date 1 must be a real date")
    fill(page, day="27")
    steps.press(page, "Add another date")
    page.locator("[name=row-2-day]").fill("3")
    wrong(page, checks, "half a date", "Date 2 must include a month and a year")


def ask_for_dates() -> dict:
    """Staff put a question for dates before the others; what was asked until then."""
    as_it_was = prompting.as_item(queries.prompt_set(Action.QUOTE))
    kind = {"kind": PromptKind.DATES, "key": "days", "question": "Which days suit you?"}
    words = {"label": "Days", "error": "Enter a day that suits you", "example": "", "hint": ""}
    first = as_it_was["prompts"][0] | kind | words
    ask(as_it_was | {"prompts": [first, *as_it_was["prompts"]]})
    return as_it_was


def ask(item: dict) -> None:
    current = queries.prompt_set(Action.QUOTE)
    prompting.save(current, item, seen=current.version, by=db.session.query(Staff).first())


def test_another_credit_in_every_state(page, checks, portal):
    guest = steps.invite(portal, "quote", reward=False)
    number = steps.sent_quote(portal, guest, WORDS, "words", "name", "photo")
    portal.act(lambda: setattr(db.session.get(Advocate, guest.id), "job_title", ""))
    page.goto(guest.link)
    page.locator("main form button").first.click()
    page.goto(f"/me/submissions/{number}/credit")
    checks.look("how one is credited")
    page.goto(f"/me/submissions/{number}/credit?how=role")
    checks.look("a credit that lacks a title")
    steps.press(page, "Save and continue")
    steps.refused(page, "Enter your job title")
    checks.look("a credit that lacks a title, refused", 422)
    page.goto(f"/me/submissions/{number}/credit?how=initials")
    checks.look("a credit that asks")
    page.goto(f"/me/submissions/{number}/credit?how=anonymous")
    checks.look("a credit that takes away")
    steps.press(page, "Credit me anonymously")
    steps.heading(page, "Your quote")
    checks.look("given, not shown")
