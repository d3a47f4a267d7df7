"""Words on no page, used in decks and offers alone, are asked about like all others (T6)."""

import html

import pytest

from portal.consent import queries as permissions
from portal.consent.models import Purpose
from portal.db import db
from portal.errors import NotAllowed
from portal.placements.models import Kind, Reason, Takedown
from portal.publishing import actions as publishing
from portal.publishing.models import Asset
from portal.renewals import actions
from portal.renewals.models import Answer, Renewal
from portal.staff.models import Staff
from portal.submissions.models import Submission
from tests.contributing import ANSWERS
from tests.placements.conftest import look, placed, take_back

__all__ = ["look", "placed", "take_back"]


@pytest.fixture
def in_a_deck(placed, take_back):
    """Ada took her words off the web, and left them to sales."""
    placed()
    take_back(Purpose.WORDS)


@pytest.fixture
def last_mail(post_mail, mailroom):
    def last_mail():
        post_mail()
        mail = mailroom.to("ada@analytical.example")[-1]
        return mail["Subject"], mailroom.text(mail)

    return last_mail


def test_T6_their_author_is_asked_in_words_of_a_deck(in_a_deck, night, wait, saved, last_mail):
    assert night() == 0
    wait(days=336)
    assert night() == 1
    assert night() == 0
    assert [one.purpose for one in saved(Renewal)] == [Purpose.SALES]
    subject, text = last_mail()
    assert subject == "Is your quote still right?"
    assert "in sales decks and ads. It is not on our pages." in text
    assert "leaves our pages" not in text


def test_T6_a_yes_keeps_them_in_the_deck_for_another_year_and_on_no_page(
    in_a_deck, night, wait, link, answer, look, as_stranger, saved
):
    wait(days=340)
    night()
    where = link()
    page = html.unescape(as_stranger.get(where).text)
    assert ANSWERS["words"] in page
    assert "They are on no page of ours" in page
    assert answer(where, "kept").status_code == 303
    assert "may be used in sales decks and ads as before" in as_stranger.get(where).text
    wait(days=360)  # well past the first year
    assert look() == 0
    assert as_stranger.get(f"/stories/{saved(Asset)[0].slug}").status_code == 410


def test_T6_without_an_answer_they_come_down_and_the_mail_and_the_queue_say_so(
    in_a_deck, night, wait, look, last_mail, browser_of, rosa, saved
):
    for day in (336, 16, 11, 4):  # the question, and three reminders
        wait(days=day)
        night()
    subject, text = last_mail()
    assert subject == "We no longer use your quote"
    assert "cannot be called back" in text
    look()
    assert [task.reason for task in saved(Takedown)] == [Reason.EXPIRED]
    her = browser_of(staff=rosa)
    assert "used in no deck and no offer any more" in her.get("/staff/queue?kind=renewals").text
    assert "Not to be used" in her.get("/staff/renewals").text


def test_T26_taking_it_back_there_takes_it_out_of_the_deck(
    in_a_deck, night, wait, link, answer, look, saved
):
    wait(days=340)
    night()
    answer(link(), "withdrawn")
    look()
    assert [task.reason for task in saved(Takedown)] == [Reason.WITHDRAWN]


def test_what_changed_is_told_to_the_team_and_asked_about_no_more(
    in_a_deck, night, wait, link, answer, saved, post_mail, mailroom
):
    wait(days=340)
    night()
    note = "We have forty clinics now."
    assert answer(link(), "changed", note=note).status_code == 303
    post_mail()
    assert note in mailroom.text(mailroom.to("rosa@acme.example")[-1])
    wait(days=30)
    assert night() == 0
    assert [one.answer for one in saved(Renewal)] == [Answer.CHANGED]


def test_words_taken_off_the_web_while_they_are_asked_about_are_asked_about_anew(
    placed, take_back, night, wait, link, answer, saved
):
    """A yes to a page is no yes to a deck."""
    placed()
    wait(days=340)
    night()
    where = link()
    take_back(Purpose.WORDS)
    assert answer(where, "kept").status_code == 409
    assert night() == 1
    first, second = saved(Renewal)
    assert (first.purpose, first.answer) == (Purpose.WORDS, Answer.OVERTAKEN)
    assert (second.purpose, second.answer) == (Purpose.SALES, None)


@pytest.mark.parametrize("used", [True, False])
def test_what_we_took_off_our_pages_is_asked_about_while_a_deck_has_it(
    placed, night, wait, act, rosa, saved, used
):
    placed(Kind.DECK if used else Kind.SITE)

    def retire():
        publishing.retire(db.session.query(Asset).one(), by=db.session.get(Staff, rosa))

    act(retire)
    wait(days=340)
    assert night() == used
    assert [one.purpose for one in saved(Renewal)] == [Purpose.SALES] * used


def test_words_off_the_web_and_in_no_deck_are_asked_about_by_nobody(
    placed, take_back, night, wait, rosa, browser_of, saved
):
    """Left to sales, who have them nowhere: there is nothing we could stop using."""
    placed(Kind.SITE)
    take_back(Purpose.WORDS)
    wait(days=340)
    assert night() == 0
    assert saved(Renewal) == []
    path = f"/staff/submissions/{saved(Submission)[0].id}/renewal"
    asked = browser_of(staff=rosa).post(path)
    assert (asked.status_code, "used nowhere now" in asked.text) == (409, True)


def test_a_yes_to_a_deck_brings_nothing_back_to_the_web(
    in_a_deck, night, wait, link, answer, as_stranger, act, saved
):
    wait(days=340)
    night()
    answer(link(), "kept")

    def standing():
        return permissions.state(db.session.query(Asset).one().submission.receipt)

    said = act(lambda: {p: one.standing for p, one in standing().items()})
    assert (said[Purpose.WORDS], said[Purpose.SALES]) == ("withdrawn", "given")


def test_T23_a_yes_to_a_deck_prolongs_no_yes_to_our_pages(
    placed, night, wait, link, answer, act, rosa
):
    """What we took off our pages ourselves is still allowed there, for as long as it was."""
    placed()

    def retire():
        publishing.retire(db.session.query(Asset).one(), by=db.session.get(Staff, rosa))

    def until():
        said = permissions.state(db.session.query(Asset).one().submission.receipt)
        return {purpose: one.until for purpose, one in said.items() if one.in_force}

    act(retire)
    wait(days=340)
    night()
    before = act(until)
    assert {Purpose.WORDS, Purpose.NAME, Purpose.SALES} <= set(before)
    assert answer(link(), "kept").status_code == 303
    after = act(until)
    assert after[Purpose.SALES] > before[Purpose.SALES]
    assert after | {Purpose.SALES: None} == before | {Purpose.SALES: None}


def test_what_nobody_may_use_any_more_cannot_be_asked_about(in_a_deck, take_back, act, rosa):
    take_back(Purpose.SALES)

    def go():
        submission = db.session.query(Submission).one()
        actions.ask(submission, by=db.session.get(Staff, rosa))

    with pytest.raises(NotAllowed, match="these words are used nowhere now"):
        act(go)
