"""How reviews work here, told from the rules the code obeys (T20)."""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.config import settings
from portal.consent import queries as permissions
from portal.consent.models import Purpose
from portal.db import db
from portal.incentives import disclosure
from portal.incentives.models import Choice, Offer, Outcome
from portal.publishing.grounds import FOR_REVIEWS, WORKING_DAYS, Ground
from portal.publishing.items import TIES, verified
from portal.publishing.queries import RECONFIRM


@dataclass(frozen=True)
class Facts:
    """The rules in force, for the page to put into sentences."""

    grounds: list[Ground]
    working_days: int
    verified: str
    ties: list[str]
    rewards: list[str]
    said_beside: list[str]  # while it is promised, once it was sent, and if it never is
    months: int
    reconfirm_months: int


def facts() -> Facts:
    """What is true here today."""
    brand = settings().brand_name
    rewards = list(
        db.session.scalars(
            sa.select(Offer.reward)
            .where(Offer.retired_at.is_(None))
            .distinct()
            .order_by(Offer.reward)
        )
    )
    promise = {"reward": rewards[0] if rewards else "a small reward"}
    wording = permissions.statement(Purpose.WORDS)
    return Facts(
        grounds=FOR_REVIEWS,
        working_days=WORKING_DAYS,
        verified=verified(),
        ties=[tie.format(brand=brand) for tie in TIES.values()],
        rewards=rewards,
        said_beside=[
            disclosure.beside(promise, Choice.ACCEPTED, "review", brand, outcome)
            for outcome in Outcome
        ],
        months=wording.months if wording else 24,
        reconfirm_months=round(RECONFIRM.days / 30.4),
    )
