"""Leads nobody has spoken to, and those that stood out."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from portal import clock
from portal.advocates.looking_after import NAMED
from portal.advocates.models import Advocate
from portal.queue.kinds import ME, ON_HOLD, Drawn, Kind, days_ago, moment
from portal.referrals.models import Lead, LeadSignal, Referral, ReferralLink, Stage
from portal.referrals.prospect_ledger import ProspectReward, to_whom


def draw(found: Sequence[sa.Row]) -> list[Drawn]:
    return [
        Drawn(
            f"{one.name}, {one.company}" if one.name else "A lead whose details are deleted",
            f"Came through {one.named}",
            "referrals.lead",
            {"lead_id": one.id},
            held=ON_HOLD if one.restricted_at else "",
        )
        for one in found
    ]


def draw_signals(found: Sequence[sa.Row]) -> list[Drawn]:
    return [
        Drawn(
            f"Look at {one.name or 'a lead'}, {one.company or 'details deleted'}",
            one.reason,
            "referrals.lead",
            {"lead_id": one.lead_id},
        )
        for one in found
    ]


def draw_promises(found: Sequence[ProspectReward]) -> list[Drawn]:
    return [
        Drawn(
            to_whom(one),
            one.line.note or f"They were told “You get {one.promise}”",
            "referrals.prospect_reward",
            {"reward_id": one.id},
            bulk=f"{one.id}:{len(one.entries)}",
            several="prospect-rewards",
        )
        for one in found
    ]


# As text, so that both databases see the condition of the index in it.
UNSEEN = (LeadSignal.cleared_at.is_(None), LeadSignal.severity != sa.literal_column("'note'"))


def first_of_its_lead() -> list[sa.ColumnElement[bool]]:
    """A lead that stood out twice is looked at once."""
    other = aliased(LeadSignal)
    earlier = sa.exists().where(
        other.lead_id == LeadSignal.lead_id,
        other.cleared_at.is_(None),
        other.severity != "note",
        other.id < LeadSignal.id,
    )
    return [*UNSEEN, ~earlier]


CAME = (
    sa.select(Lead.id, Lead.name, Lead.company, NAMED, Advocate.restricted_at)
    .join(Lead.link)
    .join(ReferralLink.referral)
    .join(Referral.advocate)
)
LEADS = Kind(
    "leads",
    "New leads",
    Lead,
    Lead.created_at,
    lambda: [Lead.stage == Stage.RECEIVED],
    draw,
    shown=CAME,
    late_from=days_ago(2),
    whose=Lead.owner_id == ME,
)
RISKS = Kind(
    "risks",
    "Leads to look at",
    LeadSignal,
    LeadSignal.at,
    first_of_its_lead,
    draw_signals,
    shown=sa.select(
        LeadSignal.id, LeadSignal.lead_id, LeadSignal.reason, Lead.name, Lead.company
    ).join(LeadSignal.lead),
    late_from=days_ago(7),
    whose=LeadSignal.lead_id.in_(sa.select(Lead.id).where(Lead.owner_id == ME)),
)
PROMISES = Kind(
    "prospect-rewards",
    "Promised to prospects",
    ProspectReward,
    ProspectReward.waits_since,
    lambda: [ProspectReward.waits_since <= moment(clock.now)],  # not before their terms allow it
    draw_promises,
    (joinedload(ProspectReward.lead, innerjoin=True).lazyload(Lead.signals),),
    late_from=days_ago(14),
    whose=ProspectReward.lead_id.in_(sa.select(Lead.id).where(Lead.owner_id == ME)),
)
