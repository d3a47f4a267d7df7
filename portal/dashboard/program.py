"""The program at a glance, in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.campaigns.models import Action, Invitation, InvitationState
from portal.dashboard import charts
from portal.db import db, is_last, only
from portal.incentives.models import Reward, RewardEntry, RewardState
from portal.publishing import tallying
from portal.publishing.tallying import Tally
from portal.referrals.models import PROGRESS, Lead, Referral, Stage
from portal.referrals.prospect_ledger import ProspectReward, ProspectRewardEntry
from portal.submissions.models import Submission, Version

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


def words() -> list[sa.Row]:
    """All that the world sees now, with what may be shown beside it: looked through once."""
    return tallying.standing(also=[Submission.action, Version.rating, *charts.uses()])


def numbers(words: Sequence[sa.Row]) -> Numbers:
    taking_part = sa.union(
        sa.select(Submission.advocate_id), sa.select(Referral.advocate_id)
    ).subquery()
    stages = dict(
        db.session.execute(sa.select(Lead.stage, sa.func.count()).group_by(Lead.stage)).all()
    )
    return Numbers(
        customers=count(Advocate),
        invited=only(
            sa.select(sa.func.count(Invitation.advocate_id.distinct())).where(
                Invitation.state != InvitationState.REVOKED
            )
        ),
        taking_part=only(sa.select(sa.func.count()).select_from(taking_part)),
        published=len(words),
        reviews=Tally.of(one.rating for one in words if one.action is Action.REVIEW and one.rating),
        leads=[(stage, stages.get(stage, 0)) for stage in PROGRESS],
        owed=owed(),
    )


def owed() -> list[tuple[int, str]]:
    """What rewards promised and not yet issued are worth, by currency."""
    customers = (
        sa.select(
            Reward.promise["value_cents"].as_integer().label("cents"),
            Reward.promise["currency"].as_string().label("currency"),
        )
        .join(Reward.entries)
        .where(is_last(RewardEntry.reward_id), RewardEntry.state.in_(OWED))
    )
    prospects = (
        sa.select(ProspectReward.value_cents, ProspectReward.currency)
        .join(ProspectReward.entries)
        .where(is_last(ProspectRewardEntry.reward_id))
        .where(ProspectRewardEntry.state.in_(OWED), ProspectReward.value_cents > 0)
    )
    all_of_them = sa.union_all(customers, prospects).subquery()
    cents, currency = all_of_them.c
    sums = sa.select(sa.func.sum(cents), currency).group_by(currency).order_by(currency)
    return [(int(total), code) for total, code in db.session.execute(sums)]


def count(model) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
