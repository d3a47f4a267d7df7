"""What staff decide on a promise to a prospect, put back within ten seconds: by one more line."""

from typing import Any

from portal.db import db
from portal.queue.kinds import opening
from portal.referrals import prospect_rewards, rewarding
from portal.referrals.prospect_ledger import ProspectReward, append
from portal.staff.models import Staff
from portal.undo.actions import Way, as_moment, as_text
from portal.undo.lines import UNDONE


def snapshot(reward: ProspectReward) -> dict[str, Any]:
    return {"lines": len(reward.entries), "waits_since": as_text(reward.waits_since)}


def put_back(reward: ProspectReward, was: dict[str, Any], *, by: Staff) -> None:
    append(reward, reward.entries[was["lines"] - 1].state, ground=UNDONE, by=by)
    reward.waits_since = as_moment(was["waits_since"])
    db.session.flush()
    rewarding.settle(reward.lead)  # the lead may have gone on since


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
)
