"""What staff put on the table."""

import html
import re

import pytest

from portal.campaigns.models import Action
from portal.history.models import Entry
from portal.incentives import disclosure
from portal.incentives.models import Offer, Outcome
from portal.staff.models import Role, Staff

TYPED = {
    "name": "Gift card 50",
    "kind": "gift-card",
    "reward": "a €50 gift card",
    "value": "50",
    "currency": "EUR",
    "charity": "",
    "terms": "One per person and campaign, by mail within ten working days.",
    "seen": "1",
}


def test_an_offer_is_written_down_and_listed(as_rosa, saved):
    assert "No offer yet" in as_rosa.get("/staff/offers").text
    assert as_rosa.get("/staff/offers/new").status_code == 200
    answer = as_rosa.post("/staff/offers", data=TYPED)
    assert (answer.status_code, answer.location) == (303, "/staff/offers")
    assert saved(Offer)[0].value_cents == 5000
    assert "a €50 gift card" in as_rosa.get("/staff/offers").text


@pytest.mark.parametrize("field", ["name", "reward", "charity", "terms"])
def test_T9_an_offer_that_buys_praise_is_refused_with_the_phrase_named(as_rosa, saved, field):
    answer = as_rosa.post("/staff/offers", data=TYPED | {field: "a card for a positive review"})
    assert answer.status_code == 422
    assert "Take out “card for a positive”" in answer.text
    assert "by mail within ten" in answer.text or field == "terms"
    assert saved(Offer) == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Enter a name for this offer"),
        ("reward", "", "Enter the reward"),
        ("value", "lots", "Enter what it is worth, as a number"),
        ("value", "", "Enter what it is worth, as a number"),
        ("value", "-1", "Enter a value between 0 and 100,000"),
        ("value", "NaN", "Enter what it is worth, as a number"),
        ("value", "sNaN", "Enter what it is worth, as a number"),
        ("value", "-Infinity", "Enter what it is worth, as a number"),
        ("value", "1e999", "Enter a value between 0 and 100,000"),
        ("terms", " ", "Enter the terms"),
        ("kind", "bribe", "Choose the kind"),
    ],
)
def test_what_is_missing_is_said_in_words(as_rosa, saved, field, value, words):
    answer = as_rosa.post("/staff/offers", data=TYPED | {field: value})
    assert answer.status_code == 422
    assert words in answer.text
    assert saved(Offer) == []


def test_a_donation_names_its_charity(as_rosa):
    answer = as_rosa.post("/staff/offers", data=TYPED | {"kind": "donation"})
    assert "Enter the charity that gets the donation" in answer.text


def test_two_offers_cannot_share_a_name(as_rosa, offer):
    answer = as_rosa.post("/staff/offers", data=TYPED | {"name": "Gift card 25"})
    assert answer.status_code == 422
    assert "There is another offer called “Gift card 25”" in answer.text


def test_T15_a_changed_deal_is_a_new_version_and_the_old_terms_stay_readable(as_rosa, saved):
    as_rosa.post("/staff/offers", data=TYPED)
    (offer,) = saved(Offer)
    promised = offer.promise()
    as_rosa.post(f"/staff/offers/{offer.id}", data=TYPED | {"terms": "Two per person."})
    (offer,) = saved(Offer)
    assert offer.terms_version == 2
    assert promised["terms_version"] == 1
    assert promised["terms"].startswith("One per person")
    page = as_rosa.get(f"/staff/offers/{offer.id}").text
    assert "Version 1" in page
    assert "One per person and campaign" in page


def test_a_new_name_alone_is_no_new_version(as_rosa, saved):
    as_rosa.post("/staff/offers", data=TYPED)
    (offer,) = saved(Offer)
    as_rosa.post(f"/staff/offers/{offer.id}", data=TYPED | {"name": "Fifty"})
    (offer,) = saved(Offer)
    assert (offer.name, offer.terms_version) == ("Fifty", 1)
    as_rosa.post(
        f"/staff/offers/{offer.id}", data=TYPED | {"name": "Fifty", "issuing": "code", "seen": "2"}
    )
    (offer,) = saved(Offer)
    assert (offer.issuing, offer.terms_version, offer.version) == ("code", 1, 3)
    assert [one.verb for one in saved(Entry)] == ["saved", "renamed", "revised"]
    assert "Earlier versions" not in as_rosa.get(f"/staff/offers/{offer.id}").text


def test_someone_elses_change_is_not_overwritten(as_rosa, saved):
    as_rosa.post("/staff/offers", data=TYPED)
    (offer,) = saved(Offer)
    as_rosa.post(f"/staff/offers/{offer.id}", data=TYPED | {"terms": "Two per person."})
    answer = as_rosa.post(f"/staff/offers/{offer.id}", data=TYPED | {"terms": "Three."})
    assert answer.status_code == 409
    assert "You changed it at " in answer.text
    assert "Three." in answer.text
    assert saved(Offer)[0].terms == "Two per person."


def test_a_retired_offer_stays_readable_and_cannot_be_changed(as_rosa, offer, saved):
    for _ in range(2):
        assert as_rosa.post(f"/staff/offers/{offer}/retirement").status_code == 303
    assert [entry.verb for entry in saved(Entry)] == ["retired"]
    page = as_rosa.get(f"/staff/offers/{offer}").text
    assert "Retired on" in page
    assert "Save offer" not in page


def test_a_viewer_reads_offers_and_changes_none(browser_of, save, offer):
    viewer = browser_of(staff=save(Staff(email="v@acme.example", name="V", role=Role.VIEWER)))
    page = viewer.get(f"/staff/offers/{offer}")
    assert page.status_code == 200
    assert "<textarea" not in page.text
    assert viewer.post(f"/staff/offers/{offer}", data=TYPED).status_code == 403
    assert viewer.post("/staff/offers", data=TYPED).status_code == 403


def test_staff_read_each_sentence_that_will_stand_beside_the_words(as_rosa, saved):
    as_rosa.post("/staff/offers", data=TYPED | {"charity": "Viva con Agua"})
    (offer,) = saved(Offer)
    page = html.unescape(as_rosa.get(f"/staff/offers/{offer.id}").text)
    promise = offer.promise()
    for action, choice in (("review", "accepted"), ("quote", "accepted"), ("quote", "donated")):
        for sentence in disclosure.ways(promise, choice, action, "Acme"):
            assert sentence in page
    for outcome in Outcome:
        assert disclosure.in_own_review(promise, "accepted", "Acme", outcome) in page
    assert disclosure.in_share_text(promise, "accepted", "Acme") in page
    assert "What readers will see" not in as_rosa.get("/staff/offers/new").text


@pytest.mark.parametrize("action", [*Action, "contribution"])
def test_T11_what_makes_no_difference_is_something_the_action_has(action):
    said = disclosure.before({"reward": "a €25 gift card"}, action, "Acme")
    assert ("rating" in said) is (action in ("review", "contribution"))
    assert ("topic" in said) is (action == "webinar")
    assert re.search(r"make(?:s)? (?:no|a) difference", said)
    assert "case-study" not in said
