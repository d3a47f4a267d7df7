"""Every form of the demo, sent empty and sent wrong: what comes back can be read by everyone."""

import shutil
import sqlite3
from contextlib import closing
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from portal import create_app
from portal.db import db
from tests.browser.checking import html_faults
from tests.browser.conftest import browser_type_launch_args  # noqa: F401
from tests.conftest import settings
from tests.forms import Forms
from tests.test_pages import (  # noqa: F401
    DARK,
    demo,
    opened,
    pages,
    people,
    seen_by_axe,
    served,
    walk,
)

DIGITS = "0123456789"


@pytest.fixture(scope="module")
def refused(demo, people, pages, tmp_path_factory):  # noqa: F811
    """What each form answers that was refused, and where, by who sent what. Each is sent to a copy
    of the demo, so that one which is taken after all changes nothing for the next."""
    folder = tmp_path_factory.mktemp("refused")
    whole, copy = folder / "whole.sqlite", folder / "copy.sqlite"
    with demo.app_context():
        source = db.engine.url.database
    with closing(sqlite3.connect(source)) as told, closing(sqlite3.connect(whole)) as into:
        told.backup(into)
    config = settings(f"sqlite:///{copy}", media_url=f"file://{folder / 'media'}")
    app = create_app(config, TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    answers = {}
    for page, form, endpoint, button in each(app, pages):
        for how, data in (("empty", form.empty(button)), ("wrong", form.wrong(button))):
            for leftover in folder.glob("copy.sqlite*"):
                leftover.unlink()
            shutil.copyfile(whole, copy)
            answer = send(app, people[page.who][0], form.action, data)
            name = f"{page.who} {page.path} → {endpoint} {button and button.value} {how}"
            assert answer.status_code < 500, name
            if answer.status_code == 422 and answer.mimetype == "text/html":
                answers[name] = (form.action, answer.text)
    return answers


def each(app, pages):  # noqa: F811
    """Every form in which something is asked, with each of its buttons, once for every kind of
    visitor: with its page and where it leads."""
    sent = set()
    for page in pages:
        who = page.who if page.who in {"staff", "stranger"} else "customer"
        for form in Forms(page.path, page.html).found:
            path = urlsplit(form.action).path
            endpoint = app.url_map.bind("localhost").match(path, method="POST")[0]
            for button in form.buttons or [None]:
                pressed = button and (button.name, button.value.strip(DIGITS))  # of many rows, one
                one = (who, endpoint, form.names(), pressed)
                if form.asks() and one not in sent:
                    sent.add(one)
                    yield page, form, endpoint, button


def send(app, browser_of_theirs, action: str, data: dict):
    client = app.test_client()
    if cookie := browser_of_theirs.get_cookie("goodword"):
        client.set_cookie("goodword", cookie.value)
    answer = client.post(action, data=data)
    with app.app_context():
        db.engine.dispose()
    return answer


class Summary(HTMLParser):
    """The error summary of a page, and what its links could lead to."""

    def __init__(self, html: str):
        super().__init__()
        self.there, self.lines, self.links, self.inside = False, 0, [], 0
        self.controls: dict[str, dict] = {}
        self.ids: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        of = dict(attrs)
        self.ids.add(of.get("id", ""))
        if tag in {"input", "select", "textarea", "button"}:
            self.controls[of.get("id", "")] = of
        if "data-summary" in of:
            self.there = True
            self.inside = 1
        elif self.inside and tag == "div":
            self.inside += 1
        if self.inside:
            self.lines += tag == "li"
            self.links += [of.get("href", "")] * (tag == "a")

    def handle_endtag(self, tag):
        if self.inside and tag == "div":
            self.inside -= 1


def read(html: str) -> list[str]:
    """What somebody would miss who only hears this page."""
    summary, faults = Summary(html), []
    title = html.partition("<title>")[2].partition("</title>")[0]
    if not title.startswith("Error: "):
        faults.append(f"is called “{title}”")
    if not summary.there or not summary.lines:
        faults.append("has no summary")
    if summary.lines != len(summary.links):
        faults.append(f"links {len(summary.links)} of {summary.lines} faults")
    for link in summary.links:
        if link.removeprefix("#") not in summary.controls:
            faults.append(f"leads to no field: {link}")
    return faults


def test_most_forms_were_refused_something(refused):
    assert len({name.split(" → ")[1].split()[0] for name in refused}) > 80


def test_whatever_is_refused_says_so_in_title_and_summary(refused):
    faults = []
    for name, (_, html) in refused.items():
        faults += [f"{name}: {fault}" for fault in read(html)]
    assert not faults, "\n".join(sorted(faults))


def test_what_was_refused_is_valid_html(refused, tmp_path):
    faults = html_faults({name: html for name, (_, html) in refused.items()}, tmp_path)
    assert not faults, "\n".join(sorted(faults))


@pytest.mark.browser
def test_what_was_refused_is_clean_for_axe_and_is_read_from_its_summary_on(
    browser,
    served,  # noqa: F811
    people,  # noqa: F811
    refused,
):
    faults, page = [], {}

    def answer(route):
        if route.request.is_navigation_request() and not route.request.frame.parent_frame:
            route.fulfill(status=422, content_type="text/html; charset=utf-8", body=page["html"])
        else:
            route.continue_()

    with opened(browser, served, people["staff"][0], DARK, 390) as tab:
        tab.route("**/*", answer)
        for name, (action, html) in refused.items():
            page["html"] = html
            tab.goto(action)
            faults += [f"{name}: {fault}" for fault in seen_by_axe(tab)]
            if not tab.evaluate("document.activeElement.hasAttribute('data-summary')"):
                faults.append(f"{name}: the focus is elsewhere")
    assert not faults, "\n".join(faults)
