"""What a lead's stage does to the reward: owed at the stage agreed on, once, and no sooner."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from portal import clock
from portal.campaigns.models import Campaign
from portal.db import db
from portal.errors import there
from portal.history.actions import SYSTEM, record
from portal.incentives import actions as incentives
from portal.incentives import limits as pots
from portal.incentives import queries as rewards
from portal.incentives.limits import Limits, Reached
from portal.incentives.models import Choice, Reward, RewardState
from portal.referrals import prospect_ledger, prospect_rewards, signals, telling
from portal.referrals.models import PROGRESS, Lead, Referral, ReferralLink, Severity, Stage
from portal.referrals.words import NO_REWARD, cause

BATCH = 500  # as many in one question to the database
TRY_AGAIN = {"most_each", "most_all", "budget"}  # room may come back; see ``room``


def promised(referral: Referral) -> bool:
    """Did the advocate say yes (for themselves or a charity) to a reward we offered?"""
    taken = referral.choice in {Choice.ACCEPTED, Choice.DONATED}
    return bool(referral.promise) and taken and referral.advocate.erased_at is None


def earned(lead: Lead) -> bool:
    """Is the lead at the rewarding stage, or past it? An end other than won never is."""
    return due_at(lead.stage, lead) and promised(lead.link.referral)


def due_at(stage: Stage, lead: Lead) -> bool:
    """Whether a stage is the one that is rewarded, or past it."""
    first = PROGRESS.index(Stage(lead.link.referral.rewarding_stage))
    return stage in PROGRESS[first:]


def barred(lead: Lead) -> str:
    """Why it earns no reward wherever it stands, for staff; empty when it may."""
    if lead.no_reward and lead.no_reward not in TRY_AGAIN:
        return NO_REWARD[lead.no_reward].staff
    return _barred_by_a_rule(lead)


def _barred_by_a_rule(lead: Lead) -> str:
    none = [one for one in lead.open_signals if one.severity is Severity.NO_REWARD]
    return none[0].reason if none else ""


def settle(lead: Lead) -> None:
    """Make the ledger agree with the stage. Called after every move; twice is harmless.

    The rule acts, not the person who moved the lead: who that was stands in the lead's history.
    The explanation carries neither the prospect's name nor the advocate's label: staff read it,
    and so does the advocate (T30, T33).
    """
    settle_with_prospect(lead)
    if not earned(lead):
        incentives.void(lead.reason, note="The referral is no longer at that step.", by=SYSTEM)
    elif bar := barred(lead):
        incentives.void(lead.reason, note=bar, by=SYSTEM)
    else:
        _owe(lead)
    if said := why(lead):
        telling.of_reward(lead, said)


def settle_with_prospect(lead: Lead, *, earlier: bool = False) -> None:
    """Before the referrer’s: theirs was promised without a limit. ``earlier``: see there."""
    campaign = lead.link.referral.invitation.campaign
    prospect_rewards.settle(
        lead,
        unless=not_due_because(lead),
        limits=limits_of(campaign),
        not_before=due_since(lead) + timedelta(days=campaign.hold_days),
        earlier=earlier,
    )


def not_due_because(lead: Lead) -> str:
    """Why nothing is due to the prospect, for staff; empty when it is."""
    if not due_at(lead.stage, lead):
        return "The lead is not at that step."
    if lead.no_reward == "refused":  # a link that came too late is no fault of theirs
        return NO_REWARD["refused"].staff
    return _barred_by_a_rule(lead)


def why(lead: Lead) -> str:
    """Why the reward waits, or why there is none, once it would be due; else empty."""
    if not earned(lead):
        return ""
    if lead.no_reward:
        return NO_REWARD[lead.no_reward].advocate
    waiting = lead.open_signals
    return signals.told(waiting[0]) if waiting else ""


def limits_of(campaign: Campaign) -> Limits:
    """How many rewards there are for the referrals of a campaign."""
    return Limits(
        campaign.subject,
        campaign.name,
        campaign.most_each,
        campaign.most_all,
        campaign.budget_cents,
        besides=partial(prospect_ledger.owed, campaign.subject),
    )


def due_since(lead: Lead) -> datetime:
    """When it came to the rewarding stage and has stood there or further since."""
    since = clock.now()
    for one in reversed(lead.way):
        if not due_at(one.stage, lead):
            break
        since = one.at
    return since


def _owe(lead: Lead) -> None:
    referral = lead.link.referral
    campaign = referral.invitation.campaign
    try:
        reward = incentives.accrue(
            referral.advocate,
            reason=lead.reason,
            explanation=cause(lead),
            promise=there(referral.promise),
            donated=referral.choice is Choice.DONATED,
            hold=lead.hold,
            limits=limits_of(campaign),
            not_before=due_since(lead) + timedelta(days=campaign.hold_days),
            by=SYSTEM,
        )
    except Reached as reached:
        if lead.no_reward != reached.which:
            lead.no_reward = reached.which
            record(lead, "left out by a limit", by=SYSTEM, which=reached.which)
        return
    lead.no_reward = ""
    if not lead.hold:
        incentives.release(reward, note="A colleague looked at it.", by=SYSTEM)


def reward_of(lead: Lead) -> Reward | None:
    return rewards.by_reason([lead.reason]).get(lead.reason)


def was_sent(lead: Lead) -> bool:
    reward = reward_of(lead)
    return reward is not None and reward.state is RewardState.ISSUED


def wait_for(links: Iterable[ReferralLink]) -> None:
    """What the campaigns of these links have left to give, in the one order of everyone."""
    left = map(limits_of, {link.referral.invitation.campaign for link in links})
    pots.wait_for(one.pot for one in left if one.are_any)


def hold_all(ids: Iterable[int], *, waiting: bool = True) -> dict[int, Lead]:
    """These leads by id, locked in the order of their ids, as everyone does who takes several; and
    after the last of them what their campaigns have left to give (``limits.wait_for``).

    Not ``waiting``, those that someone else holds are left out: for who holds one already.
    """
    wanted = sorted(set(ids))
    anew = sa.select(Lead).order_by(Lead.id).with_for_update(skip_locked=not waiting)
    anew = anew.execution_options(populate_existing=True)
    leads = {
        lead.id: lead
        for start in range(0, len(wanted), BATCH)
        for lead in db.session.scalars(anew.where(Lead.id.in_(wanted[start : start + BATCH])))
    }
    wait_for(lead.link for lead in leads.values())
    return leads
