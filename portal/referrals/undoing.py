"""What staff decide on a promise to a prospect, put back within ten seconds: by one more line.

And what they decide on a reward of a customer: whether there still is room for it is known here.
"""

from dataclasses import replace
from typing import Any

from portal.campaigns.models import Campaign
from portal.db import db
from portal.history.actions import SYSTEM
from portal.incentives import undoing as rewards
from portal.incentives.limits import Limits
from portal.incentives.models import Reward
from portal.queue.kinds import opening
from portal.referrals import prospect_rewards, rewarding, work
from portal.referrals.prospect_ledger import (
    BUDGET,
    HELD,
    LOOKED_AT,
    REFUSED,
    ProspectReward,
    append,
)
from portal.staff.models import Staff
from portal.submissions import sending
from portal.undo.actions import Way, as_moment, as_text
from portal.undo.lines import UNDONE


def snapshot(reward: ProspectReward) -> dict[str, Any]:
    return {"lines": len(reward.entries), "waits_since": as_text(reward.waits_since)}


def put_back(reward: ProspectReward, was: dict[str, Any], *, by: Staff) -> str | None:
    """What was promised is owed all the same where its part of the budget is somebody else’s by
    now: then it is held, as whatever comes beyond the budget is."""
    beyond = reward.state is REFUSED and _is_beyond(reward)
    append(reward, reward.entries[was["lines"] - 1].state, ground=UNDONE, by=by)
    if is_news := beyond and reward.line.ground not in LOOKED_AT:
        append(reward, HELD, ground=BUDGET, note=prospect_rewards.BEYOND, by=SYSTEM)
    reward.waits_since = as_moment(was["waits_since"]) or reward.waits_since
    db.session.flush()
    rewarding.settle(reward.lead)  # the lead may have gone on since
    return rewards.HELD_AGAIN if is_news and reward.state is HELD else None


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
    title=lambda one: opening(f"{one.promise} for {one.lead.name}"),
    page=lambda one: ("referrals.prospect_reward", {"reward_id": one.id}),
    said="Undone. It is as it was before, and nothing was sent.",
    order=(ProspectReward.lead_id,),  # held one after the other, as by ``work.hold_all``
    first=lambda those: work.hold_all({one.lead_id for one in those}),
)


def put_back_reward(reward: Reward, was: dict[str, Any], *, by: Staff) -> str | None:
    return rewards.put_back(reward, was, limits=_limits_of(reward.pot), by=by)


REWARD = replace(rewards.REWARD, put_back=put_back_reward)
