"""Ada has lived with us a while: a photo, a published quote, a draft, a referral, a declined
invitation with a reason, mails, visits."""

import io

import pytest
from PIL import Image

from portal.advocates.models import Advocate
from portal.campaigns import inviting
from portal.campaigns.models import Action, Campaign, Invitation
from portal.consent.actions import Circumstances
from portal.db import db
from portal.incentives import actions as incentives
from portal.incentives.models import Choice, Reward, RewardState
from portal.media import actions as media
from portal.privacy import actions
from portal.referrals import actions as referrals
from portal.review import actions as review
from portal.staff.models import Staff
from portal.submissions import actions as submissions
from tests.contributing import company_agrees, contribute, signed

# What must be found nowhere once she is erased.
HERS = (
    "Lovelace", "ada@analytical.example", "Countess", "+44 1815", "Ockham Park", "Poetical",
    "It is not perfect", "Maya from the club", "Ask me about weaving",
    "Unfinished", "lift log of Ada", "No time for Babbage",
)  # fmt: skip


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (200, 200), "teal").save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def life(act, ada, rosa, campaign, invitation, offer, post_mail) -> int:
    """All of that; the id of her contribution."""

    def live() -> int:
        person, boss = db.session.get(Advocate, ada), db.session.get(Staff, rosa)
        person.phone, person.city, person.job_title = "+44 1815", "Ockham Park", "Countess"
        media.put(picture(), beside=person, by=person)
        quote = contribute(invitation, Action.QUOTE, choice=Choice.ACCEPTED)
        review.approve(quote, seen=quote.version, by=boss, note="Poetical, as ever")
        signed(
            quote,
            "It is not perfect.",
            headline="Poetical planning",
            ground="lift log of Ada Lovelace",
            by=boss,
        )
        company_agrees(quote)
        asked = db.session.get(Invitation, invitation)
        draft = submissions.start(asked, Action.REVIEW, by=person)
        prompt = draft.prompt_set.prompts[1]
        submissions.answer(draft, prompt, "Unfinished", seen=None, by=person)
        referral = referrals.join(
            asked,
            choice=Choice.ACCEPTED,
            employer_allows=True,
            share_text="Ask me about weaving",
            show_name=True,
            circumstances=Circumstances(),
            by=person,
        )
        referrals.add_link(referral, "Maya from the club", by=person)
        second = Campaign(
            slug="second", name="Second", state="sent", actions=["quote"], audience={},
            deadline=asked.campaign.deadline, subject_line="x", body="x", owner=boss,
            sent_at=asked.campaign.sent_at,
        )  # fmt: skip
        db.session.add(second)
        db.session.flush()
        other = Invitation(campaign=second, advocate=person)
        db.session.add(other)
        db.session.flush()
        inviting.decline(other, by=person, reason="No time for Babbage")
        return quote.id

    found = act(live)
    post_mail()
    return found


@pytest.fixture
def erase(act, ada):
    def erase() -> None:
        def go():
            person = db.session.get(Advocate, ada)
            actions.erase(person, by=person, circumstances=Circumstances())

        act(go)

    return erase


@pytest.fixture
def issued(act, rosa, life):
    """Her reward was sent before."""

    def issue():
        reward = db.session.query(Reward).first()
        for state in (RewardState.APPROVED, RewardState.ISSUED):
            incentives.move(reward, state, note="Order 7", by=db.session.get(Staff, rosa))

    act(issue)
