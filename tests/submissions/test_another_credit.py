"""Whoever sent words may be credited otherwise: less at once, more only by a new yes (T23)."""

import re
from html import unescape

import pytest

from portal.advocates.models import Advocate
from portal.consent import asking
from portal.consent.actions import first_broken_link
from portal.consent.models import ConsentEvent, OrgApproval, OrgVerdict, Receipt, Scope
from portal.db import db
from portal.errors import NotAllowed
from portal.placements.models import Reason, Takedown
from portal.submissions import actions
from portal.submissions.models import Credit, State, Submission
from tests.placements.conftest import look, placed
from tests.publishing.conftest import approved, published, the_asset
from tests.submissions.test_what_a_credit_hides import questions

__all__ = ["approved", "look", "placed", "published", "the_asset"]

CREDIT = "/me/submissions/1/credit"


@pytest.fixture
def turn(as_ada):
    """Ada opens what a credit means, answers what is asked, and presses the button."""

    def turn(how: str, *yes: str):
        url = f"{CREDIT}?how={how}"
        asked = questions(as_ada.get(url).text)
        return as_ada.post(url, data={one: "yes" for one in yes if one in asked})

    return turn


@pytest.fixture
def said(saved):
    """What the receipt says now, by purpose."""
    return lambda: {event.purpose.value: event.verdict.value for event in saved(ConsentEvent)}


def test_choosing_changes_nothing_and_leads_to_what_it_means(published, as_ada, saved):
    published()
    assert CREDIT in as_ada.get("/me/submissions/1").text
    page = as_ada.get(CREDIT).text
    assert 'method="get"' in page
    assert re.search(r'<input[^>]* checked [^>]*value="full"', page)
    page = unescape(as_ada.get(f"{CREDIT}?how=anonymously").text)
    assert "How you are credited" in page  # no such credit: choose one
    page = unescape(as_ada.get(f"{CREDIT}?how=anonymous").text)
    assert "Be credited anonymously?" in page
    gone = page.partition("it will not be shown any more")[2].partition("</ul>")[0]
    for label in ("Name me, the way I chose", "Name my company", "Show my photo"):
        assert label in gone
    assert saved(Submission)[0].credit is Credit.FULL


def test_T26_anonymous_from_now_on_is_so_on_the_next_request(
    published, turn, as_stranger, the_asset, said, saved, act
):
    address = published()
    everywhere = (address, "/stories", "/embed/stories", f"/verify/{the_asset().slug}.json")
    assert all("Lovelace" in as_stranger.get(path).text for path in everywhere)
    before = said()
    assert turn("anonymous").status_code == 303
    for path in everywhere:
        text = as_stranger.get(path).text
        assert "Planning was slow" in text or path.endswith(".json")
        assert "Lovelace" not in text
        assert "Analytical" not in text
    assert said() == before  # nothing is written of what was not asked
    assert saved(Receipt)[0].credit == "Ada Lovelace, Head of Operations"  # what that yes was for
    assert act(first_broken_link) is None


def test_T23_named_again_takes_a_yes_to_each_part_and_no_answer_is_a_no(
    published, turn, as_stranger, as_ada, said
):
    address = published()
    turn("anonymous")
    assert questions(as_ada.get(f"{CREDIT}?how=full").text) == ["name", "company", "photo"]
    turn("full", "company")
    page = as_stranger.get(address).text
    assert "Analytical Engines" in page
    assert "Lovelace" not in page
    assert said()["name"] == "withdrawn"
    turn("initials", "name")
    page = as_stranger.get(address).text
    assert "A. L." in page
    assert said()["name"] == "given"


def test_T25_another_way_to_write_the_name_is_asked_in_its_own_words(published, as_ada, turn):
    published()
    page = as_ada.get(f"{CREDIT}?how=initials").text
    assert questions(page) == ["name"]
    assert "Signed as A. L.;" in page
    assert "checked" not in page
    turn("initials", "name")
    [detail] = [
        one["events"][-1]["wording"]["detail"]
        for one in as_ada.get(f"/me/receipts/{receipt_of(as_ada)}.json").json["permissions"]
        if one["purpose"] == "name"
    ]
    assert "Signed as A. L.;" in detail


def receipt_of(browser) -> str:
    return browser.get("/me/permissions").text.partition("/me/receipts/")[2].partition('"')[0]


def test_T3_a_piece_signed_off_under_the_full_name_stays_under_the_initials(
    published, turn, as_stranger, as_rosa, act, ada
):
    address = published(excerpt="We would choose it again.", title="Again")
    turn("initials", "name")
    page = as_stranger.get(address).text
    assert "A. L." in page
    assert "Lovelace" not in page
    act(lambda: setattr(db.session.get(Advocate, ada), "first_name", "Grace"))
    assert as_stranger.get(address).status_code == 410  # “G. L.” is nobody they agreed to be


def test_a_title_nobody_knows_is_asked_first_and_stands_in_the_question(
    published, as_ada, act, ada, turn
):
    published(credit=Credit.ANONYMOUS)
    act(lambda: setattr(db.session.get(Advocate, ada), "job_title", ""))
    url = f"{CREDIT}?how=role"
    assert questions(as_ada.get(url).text) == []
    answer = as_ada.post(url, data={"job_title": " ", "name": "yes"})
    assert answer.status_code == 422
    assert "Enter your job title, or choose a credit without it" in answer.text
    assert as_ada.post(url, data={"job_title": "Engineer"}).status_code == 303
    page = as_ada.get(url).text
    assert questions(page) == ["name", "company"]
    assert "Signed as Engineer;" in page


