"""What a campaign promises about its rewards: no sooner, no more, and to both as it was told."""

import pytest

from portal.advocates.models import Advocate
from portal.db import be_patient, db
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM
from portal.incentives import actions as incentives
from portal.incentives.limits import Limits, Reached
from portal.incentives.models import Reward, RewardState
from portal.referrals.models import Lead, ReferralLink, Stage
from portal.staff.models import Staff
from tests.crowd import at_once

C, Q = Stage.CONTACTED, Stage.QUALIFIED
PROMISE = {"reward": "a €25 gift card", "value_cents": 2500, "currency": "EUR", "charity": ""}


@pytest.mark.parametrize(
    ("limits", "given"),
    [
        (Limits("campaign:1", most_all=50), 50),
        (Limits("campaign:1", most_each=50), 50),
        (Limits("campaign:1", budget_cents=50 * 2500 + 2499), 50),
    ],
    ids=["campaign", "advocate", "budget"],
)
def test_two_hundred_at_once_against_a_cap_of_fifty_give_fifty(app, ada, saved, limits, given):
    """All two hundred begin together. On PostgreSQL the pot’s lock lets one count at a time (of as
    many as there are connections); on SQLite writers begin one after the other (``db.tune``).
    """

    def accrue(number: int) -> bool:
        with app.app_context():
            try:
                incentives.accrue(
                    db.session.get(Advocate, ada), reason=f"lead:{number}", explanation="x",
                    promise=PROMISE, limits=limits, by=SYSTEM,
                )  # fmt: skip
                db.session.commit()
            except Reached:
                db.session.rollback()
                return False
            return True

    with app.app_context():
        be_patient(db.engine)  # it is the count that is tried here, not how long a visitor waits
    assert at_once(200, accrue).count(True) == given
    assert len(saved(Reward)) == given


@pytest.mark.parametrize(
    ("terms", "which"),
    [({"most_each": 1}, "as there are for one person"), ({"budget_cents": 2600}, "been given")],
)
def test_past_the_limit_a_lead_goes_on_and_both_read_why(
    terms,
    which,
    under,
    come,
    move,
    saved,
    as_ada,
    as_rosa,
):
    under(**terms)
    first = come()
    second = come(email="bo@nordbrot.example", company="Nordbrot")
    move(first, Q)
    move(second, Q)
    assert [reward.reason for reward in saved(Reward)] == [f"lead:{first}"]
    assert which in as_ada.get("/me/referrals/1").text
    assert "No reward." in as_rosa.get(f"/staff/leads/{second}").text
    move(first, C)  # room again …
    move(second, Stage.MEETING)
    assert [reward.state for reward in saved(Reward)] == [RewardState.VOID, RewardState.ACCRUED]
    assert saved(Lead)[1].no_reward == ""
    move(first, Q)  # … and the cap holds when the first one comes back
    assert [reward.state for reward in saved(Reward)] == [RewardState.VOID, RewardState.ACCRUED]


def test_it_is_approved_only_after_the_days_it_has_to_wait(
    under,
    lead,
    move,
    act,
    rosa,
    wait,
    as_ada,
):
    under(hold_days=14)
    move(lead, Q)

    def approve():
        incentives.move(
            db.session.get(Reward, 1), RewardState.APPROVED, by=db.session.get(Staff, rosa)
        )

    with pytest.raises(NotAllowed, match="It can be approved from"):
        act(approve)
    assert "not before" in as_ada.get("/me/referrals/1").text
    wait(days=14, seconds=5)
    act(approve)


# ── A word for the link ────────────────────────────────────────────────────────────────────


def choose(client, word, referral=1):
    return client.post(f"/me/referrals/{referral}/word", data={"word": word})


def test_she_chooses_a_word_once_and_it_opens_the_same_page(as_ada, referral, as_stranger, saved):
    assert choose(as_ada, " Ada-Recommends ").status_code == 303
    assert choose(as_ada, "ada-recommends").status_code == 303  # twice is harmless
    assert "Your link with a word" in as_ada.get("/me/referrals/1").text
    assert [link.code for link in saved(ReferralLink)][1:] == ["ada-recommends"]
    page = as_stranger.get("/r/ADA-recommends").text
    assert "A customer recommends Acme" in page  # a word is not a permission to show her name
    again = choose(as_ada, "another-word")
    assert again.status_code == 409
    assert "already: “ada-recommends”" in again.text


@pytest.mark.parametrize(
    "word",
    ["abc", "x" * 25, "ada lovelace", "ada_l", "-ada-", "ada--l", "adä-l", "admin", "ada-support",
     "acme-official", "my-acme", "shithead", "call-0151-2345678", "deleted", ""],
)  # fmt: skip
def test_words_are_checked(as_ada, referral, word, saved):
    answer = choose(as_ada, word)
    assert answer.status_code == 422
    assert len(saved(ReferralLink)) == 1


def test_a_word_that_is_taken_is_refused(
    as_ada, as_charlie, referral, act, invitation, charlie, save
):
    from portal.campaigns.models import Invitation
    from portal.consent.actions import Circumstances
    from portal.incentives.models import Choice
    from portal.referrals import actions

    choose(as_ada, "recommended")
    other = save(Invitation(campaign_id=1, advocate_id=charlie))

    def join():
        found = db.session.get(Invitation, other)
        return actions.join(
            found, choice=Choice.DECLINED, employer_allows=False, share_text="",
            show_name=False, circumstances=Circumstances(), by=found.advocate,
        ).id  # fmt: skip

    theirs = act(join)
    refused = choose(as_charlie, "recommended", theirs)
    assert refused.status_code == 409
    assert "is taken" in refused.text
    assert choose(as_charlie, "recommended", referral).status_code == 404  # not hers
