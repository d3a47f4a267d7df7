"""A portal with something in it to measure: a few hundred advocates, each with a link."""

from datetime import timedelta

from portal import clock
from portal.advocates.models import Advocate, Company
from portal.campaigns.models import Campaign, CampaignState, Invitation
from portal.consent.actions import Circumstances
from portal.db import db
from portal.incentives.models import Choice, Offer, OfferKind
from portal.referrals import actions
from portal.staff.models import Role, Staff

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
        actions=["referral"],
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
    db.session.commit()
    return codes


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
