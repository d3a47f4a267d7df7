"""Ada’s company is called something else by now; her words stand under the name she agreed to."""

import html

import pytest

from portal.advocates.models import Advocate
from portal.consent.models import ConsentEvent, Purpose, Receipt, Verdict
from portal.db import db
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.renaming import actions as renaming
from portal.renewals.models import Renewal
from tests.contributing import ANSWERS
from tests.renaming.conftest import NEW, OLD


def rename(ada):
    company = db.session.get(Advocate, ada).company
    renaming.rename(company, NEW, seen=OLD, by=SYSTEM)


@pytest.fixture
def renamed(published, act, ada, wait, night):
    """Ada’s words are published, her company is renamed, and a year is nearly over."""
    address = published()
    act(lambda: rename(ada))
    wait(days=340)
    night()
    return address


def test_T28_the_page_says_which_name_stands_there_and_that_a_yes_keeps_it(
    renamed, link, answer, as_stranger, saved
):
    where = link()
    page = html.unescape(as_stranger.get(where).text)
    assert f"Your company stands here as {OLD}" in page
    assert f"We know it as {NEW} by now." in page
    assert answer(where, "kept").status_code == 303
    assert OLD in html.unescape(as_stranger.get(renamed).text)
    assert [one.note for one in saved(Renewal)] == [""]
    assert "would like the new name" not in as_stranger.get(where).text


def test_T28_who_asks_for_the_new_name_is_heard_and_nothing_stands_under_it_unagreed(
    renamed, link, answer, as_stranger, saved, post_mail, mailroom
):
    where = link()
    assert answer(where, "kept", new_name="y").status_code == 303
    assert "would like the new name of your company there" in as_stranger.get(where).text
    shown = html.unescape(as_stranger.get(renamed).text)
    assert ANSWERS["words"] in shown
    assert OLD in shown
    assert NEW not in shown
    assert [one.company_name for one in saved(Receipt)] == [OLD]
    said = {one.purpose for one in saved(ConsentEvent) if one.verdict is Verdict.RECONFIRMED}
    assert Purpose.COMPANY in said
    asked = [one for one in saved(Entry) if one.verb == "asked for the new name"]
    assert [one.note for one in asked] == [f"Please use {NEW} instead of {OLD} from now on."]
    post_mail()
    mail = mailroom.to("rosa@acme.example")[-1]
    assert mail["Subject"] == f"Ada Lovelace would like to stand under {NEW}"
    assert f"stands beside it as {OLD}" in mailroom.text(mail)


def test_T28_the_wish_goes_along_with_what_else_has_changed(renamed, link, answer, saved):
    assert answer(link(), "changed", note="I lead another team.", new_name="y").status_code == 303
    wish = f"Please use {NEW} instead of {OLD} from now on."
    assert [one.note for one in saved(Renewal)] == [f"I lead another team.\n\n{wish}"]


def test_a_name_given_while_the_page_was_open_is_looked_at_before_the_yes(
    published, night, wait, act, ada, link, as_stranger, answer
):
    published()
    wait(days=340)
    night()
    where = link()
    page = as_stranger.get(where).text
    assert "stands here as" not in page
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    act(lambda: rename(ada))
    late = as_stranger.post(where, data={"answer": "kept", "seen": seen})
    assert late.status_code == 409
    assert f"We know it as {NEW} by now." in html.unescape(late.text)
