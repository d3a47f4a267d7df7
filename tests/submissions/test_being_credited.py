"""How a customer is named is theirs to say, and the permission to name them decides."""

import pytest

from portal.consent.models import Receipt
from portal.db import db
from portal.publishing import items
from portal.submissions.models import Credit, Submission

LOOKS = {
    "full": ("Ada Lovelace", "Head of Operations", "Analytical Engines"),
    "initials": ("A. L.", None, "Analytical Engines"),
    "role": (None, "Head of Operations", "Analytical Engines"),
    "anonymous": (None, None, None),
}
SIGNED = {
    "full": "Signed as Ada Lovelace, Head of Operations;",
    "initials": "Signed as A. L.;",
    "role": "Signed as Head of Operations;",
}


@pytest.fixture
def credited(way, act):
    """What stands beside Ada’s quote, given her wish and what she allows."""

    def credited(wish: str, *purposes: str):
        one = way("quote")
        one.take("declined")
        one.say_all()
        one.post("you", relation="none", job_title="Head of Operations", credit=wish)
        one.allow(*purposes)
        return one, act(lambda: drawn(one.id, purposes))

    return credited


def drawn(number: int, purposes) -> dict:
    submission = db.session.get(Submission, number)
    return items.credit(submission, set(purposes), "/photo")


@pytest.mark.parametrize("wish", list(Credit))
def test_T23_the_name_is_shown_as_wished(credited, wish):
    _, credit = credited(wish, "name", "company", "photo")
    assert (credit["name"], credit["title"], credit["company"]) == LOOKS[wish]
    assert (credit["photo_url"] is None) == (wish in {"role", "anonymous"})


@pytest.mark.parametrize("wish", list(Credit))
def test_T23_no_wish_replaces_the_permission(credited, wish):
    _, credit = credited(wish)
    assert [credit[part] for part in ("name", "title", "company", "photo_url")] == [None] * 4


@pytest.mark.parametrize("wish", SIGNED)
def test_the_permission_and_its_receipt_say_how_they_sign(credited, wish, saved):
    one, _ = credited(wish, "words", "name")
    assert SIGNED[wish] in one.text("consent")
    one.send()
    receipt = saved(Receipt)[0].reference
    assert SIGNED[wish] in one.browser.get(f"/me/receipts/{receipt}").text
    wording = one.browser.get(f"/me/receipts/{receipt}.json").json["permissions"]
    assert SIGNED[wish] in str(wording)


def test_what_was_chosen_is_shown_before_sending(credited):
    one, _ = credited("initials", "words", "name")
    page = one.text("check")
    assert "My initials" in page
    assert "A. L." in page


def test_full_name_is_where_the_choice_begins(way, saved):
    one = way("quote")
    one.take("declined")
    one.say_all()
    one.introduce()
    assert saved(Submission)[0].credit is Credit.FULL


def test_a_made_up_wish_is_refused_in_words(way):
    one = way("quote")
    one.take("declined")
    one.say_all()
    answer = one.post("you", relation="none", job_title="Head", credit="queen")
    assert answer.status_code == 422
    assert "Choose how you want to be credited" in answer.text


def test_a_job_title_is_asked_only_where_the_credit_shows_it(way):
    one = way("quote")
    one.take("declined")
    one.say_all()
    for wish in ("full", "role"):
        answer = one.post("you", relation="none", job_title=" ", credit=wish)
        assert answer.status_code == 422
        assert "Enter your job title, or choose a credit without it" in answer.text
    for wish in ("initials", "anonymous"):
        assert one.post("you", relation="none", job_title="", credit=wish).status_code == 303


def test_T28_a_yes_to_the_companys_name_says_that_the_company_has_a_say_too(credited):
    waits = "Your company’s name appears once Analytical Engines agrees"
    one, _ = credited("full", "words", "name", "company")
    assert waits in one.text("check")


@pytest.mark.parametrize(("wish", "allowed"), [("anonymous", "company"), ("full", "name")])
def test_nothing_is_said_of_the_company_where_its_name_is_not_wanted(credited, wish, allowed):
    one, _ = credited(wish, "words", allowed)
    assert "appears once" not in one.text("check")


def test_T23_whoever_offers_to_speak_is_asked_about_being_announced(way):
    one = way("webinar")
    one.take("declined")
    one.say_all()
    one.introduce()
    page = one.text("consent")
    assert "Name me, the way I chose" in page
    assert "where you speak at an event, also in its announcement" in page
    assert "beside them" not in page
