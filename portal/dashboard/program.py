"""The program at a glance, in numbers."""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.campaigns.models import Invitation, InvitationState
from portal.db import db
from portal.incentives import codes, payees
from portal.incentives.models import (
    Issuing,
    Offer,
    Payout,
    PayoutState,
    Reward,
    RewardEntry,
    RewardState,
)
from portal.publishing.models import Asset
from portal.publishing.queries import Tally, permitted, tally
from portal.referrals.models import PROGRESS, Lead, Referral, Stage
from portal.submissions.models import Submission

OWED = [RewardState.ACCRUED, RewardState.HELD, RewardState.APPROVED]


@dataclass(frozen=True)
class Numbers:
    """How the program stands now."""

    customers: int
    invited: int
    taking_part: int
    published: int
    reviews: Tally
    leads: list[tuple[Stage, int]]
    owed: list[tuple[int, str]]  # cents, currency


def numbers() -> Numbers:
    taking_part = sa.union(
        sa.select(Submission.advocate_id), sa.select(Referral.advocate_id)
    ).subquery()
    shown = (
        sa.select(sa.func.count())
        .select_from(Asset)
        .join(Asset.submission)
        .join(Submission.advocate)
        .where(*permitted())
    )
    stages = dict(
        db.session.execute(sa.select(Lead.stage, sa.func.count()).group_by(Lead.stage)).all()
    )
    return Numbers(
        customers=count(Advocate),
        invited=db.session.scalar(
            sa.select(sa.func.count(Invitation.advocate_id.distinct())).where(
                Invitation.state != InvitationState.REVOKED
            )
        ),
        taking_part=db.session.scalar(sa.select(sa.func.count()).select_from(taking_part)),
        published=db.session.scalar(shown),
        reviews=tally(),
        leads=[(stage, stages.get(stage, 0)) for stage in PROGRESS],
        owed=owed(),
    )


def owed() -> list[tuple[int, str]]:
    """What rewards promised and not yet issued are worth, by currency."""
    newest = sa.select(sa.func.max(RewardEntry.id)).group_by(RewardEntry.reward_id)
    currency = Reward.promise["currency"].as_string()
    query = (
        sa.select(sa.func.sum(Reward.promise["value_cents"].as_integer()), currency)
        .join(Reward.entries)
        .where(RewardEntry.id.in_(newest), RewardEntry.state.in_(OWED))
        .group_by(currency)
        .order_by(currency)
    )
    return [(int(cents), code) for cents, code in db.session.execute(query)]


@dataclass(frozen=True)
class Notice:
    """Something nobody waits for yet, but somebody will."""

    title: str
    text: str
    url: str


def notices() -> list[Notice]:
    """What rewards will soon be short of: codes, a yearly limit, a payment that goes through."""
    found = [
        Notice(
            f"Few codes are left for “{offer.name}”",
            f"{codes.left(offer)} left, {codes.owed(offer)} owed. Upload more.",
            f"/staff/offers/{offer.id}/codes",
        )
        for offer in db.session.scalars(
            sa.select(Offer).where(Offer.issuing == Issuing.CODE, Offer.retired_at.is_(None))
        )
        if codes.is_low(offer)
    ]
    failed = sa.select(Payout).where(Payout.state == PayoutState.FAILED).order_by(Payout.id)
    found += [
        Notice(
            f"The payout of {one.reward.promise['reward']} failed",
            f"For {one.reward.advocate.name}. {one.error}",
            f"/staff/rewards/{one.reward_id}",
        )
        for one in db.session.scalars(failed.limit(5))
    ]
    if year := payees.missing_year():
        found.append(
            Notice(
                f"No yearly limit for {year}",
                f"Rewards in US dollars cannot be sent in {year} before it is set: "
                f"{payees.how_to_set(year)}.",
                f"/staff/rewards/payees?year={year}",
            )
        )
    return found


def count(model) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
