"""Whose referral a lead is: in the days a link counts, by the rule that is printed, and why."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import clock
from portal.campaigns.models import Touch
from portal.db import db
from portal.incentives.models import Reward, RewardState
from portal.referrals import attribution
from portal.referrals.models import Claim, Lead, LeadSignal, ReferralLink, Stage
from tests.referrals.conftest import SINA

C, Q = Stage.CONTACTED, Stage.QUALIFIED


@pytest.mark.parametrize(("seconds", "counts"), [(0, True), (1, False)])
def test_a_link_counts_to_the_last_second_of_its_days(
    seconds, counts, under, come, act, saved, move, as_ada, as_rosa
):
    """A late lead is taken like any other, earns no reward, and both sides read why."""
    under(counts_days=30)
    lead = come()

    def put_back():
        found = db.session.get(Lead, lead)
        found.link.created_at = found.created_at - timedelta(days=30, seconds=seconds)
        found.claims.clear()
        attribution.begin(found, by=found)

    act(put_back)
    move(lead, Q)
    assert [reward.state for reward in saved(Reward)] == ([RewardState.ACCRUED] if counts else [])
    assert ("after the days in which the link counts" in as_ada.get("/me/referrals/1").text) is (
        not counts
    )
    page = as_rosa.get(f"/staff/leads/{lead}").text
    assert "Why this lead counts for Ada" in page
    assert "Ada’s link on" in page
    assert "links count for 30 days" in page
    assert ("earns no reward" in page) is (not counts)


@pytest.mark.parametrize("touch", list(Touch))
def test_the_first_or_the_last_link_counts_as_the_terms_say(
    touch,
    under,
    ada,
    charlie,
    sent_by,
    saved,
    as_ada,
    as_charlie,
    move,
):
    under(touch=touch)
    lead = sent_by(ada, SINA["email"])
    assert sent_by(charlie, SINA["email"]) == lead  # one mailbox is one lead
    assert sent_by(charlie, SINA["email"]) == lead
    assert [(c.rule, c.counts) for c in saved(Claim)] == [
        ("came", True),
        (touch.value, touch is Touch.LAST),
    ]
    move(lead, Q)
    winner, loser = (charlie, as_ada) if touch is Touch.LAST else (ada, as_charlie)
    assert [reward.advocate_id for reward in saved(Reward)] == [winner]
    referral = 1 if touch is Touch.LAST else 2
    page = loser.get(f"/me/referrals/{referral}").text
    assert "also used another customer’s link" in page
    assert SINA["email"] not in page


def test_a_link_that_is_too_old_gives_way_to_one_that_is_not(
    under,
    ada,
    charlie,
    sent_by,
    saved,
    wait,
):
    under(counts_days=10)
    sent_by(ada, "first@other.example", company="Other")
    wait(days=11)
    lead = sent_by(ada, SINA["email"])
    assert saved(Lead)[-1].no_reward == "late"
    sent_by(charlie, SINA["email"])
    assert [c.rule for c in saved(Claim) if c.lead_id == lead] == ["late", "in time"]
    assert saved(Lead)[-1].no_reward == ""


def test_once_the_reward_is_due_no_other_link_counts(
    under,
    ada,
    charlie,
    sent_by,
    move,
    saved,
):
    under(touch=Touch.LAST)
    lead = sent_by(ada, SINA["email"])
    move(lead, Q)
    sent_by(charlie, SINA["email"])
    assert [c.rule for c in saved(Claim)] == ["came", "settled"]
    assert [reward.advocate_id for reward in saved(Reward)] == [ada]


# ── By hand ────────────────────────────────────────────────────────────────────────────────


def give(client, lead, link, note="She introduced them at the fair."):
    return client.post(f"/staff/leads/{lead}/attribution", data={"link": link, "note": note})


def test_staff_give_a_lead_to_someone_else_with_a_reason_and_the_reward_follows(
    as_rosa,
    ada,
    charlie,
    sent_by,
    move,
    saved,
):
    sent_by(charlie, "x@other.example", company="Other")
    lead = sent_by(ada, SINA["email"])
    move(lead, Q)
    hers = next(link.id for link in saved(ReferralLink) if link.referral_id == 1)
    assert give(as_rosa, lead, hers, note=" ").status_code == 422
    assert give(as_rosa, lead, 987654).status_code == 422
    assert give(as_rosa, lead, hers).status_code == 303
    assert give(as_rosa, lead, hers).status_code == 422  # it is theirs already: not among others
    rewards = {reward.advocate_id: reward.state for reward in saved(Reward)}
    assert rewards == {ada: RewardState.VOID, charlie: RewardState.ACCRUED}
    page = as_rosa.get(f"/staff/leads/{lead}").text
    assert "Why this lead counts for Charlie" in page
    assert "Rosa gave it to Charlie’s link" in page
    assert "She introduced them at the fair." in page


def test_a_reward_that_was_sent_is_not_handed_on(
    as_rosa,
    ada,
    charlie,
    sent_by,
    move,
    saved,
):
    sent_by(charlie, "x@other.example", company="Other")
    lead = sent_by(ada, SINA["email"])
    move(lead, Q)
    for state in ("approved", "issued"):
        seen = len(saved(Reward)[0].entries)
        said = {"state": state, "seen": seen, "note": "Order 7"}
        as_rosa.post("/staff/rewards/1/moves", data=said)
    refused = give(as_rosa, lead, 1)
    assert refused.status_code == 409
    assert "was sent already" in refused.text
    assert "She introduced them at the fair." in refused.text


def test_handing_it_on_looks_afresh_at_who_sent_it(as_rosa, ada, charlie, sent_by, saved):
    sent_by(charlie, "x@other.example", company="Other")
    lead = sent_by(ada, "bo@analytical.example", company="Analytical Engines")
    assert [one.rule for one in saved(LeadSignal)] == ["same-company"]
    give(as_rosa, lead, 1)
    assert [one.rule for one in saved(LeadSignal)] == ["customer-company"]  # Ada’s, to Charlie


# ── Printed ────────────────────────────────────────────────────────────────────────────────


def test_the_terms_are_printed_under_the_link(under, as_stranger, code):
    under(
        counts_days=45, touch=Touch.LAST, hold_days=14, most_each=3, most_all=50,
        prospect_promise="your first month free",
    )  # fmt: skip
    landing = as_stranger.get(f"/r/{code}")
    assert "You get your first month free if it turns out that we can help you." in landing.text
    assert f"/r/{code}/terms" in landing.text
    answer = as_stranger.get(f"/r/{code}/terms")
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in answer.headers
    for told in (
        "You get your first month free.",
        "counts for 45 days",
        "counts for the last one",
        "14 days after that",
        "At most 3 for one customer",
        "limit to all of them",
        "One per person and action.",
        "version 1",
        "may receive a €25 gift card",
    ):
        assert told in answer.text, told
    assert "Ada" not in answer.text
    assert as_stranger.get("/r/zzzzzzzzzzzzzz/terms").status_code == 404


def test_T11_the_terms_stand_before_the_yes_too(under, as_ada, invitation):
    under(counts_days=45)
    page = as_ada.get(f"/me/invitations/{invitation}/referral").text
    assert page.index("counts for 45 days") < page.index("Get my link")


def test_what_the_prospect_was_promised_is_kept_on_the_lead(under, come, as_rosa):
    under(prospect_promise="your first month free")
    lead = come()
    under(prospect_promise="")
    assert "your first month free" in as_rosa.get(f"/staff/leads/{lead}").text


@pytest.mark.parametrize(("seconds", "counts"), [(-60, True), (60, False)])
def test_T31_a_link_that_no_longer_counts_promises_its_owner_nothing_anywhere(
    seconds, counts, under, code, act, as_stranger, as_ada
):
    """Its page, its terms, and the message its owner passes on."""
    under(counts_days=30)

    def age():
        for one in db.session.scalars(sa.select(ReferralLink)):
            one.created_at = clock.now() - timedelta(days=30, seconds=seconds)

    act(age)
    for page in (as_stranger.get(f"/r/{code}"), as_stranger.get(f"/r/{code}/terms")):
        assert ("may receive" in page.text) is counts
        assert ("gets nothing for recommending us" in page.text) is not counts
    hub = as_ada.get("/me/referrals/1").text
    assert ("I may receive" in hub) is counts
    assert ("I get nothing from Acme for passing this on" in hub) is not counts
