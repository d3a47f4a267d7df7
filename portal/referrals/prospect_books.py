"""What prospects were promised, as staff list it and take it along."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal.advocates.models import Advocate
from portal.campaigns.models import Invitation
from portal.db import db, is_last
from portal.errors import NotFound
from portal.incentives.models import RewardState
from portal.referrals import prospect_rewards
from portal.referrals.models import Lead, Referral, ReferralLink
from portal.referrals.prospect_ledger import (
    ProspectReward,
    ProspectRewardEntry,
)

PER_PAGE = 50
HEADS = (
    "lead", "crm id", "name", "email", "company", "what was promised", "value", "currency", "state",
    "since", "reason", "note", "by", "not before", "campaign", "sent by",
)  # fmt: skip


def get(reward_id: int) -> ProspectReward:
    """One of them, or NotFound."""
    if found := db.session.get(ProspectReward, reward_id):
        return found
    raise NotFound("There is no such promise.")


def page(
    state: RewardState | None, before: int | None = None
) -> tuple[Sequence[ProspectReward], int | None]:
    """A page of them, newest first, and where the next page begins."""
    select = _select(state).limit(PER_PAGE + 1)
    if before:
        select = select.where(ProspectReward.id < before)
    found = db.session.scalars(select).all()
    return found[:PER_PAGE], found[PER_PAGE - 1].id if len(found) > PER_PAGE else None


def counts() -> dict[RewardState, int]:
    """How many stand where."""
    standing = sa.select(ProspectRewardEntry.state, sa.func.count())
    standing = standing.where(is_last(ProspectRewardEntry.reward_id))
    return dict(db.session.execute(standing.group_by(ProspectRewardEntry.state)).all())


def _select(state: RewardState | None) -> sa.Select:
    theirs = (
        contains_eager(ProspectReward.lead)
        .contains_eager(Lead.link)
        .contains_eager(ReferralLink.referral)
    )
    sent = theirs.contains_eager(Referral.invitation)
    select = (
        sa.select(ProspectReward)
        .join(ProspectReward.lead)
        .join(Lead.link)
        .join(ReferralLink.referral)
        .join(Referral.advocate)
        .join(Referral.invitation)
        .join(Invitation.campaign)
        .options(
            theirs.contains_eager(Referral.advocate).lazyload(Advocate.company),
            sent.contains_eager(Invitation.campaign),
            sent.lazyload(Invitation.advocate),
        )
        .order_by(ProspectReward.id.desc())
    )
    if state is None:
        return select
    standing = sa.select(ProspectRewardEntry.reward_id).where(
        is_last(ProspectRewardEntry.reward_id),
        ProspectRewardEntry.state == state,
    )
    return select.where(ProspectReward.id.in_(standing))


def lines(state: RewardState | None) -> Iterator[list[object]]:
    """Everything in this state, or all, a line for each."""
    for reward in db.session.scalars(_select(state)):
        lead, last = reward.lead, reward.line
        referral = lead.link.referral
        yield [
            lead.id,
            lead.crm_id or "",
            lead.name,
            lead.email,
            lead.company,
            reward.promise,
            f"{reward.value_cents / 100:.2f}" if reward.value_cents else "",
            reward.currency if reward.value_cents else "",
            prospect_rewards.in_short(reward),
            last.at.date(),
            last.ground,
            last.note,
            last.by,
            reward.not_before.date() if reward.not_before else "",
            referral.invitation.campaign.name,
            referral.advocate.name,
        ]
