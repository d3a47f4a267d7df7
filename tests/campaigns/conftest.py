from datetime import timedelta

import pytest

from portal import clock
from portal.advocates.models import Advocate, Company, Sector
from portal.campaigns import actions
from portal.db import db
from portal.incentives.models import Offer
from portal.staff.models import Staff


@pytest.fixture
def typed():
    """What staff type into the form of a new campaign."""
    return {
        "name": "Winter voices",
        "actions": ["quote"],
        "offer_id": "0",
        "referral_offer_id": "0",
        "rewarding_stage": "won",
        "counts_days": "180",
        "touch": "first",
        "hold_days": "0",
        "asks_company": "required",
        "asks_message": "optional",
        "asks_phone": "hidden",
        "mails_per_minute": "200",
        "deadline": (clock.now().date() + timedelta(days=30)).isoformat(),
        "why": "You have been with us since spring.",
        "subject_line": "A question for {first_name}",
        "body": "Dear {first_name},\n\nhow is it going at {company}?\n\n{sender}, until {deadline}",
        "seen": "0",
    }


@pytest.fixture
def draft(act, rosa, ada, charlie, offer) -> int:
    """A draft for everyone, with a gift card."""

    def write() -> int:
        campaign = actions.draft(
            name="Winter voices",
            actions=["quote", "referral"],
            audience={},
            offer=db.session.get(Offer, offer),
            referral_offer=None,
            rewarding_stage="won",
            deadline=clock.now().date() + timedelta(days=30),
            subject_line="A question for {first_name}",
            body="Dear {first_name},\n\nhow is it going at {company}?",
            why="You know it well, {first_name}.",
            owner=db.session.get(Staff, rosa),
        )
        db.session.flush()
        return campaign.id

    return act(write)


@pytest.fixture
def grace(save) -> int:
    """A customer at a public office, who may take no gifts."""
    return save(
        Advocate(
            company=Company(name="City Hall", name_key="city hall", sector=Sector.PUBLIC),
            first_name="Grace",
            last_name="Hopper",
            email="grace@cityhall.example",
            email_key="grace@cityhall.example",
            country="US",
        )
    )
