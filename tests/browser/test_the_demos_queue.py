"""Everything that waits in the demo, of every kind it knows, is dealt with from the keyboard."""

import re
import shutil
from collections import Counter

import pytest
from playwright.sync_api import Page, expect

from portal import create_app
from portal.db import db
from portal.demo import story
from tests.browser import steps
from tests.browser.conftest import running
from tests.browser.steps import DESK
from tests.conftest import Mailroom, settings

pytestmark = pytest.mark.browser

MOST_TABS = 150


@pytest.fixture(scope="module")
def portal(sqlite_template, tmp_path_factory):
    """The demo, as it is served."""
    folder = tmp_path_factory.mktemp("demo-queue")
    database = f"sqlite:///{shutil.copyfile(sqlite_template, folder / 'portal.sqlite')}"
    mailroom = Mailroom()
    mailroom.controller.start()
    try:
        media = f"file://{folder / 'media'}"
        app = create_app(settings(database, media_url=media, smtp_port=mailroom.port))
        with app.app_context():
            story.tell()
            db.engine.dispose()
        with running(database, mailroom, folder) as portal:
            yield portal
    finally:
        mailroom.controller.stop()


def tab_to(page: Page, selector: str) -> None:
    for _ in range(MOST_TABS):
        if page.evaluate("what => document.activeElement.matches(what)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached with Tab on {page.url}")


def write(page: Page, where: str, words: str) -> None:
    tab_to(page, where)
    page.keyboard.insert_text(words)


def pick(page: Page, where: str) -> None:
    tab_to(page, where)
    page.keyboard.press("Space")


def kind_of(page: Page) -> str:
    return re.search(r"/staff/(leads/rewards|[\w-]+)", page.url)[1]


def deal_with(page: Page) -> None:
    """What each page offers first, by its key; where there is more to say, it is typed."""
    kind, send = kind_of(page), "Enter"
    if kind == "submissions":
        send = "a" if page.locator("main [data-key=a]").count() else "p"
    elif kind in {"nominations", "events", "companies"}:
        send = "a"
    elif kind == "takedowns":
        pick(page, "[name=outcome]")
        write(page, "[name=proof]", "I deleted the page myself.")
        tab_to(page, "button.gw-button")
    elif kind == "data-requests":
        write(page, "[name=answer]", "It is corrected.")
        tab_to(page, "button.gw-button")
    elif kind == "interviews":
        pick(page, "[name=slot]")
        write(page, "[name=place]", "https://meet.fernhill.example/wei")
    else:  # a radio is chosen, and the focus is where a note is needed
        page.keyboard.press("a")
        expect(page.locator("input:checked:focus, textarea:focus")).to_be_visible()
        if page.evaluate("document.activeElement.matches('textarea')"):
            page.keyboard.insert_text("I asked them, and all is well.")
            tab_to(page, "button.gw-button")
    with page.expect_navigation():
        page.keyboard.press(send)


def test_all_that_waits_in_the_demo_is_cleared_from_the_keyboard(portal, device):
    page = device(viewport=DESK).new_page()
    page.goto("/staff/sign-in")
    page.locator("[name=email]").fill("rosa@fernhill.example")
    page.locator("[name=password]").fill(story.PASSWORD)
    with page.expect_navigation():
        page.locator("[name=password]").press("Enter")
    page.goto("/staff/queue")
    waiting = page.locator("[data-queue-item]").count()
    assert waiting > 20
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    done: Counter[str] = Counter()
    while kind_of(page) != "queue":
        done[kind_of(page)] += 1
        assert done.total() <= waiting + 5, f"it goes round: {done}, {page.url}"
        deal_with(page)
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(page.get_by_role("status").first).not_to_be_empty()
    steps.heading(page, "Queue")
    expect(page.get_by_role("main")).to_contain_text("You have answered everyone.")
    assert done.keys() == {
        "submissions", "rewards", "leads/rewards", "leads", "companies", "takedowns",
        "data-requests", "nominations", "events", "interviews",
    }  # fmt: skip
    assert done.total() >= waiting
