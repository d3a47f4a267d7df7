"""What staff decide on a promise to a prospect, put back within ten seconds: by one more line.

And what they decide on a reward of a customer: whether there still is room for it is known here.
And the step of a lead, or a ruling on what stood out, with all it did to either: the step back is
one more step.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from portal.campaigns.models import Campaign
from portal.db import db, lock_row
from portal.history.actions import SYSTEM, Actor, record
from portal.incentives import ledger
from portal.incentives import undoing as rewards
from portal.incentives.limits import Limits
from portal.incentives.models import Reward
from portal.referrals import prospect_ledger, prospect_rewards, rewarding
from portal.referrals.models import Lead, Stage, StageMove
from portal.referrals.prospect_ledger import (
    BUDGET,
    GONE,
    HELD,
    LOOKED_AT,
    OPEN,
    VOID,
    ProspectReward,
    append,
    to_whom,
)
from portal.staff.models import Staff
from portal.submissions import sending
from portal.undo import actions as undo
from portal.undo.actions import Way, as_moment, as_text
from portal.undo.lines import UNDONE

# ── What a prospect was promised ───────────────────────────────────────────────────────────


def snapshot(reward: ProspectReward | Reward) -> dict[str, Any]:
    return {"lines": len(reward.entries), "waits_since": as_text(reward.waits_since)}


def put_back(reward: ProspectReward, was: dict[str, Any], *, by: Staff) -> str | None:
    """What was promised is owed all the same where its part of the budget is somebody else’s by
    now: then it is held, as whatever comes beyond the budget is."""
    is_news = _take_back(reward, was, by=by)
    rewarding.settle(reward.lead)  # the lead may have gone on since
    return rewards.HELD_AGAIN if is_news and reward.state is HELD else None


def _take_back(reward: ProspectReward, was: dict[str, Any], *, by: Actor) -> bool:
    """One more line for each that was written since; whether it is held now, which is news."""
    beyond, first = reward.state in GONE and _is_beyond(reward), was["lines"]
    if len(reward.entries) == first:
        return False
    for place in reversed(range(first, len(reward.entries))):
        before = reward.entries[place - 1].state if place else VOID
        append(reward, before, ground=UNDONE, by=by)
    is_news = beyond and reward.state in OPEN and reward.line.ground not in LOOKED_AT
    if is_news:
        append(reward, HELD, ground=BUDGET, note=prospect_rewards.BEYOND, by=SYSTEM)
    reward.waits_since = as_moment(was["waits_since"]) or reward.waits_since
    db.session.flush()
    return is_news


def _is_beyond(reward: ProspectReward) -> bool:
    limits = _limits_of(reward.pot)
    return limits is not None and limits.is_beyond(reward.value_cents)


def _limits_of(pot: str) -> Limits | None:
    """Those that hold now for ``campaign:3``, or for ``campaign:3/words``."""
    name, _, words = pot.partition("/")
    campaign = db.session.get(Campaign, int(name.partition(":")[2] or 0))
    if campaign is None:
        return None
    return sending.limits_of(campaign) if words else rewarding.limits_of(campaign)


PROMISE = Way(
    row=ProspectReward,
    hold=prospect_rewards.hold_fast,
    mark=lambda one: [len(one.entries)],
    snapshot=snapshot,
    put_back=put_back,
    title=lambda one: f"{to_whom(one)}: “{one.promise}”",
    page=lambda one: ("referrals.prospect_reward", {"reward_id": one.id}),
    said="Undone. It is as it was before, and nothing was sent.",
    order=(ProspectReward.lead_id,),  # held one after the other, as by ``rewarding.hold_all``
    first=lambda those: rewarding.hold_all({one.lead_id for one in those}),
)


# ── A reward of a customer ─────────────────────────────────────────────────────────────────


def put_back_reward(reward: Reward, was: dict[str, Any], *, by: Staff) -> str | None:
    return rewards.put_back(reward, was, limits=_limits_of(reward.pot), by=by)


REWARD = replace(rewards.REWARD, put_back=put_back_reward)


# ── The step of a lead, and a ruling on what stood out ─────────────────────────────────────

NOT_YET = {"lines": 0, "waits_since": None}  # of what the step brought about
HELD_NOW = "Undone, but the budget of what they were promised is used up by now: that is held."


def hold(lead: Lead) -> None:
    """The lead, then what its campaign has left to give, then what is owed for it."""
    lock_row(lead)
    rewarding.wait_for([lead.link])
    if reward := rewarding.reward_of(lead):
        ledger.hold_fast(reward)
    if promise := prospect_ledger.of(lead):
        lock_row(promise)


def hold_first(leads: Sequence[Lead]) -> None:
    """All of them, and then their rewards, in the order in which those are held by others."""
    held = rewarding.hold_all(one.id for one in leads)
    owed = [reward for one in held.values() if (reward := rewarding.reward_of(one))]
    for reward in sorted(owed, key=lambda one: (one.advocate_id, one.id)):
        ledger.hold_fast(reward)


def mark_of_step(lead: Lead) -> list[Any]:
    reward, promise = rewarding.reward_of(lead), prospect_ledger.of(lead)
    person = lead.link.referral.advocate
    return [
        lead.version,
        len(reward.entries) if reward else 0,
        len(promise.entries) if promise else 0,
        len(lead.open_signals),
        as_text(person.erased_at),
    ]


def before_step(lead: Lead) -> dict[str, Any]:
    reward, promise = rewarding.reward_of(lead), prospect_ledger.of(lead)
    return {
        "stage": lead.stage.value,
        "updated_at": as_text(lead.updated_at),
        "no_reward": lead.no_reward,
        "signals": [one.id for one in lead.open_signals],
        "reward": snapshot(reward) if reward else NOT_YET,
        "promise": snapshot(promise) if promise else NOT_YET,
    }


def step_back(lead: Lead, was: dict[str, Any], *, by: Staff) -> str | None:
    """What came to be owed by the step is owed no more; what fell away by it is owed again, if its
    place is free still."""
    moved = lead.stage != was["stage"]
    lead.stage, lead.no_reward = Stage(was["stage"]), was["no_reward"]
    lead.updated_at = as_moment(was["updated_at"]) or lead.updated_at
    if moved:
        db.session.add(StageMove(lead=lead, stage=lead.stage, how=UNDONE, by=by.subject))
    for one in lead.signals:
        if one.id in was["signals"]:
            one.cleared_at, one.by, one.note = None, "", ""
    _put_back_reward(lead, was["reward"], by=by)
    return HELD_NOW if _put_back_promise(lead, was["promise"]) else None


def _put_back_promise(lead: Lead, was: dict[str, Any]) -> bool:
    promise = prospect_ledger.of(lead)
    return promise is not None and _take_back(promise, was, by=SYSTEM)


def _put_back_reward(lead: Lead, was: dict[str, Any], *, by: Staff) -> None:
    reward = rewarding.reward_of(lead)
    if reward and len(reward.entries) > was["lines"]:
        limits = rewarding.limits_of(lead.link.referral.invitation.campaign)
        rewards.take_back(reward, was, limits=limits, by=SYSTEM)
        record(reward, undo.UNDONE, by=by)


LEAD = Way(
    row=Lead,
    hold=hold,
    mark=mark_of_step,
    snapshot=before_step,
    put_back=step_back,
    title=lambda one: f"{one.name}, {one.company}" if one.name else "A lead without details",
    page=lambda one: ("referrals.lead", {"lead_id": one.id}),
    said="Undone. It stands where it stood, and nothing was sent.",
    first=hold_first,
)
