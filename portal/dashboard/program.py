"""The program at a glance, and the first steps of a new one."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.campaigns.models import Campaign, CampaignState, Invitation, InvitationState
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
from portal.submissions.models import State, Submission

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


def first_steps() -> list[dict[str, Any]]:
    """From an empty portal to the first approval; empty once that is reached."""
    decided = sa.select(Submission.id).where(
        Submission.state.in_([State.APPROVED, State.PUBLISHED])
    )
    if exists(decided):
        return []
    sent = sa.select(Campaign.id).where(Campaign.state != CampaignState.DRAFT)
    return [
        step(
            "Import your customers",
            "A CSV or Excel file with names and mail addresses.",
            "/staff/imports/new",
            exists(sa.select(Advocate.id)),
        ),
        step(
            "Make an offer (optional)",
            "A thank-you everyone invited gets, whatever they say.",
            "/staff/offers",
            exists(sa.select(Offer.id)),
        ),
        step(
            "Create a campaign",
            "Whom you ask for what, until when.",
            "/staff/campaigns/new",
            exists(sa.select(Campaign.id)),
        ),
        step(
            "Send it",
            "Everyone gets a personal link; nobody needs a password.",
            "/staff/campaigns",
            exists(sent),
        ),
        step(
            "Approve the first contribution",
            "It waits in the queue once a customer has sent it.",
            "/staff/queue",
            False,
        ),
    ]


def step(title: str, hint: str, url: str, done: bool) -> dict[str, Any]:
    """One row of the list; what is done is no link and needs nobody."""
    if done:
        return {"title": title, "status": "Done"}
    return {"title": title, "hint": hint, "href": url}


def exists(query: sa.Select) -> bool:
    return db.session.scalar(query.limit(1)) is not None


def count(model) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
