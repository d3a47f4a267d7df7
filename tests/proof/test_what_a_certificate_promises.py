"""The days and names of a certificate agree with the receipt of the customer who gave the words."""

from datetime import timedelta
from html import unescape

import pytest

from portal import clock
from portal.consent.models import Receipt
from portal.db import db
from portal.submissions.models import Credit, Submission
from tests.proof.test_checking_a_proof import certificate  # noqa: F401


@pytest.fixture
def credited(act):
    def credited(how: Credit) -> None:
        def go():
            db.session.get(Submission, 1).credit = how

        act(go)

    return credited


def test_T25_a_certificate_ends_with_the_permission_and_says_apart_when_it_is_asked_again(
    certificate,  # noqa: F811
    as_stranger,
    as_ada,
    saved,
):
    path = certificate()
    facts = as_stranger.get(path + ".json").json["permission"]
    with_receipt = saved(Receipt)[0].reference
    receipts = as_ada.get("/me/permissions").text
    receipt = as_ada.get(f"/me/receipts/{with_receipt}.json").json
    ends = receipt["permissions"][0]["until"][:10]
    assert facts["in_force_until"] == ends
    assert facts["asked_again_by"] == (clock.now() + timedelta(days=365)).date().isoformat()
    page = unescape(as_stranger.get(path).text)
    until = page.partition("it lasts until ")[2].partition(".")[0]
    assert until
    assert until in receipts
    assert "The customer is asked again by" in page


def test_an_abbreviated_name_ends_with_one_full_stop(certificate, as_stranger, credited):  # noqa: F811
    path = certificate(allows={"words", "name"})
    credited(Credit.INITIALS)
    page = unescape(as_stranger.get(path).text)
    assert "A. L. Verified customer" in page
    assert ".." not in page.partition("A real customer")[2].partition("</li>")[0]