def test_twice_is_harmless(published, turn, saved):
    published()
    turn("initials", "name")
    before = len(saved(ConsentEvent))
    turn("initials", "name")
    assert len(saved(ConsentEvent)) == before


def test_nobody_else_changes_it_and_nothing_once_it_is_taken_back(
    published, as_charlie, as_ada, saved
):
    published()
    url = f"{CREDIT}?how=anonymous"
    assert as_charlie.get(url).status_code == 404
    assert as_charlie.post(url).status_code == 404
    as_ada.post("/me/submissions/1/withdrawal")
    assert as_ada.get(url).location.endswith("/me/submissions/1")
    assert as_ada.post(url).status_code == 409
    assert saved(Submission)[0].state is State.WITHDRAWN
    assert saved(Submission)[0].credit is Credit.FULL


@pytest.mark.parametrize(("how", "due"), [("anonymous", 1), ("initials", 1)])
def test_T26_what_was_put_in_a_deck_under_the_former_credit_comes_down(
    placed, look, turn, saved, how, due
):
    placed()
    turn(how, "name")
    assert look() == due
    assert [task.reason for task in saved(Takedown)] == [Reason.CREDIT]
    placed(place="Pitch deck, slide 8")  # put there since, under the new one
    assert look() == 0


def test_more_than_before_takes_nothing_out_of_a_deck(published, placed, look, turn):
    published(credit=Credit.ANONYMOUS)
    placed()
    turn("full", "name")
    assert look() == 0


def test_a_deck_that_names_the_company_of_the_anonymous_is_a_task_at_once(
    published, placed, saved, as_rosa
):
    published(credit=Credit.ANONYMOUS)
    placed(names_company=True)
    assert [task.reason for task in saved(Takedown)] == [Reason.CREDIT]
    page = as_rosa.get("/staff/assets/1/uses").text
    [box] = re.findall(r'<input[^>]*name="names_company"[^>]*>', page)
    assert "checked" not in box


def test_while_a_change_is_asked_the_credit_has_its_own_page_and_leads_back(
    way, as_rosa, saved, the_submission
):
    one = way()
    one.prepare("words", "name", choice="declined").send()
    seen = saved(Submission)[0].version
    data = {"seen": seen, "note": "Shorter?"}
    as_rosa.post(f"/staff/submissions/{one.id}/change-request", data=data)
    assert 'name="credit"' not in one.text("you")
    assert f"{CREDIT}?to=check" in one.text("check")
    one.introduce(credit="anonymous")  # as an old page would: it changes nothing unasked
    assert the_submission().credit is Credit.FULL
    assert 'name="to" value="check"' in one.text("credit?to=check")
    answer = one.browser.post(f"{CREDIT}?how=anonymous&to=check")
    assert answer.location.endswith("/check")
    assert the_submission().credit is Credit.ANONYMOUS
    one.send()
    again = [event for event in saved(ConsentEvent) if event.verdict == "reconfirmed"]
    assert [event.purpose.value for event in again] == ["words"]


def test_it_is_told_in_the_story_of_the_words_and_to_staff(published, turn, as_ada, as_rosa):
    published()
    turn("anonymous")
    assert "You changed how you are credited" in as_ada.get("/me/submissions/1").text
    assert "Ada Lovelace: chose another credit" in as_rosa.get("/staff/submissions/1").text


def test_T25_an_earlier_yes_reads_as_it_was_given(published, turn, as_ada):
    published()
    turn("anonymous")
    page = unescape(as_ada.get("/me/permissions").text)
    assert "Signed as Ada Lovelace, Head of Operations;" in page
    assert "Signed as “A customer”" not in page


def test_T28_a_question_to_their_company_is_called_off_with_the_name(
    published, turn, as_ada, act, saved
):
    published(company=False)

    def ask():
        quote = db.session.get(Submission, 1)
        jo = asking.Colleague("Jo Smith", "jo@analytical.example")
        asking.ask(
            quote.advocate.company, jo, [Scope.NAME], by=quote.advocate, receipt=quote.receipt
        )

    act(ask)
    assert "With your company" in as_ada.get("/me").text
    turn("initials", "name")
    assert saved(OrgApproval)[0].verdict is OrgVerdict.PENDING  # the company is still named
    turn("anonymous")
    assert saved(OrgApproval)[0].verdict is OrgVerdict.CLOSED
    assert "With your company" not in as_ada.get("/me").text


def test_T23_words_sent_change_their_credit_on_that_page_alone(way, act, as_rosa, saved):
    one = way()
    one.prepare("words", "name", choice="declined").send()
    data = {"seen": saved(Submission)[0].version, "note": "Shorter?"}
    as_rosa.post(f"/staff/submissions/{one.id}/change-request", data=data)

    def introduce():
        quote = db.session.get(Submission, one.id)
        said = {"job_title": "", "relation": quote.relation, "by": quote.advocate}
        actions.introduce(quote, **said, credit=Credit.ANONYMOUS)

    with pytest.raises(NotAllowed, match="on its own page"):
        act(introduce)
