"""What staff decide on a reward, put back within ten seconds: by one more line, never by an edit.

An order to the payment system waits that long before it leaves.
"""

from typing import Any

import sqlalchemy as sa

from portal.db import db, lock_row
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM, Actor
from portal.history.models import Entry
from portal.incentives import codes, ledger, told
from portal.incentives.limits import Limits, Reached, wait_for
from portal.incentives.models import PayoutState, Reward, RewardState
from portal.queue.kinds import opening
from portal.staff.models import Staff
from portal.undo.actions import Way, as_moment, as_text

HELD_AGAIN = "Undone, but its place in the budget is somebody else’s by now: it is held."


def hold(reward: Reward) -> None:
    """The reward, and its order: whoever pays it out holds that alone."""
    ledger.hold_fast(reward)
    if reward.payout:
        lock_row(reward.payout)


def mark(reward: Reward) -> list[Any]:
    order = reward.payout
    return [len(reward.entries), order and order.state.value, order and order.attempts]


def snapshot(reward: Reward) -> dict[str, Any]:
    order = reward.payout
    return {
        "lines": len(reward.entries),
        "waits_since": as_text(reward.waits_since),
        "code": reward.has_code,
        "order": order and {"state": order.state.value, "payload": order.payload},
    }


def put_back(
    reward: Reward, was: dict[str, Any], *, limits: Limits | None = None, by: Staff
) -> str | None:
    """``limits`` are those of its pot: what was declined had left its place to others."""
    if reward.has_code and not was["code"]:
        _demand_unseen(reward)
    _put_back_order(reward, was["order"])
    return HELD_AGAIN if take_back(reward, was, limits=limits, by=by) else None


def take_back(
    reward: Reward, was: dict[str, Any], *, limits: Limits | None = None, by: Actor
) -> bool:
    """One more line for each that was written since; whether it is held now, which is news."""
    first, beyond = was["lines"], ""
    if len(reward.entries) == first:
        return False
    before = _state_before(reward, first)
    if limits and reward.state in ledger.GONE and before not in ledger.GONE:
        beyond = _room_or_why(reward, limits)
    for place in reversed(range(first, len(reward.entries))):
        ledger.append(reward, _state_before(reward, place), how=ledger.UNDONE, by=by)
    if is_news := bool(beyond) and before is RewardState.ACCRUED:
        ledger.append(reward, RewardState.HELD, note=beyond, by=SYSTEM)
        told.held(reward)
    reward.waits_since = as_moment(was["waits_since"])
    return is_news


def _state_before(reward: Reward, place: int) -> RewardState:
    """Before its first line nothing was owed."""
    return reward.entries[place - 1].state if place else RewardState.VOID


def _room_or_why(reward: Reward, limits: Limits) -> str:
    """Empty where there is room for it; else why it is held, where it was promised without limit.
    Elsewhere its place is gone: NotAllowed."""
    try:
        return limits.why_held(reward.advocate, reward.promise)
    except Reached:
        raise NotAllowed(
            "Its place was given to somebody else meanwhile. The decision stands."
        ) from None


def _demand_unseen(reward: Reward) -> None:
    """A code nobody has seen stays with this reward, and is given once it is sent after all."""
    seen = sa.exists().where(Entry.about == reward.subject, Entry.verb == codes.SHOWN)
    if db.session.scalar(sa.select(seen)):
        raise NotAllowed("They have looked at the code already, so it stays theirs.")


def _put_back_order(reward: Reward, was: dict[str, Any] | None) -> None:
    """One that never left can be made anew, under the key it has."""
    if reward.payout and was is None:
        reward.payout.state = PayoutState.CALLED_OFF
    elif reward.payout and was:
        reward.payout.state = PayoutState(was["state"])
        reward.payout.payload = was["payload"]


REWARD = Way(
    row=Reward,
    hold=hold,
    mark=mark,
    snapshot=snapshot,
    put_back=put_back,
    title=lambda one: opening(f"{one.promise['reward']} for {one.advocate.name}"),
    page=lambda one: ("incentives.reward", {"reward_id": one.id}),
    said="Undone. It is as it was before, and nothing was sent.",
    order=(Reward.advocate_id,),
    first=lambda those: wait_for(one.pot for one in those if one.pot),
)
