"""Room under a limit that opens again goes to the lead left out that has been due the longest."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from portal import jobs
from portal.advocates.models import Advocate
from portal.campaigns.models import Campaign, Invitation
from portal.db import db, lock_row
from portal.errors import NotAllowed
from portal.history import queries as history
from portal.history.actions import SYSTEM, Actor, record
from portal.history.models import Entry
from portal.incentives.models import Reward
from portal.referrals import rewarding, telling
from portal.referrals.models import PROGRESS, Lead, Referral, ReferralLink
from portal.staff.overtaking import overtaken

AFTER_ALL = "reward after all"
LIMITS = ("most_each", "most_all", "budget_cents")


def campaign_of(reward_id: int) -> int:
    """The campaign whose leads may take the place of a reward; 0 where none do."""
    kind, _, number = db.session.get_one(Reward, reward_id).pot.partition(":")
    return int(number) if kind == "campaign" and number.isdigit() else 0


def share(campaign_id: int) -> Iterator[Lead]:
    """Give those left out another chance, one after the other: commit after each, so that nobody
    holds one lead while waiting for the next. The limits are asked anew for each."""
    for lead_id in left_out(campaign_id):
        lead = db.session.get_one(Lead, lead_id, with_for_update=True, populate_existing=True)
        if lead.no_reward in rewarding.TRY_AGAIN and rewarding.earned(lead):
            rewarding.settle(lead)
            if not lead.no_reward:
                _say_so(lead)
        yield lead


def left_out(campaign_id: int) -> list[int]:
    """The leads a limit of this campaign left out and that are due still, the longest due first."""
    found = db.session.scalars(
        sa.select(Lead)
        .join(Lead.link)
        .join(ReferralLink.referral)
        .join(Referral.invitation)
        .join(Referral.advocate)
        .where(
            Invitation.campaign_id == campaign_id,
            Lead.no_reward.in_(rewarding.TRY_AGAIN),
            Lead.stage.in_(PROGRESS),
        )
        .options(
            selectinload(Lead.moves),
            contains_eager(Lead.link)
            .contains_eager(ReferralLink.referral)
            .contains_eager(Referral.advocate)
            .lazyload(Advocate.company),
        )
    ).all()
    due = [lead for lead in found if rewarding.earned(lead)]
    return [lead.id for lead in sorted(due, key=lambda one: (rewarding.due_since(one), one.id))]


def _say_so(lead: Lead) -> None:
    """In the history and on the lead; and to the advocate, unless a check has to come first."""
    record(lead, AFTER_ALL, by=SYSTEM)
    if not lead.hold:
        telling.news(
            lead,
            "Your reward is due after all",
            "There was none left. One has come free, and yours had waited longest.",
        )


def after_all(lead: Lead) -> Entry | None:
    """When a lead that had been left out got its reward."""
    return next((one for one in reversed(history.of(lead)) if one.verb == AFTER_ALL), None)


def raise_limits(campaign: Campaign, *, seen: int, by: Actor, **wanted: int | None) -> None:
    """Owe more than was printed, never less: whoever shares a link was promised the limits.

    None is no limit. Raises NotAllowed for a lower one, Stale when someone was faster. Leads that
    were left out get what there is room for now.
    """
    lock_row(campaign)
    was = {name: getattr(campaign, name) for name in LIMITS}
    if wanted == was:
        return
    if campaign.version != seen:
        raise overtaken(campaign, newest=campaign.version)
    if any(_lower(wanted[name], was[name]) for name in LIMITS):
        raise NotAllowed("Limits can only be raised: they are printed under links people have.")
    for name in LIMITS:
        setattr(campaign, name, wanted[name])
    record(campaign, "limits raised", by=by, was=was, now=wanted)
    key = f"raised-{campaign.id}-{campaign.version}"
    jobs.enqueue("rewards.raised", campaign.id, queue=jobs.REWARDS, key=key)


def _lower(wanted: int | None, was: int | None) -> bool:
    return wanted is not None and (was is None or wanted < was)
