"""A portal with something in it to measure: a few hundred advocates, each with a link."""

from datetime import timedelta

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate, Company
from portal.campaigns.models import Action, Campaign, CampaignState, Invitation
from portal.consent.actions import Circumstances
from portal.db import db
from portal.incentives.models import Choice, Offer, OfferKind
from portal.publishing import actions as publishing
from portal.publishing.basis import Basis
from portal.referrals import actions
from portal.review import actions as review
from portal.staff.models import Role, Staff
from tests.contributing import contribute

NAMES = ["Ada", "Bruno", "Chidi", "Dilnoza", "Esther", "Farid", "Greta", "Hana", "Ivo", "June"]


def fill(links: int) -> list[str]:
    """Make this many referral links, half of them with a name on the page; gives their codes."""
    owner = Staff(email="rosa@acme.example", name="Rosa", role=Role.OWNER, password_hash="x")
    offer = Offer(
        name="Gift card 25",
        kind=OfferKind.GIFT_CARD,
        reward="a €25 gift card",
        value_cents=2500,
        currency="EUR",
        terms="One per person.",
    )
    db.session.add_all([owner, offer])
    db.session.flush()
    campaign = Campaign(
        slug="autumn",
        name="Autumn voices",
        state=CampaignState.SENT,
        actions=["quote", "referral"],
        audience={"search": ""},
        referral_offer=offer,
        rewarding_stage="qualified",
        deadline=clock.now().date() + timedelta(days=365),
        subject_line="Would you tell others?",
        body="Dear {first_name}, …",
        owner=owner,
        sent_at=clock.now(),
    )
    codes = [refer(number, campaign) for number in range(links)]
    say_something(campaign, owner)
    db.session.commit()
    return codes


def say_something(campaign: Campaign, owner: Staff) -> None:
    """One of them is quoted, so that each link's page shows it and asks whether it may."""
    invitation = db.session.scalar(sa.select(Invitation).where(Invitation.campaign == campaign))
    submission = contribute(invitation.id, Action.QUOTE)
    review.approve(submission, seen=submission.version, by=owner)
    basis = Basis("x", owner, clock.now().date())
    publishing.publish(submission, basis=basis, fair_cut=True, by=owner)


def refer(number: int, campaign: Campaign) -> str:
    """One advocate who joins; gives the code of their link."""
    name = NAMES[number % len(NAMES)]
    email = f"{name.lower()}{number}@customer{number}.example"
    person = Advocate(
        company=Company(name=f"Customer {number}", name_key=f"customer {number}"),
        first_name=name,
        last_name="Example",
        email=email,
        email_key=email,
    )
    invitation = Invitation(campaign=campaign, advocate=person)
    db.session.add(invitation)
    db.session.flush()
    referral = actions.join(
        invitation,
        choice=Choice.ACCEPTED,
        employer_allows=True,
        share_text="",
        show_name=number % 2 == 0,
        circumstances=Circumstances(),
        by=person,
    )
    return referral.links[0].code
