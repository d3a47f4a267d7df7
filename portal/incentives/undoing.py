"""What staff decide on a reward, put back within ten seconds: by one more line, never by an edit.

An order to the payment system waits that long before it leaves.
"""

from typing import Any

import sqlalchemy as sa

from portal.db import db, lock
from portal.errors import NotAllowed
from portal.history.models import Entry
from portal.incentives import codes, ledger
from portal.incentives.models import PayoutState, Reward, RewardEntry, RewardState
from portal.queue.kinds import opening
from portal.staff.models import Staff
from portal.undo.actions import Way, as_moment, as_text


def hold(reward: Reward) -> None:
    """The reward, and its order: whoever pays it out holds that alone."""
    ledger.hold_fast(reward)
    if reward.payout:
        db.session.refresh(reward.payout, with_for_update=True)


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


def put_back(reward: Reward, was: dict[str, Any], *, by: Staff) -> None:
    if len(reward.entries) > was["lines"]:
        _demand_room(reward, reward.entries[-1])
    if reward.has_code and not was["code"]:
        _demand_unseen(reward)
    _put_back_order(reward, was["order"])
    if len(reward.entries) > was["lines"]:
        before = reward.entries[was["lines"] - 1].state
        ledger.append(reward, before, how=ledger.UNDONE, by=by)
        reward.waits_since = as_moment(was["waits_since"])


def _demand_room(reward: Reward, undone: RewardEntry) -> None:
    """A limit may have room for one only: what was declined left its place to others.

    What is itself put back by an undo took nobody’s place.
    """
    if undone.state is not RewardState.DECLINED or not reward.pot:
        return
    lock(f"pot {reward.pot}")  # as whoever owes out of it does
    others = sa.exists().where(
        Reward.pot == reward.pot,
        Reward.id != reward.id,
        RewardEntry.reward_id == Reward.id,
        RewardEntry.state == RewardState.ACCRUED,
        RewardEntry.how != ledger.UNDONE,
        RewardEntry.at >= undone.at,
    )
    if db.session.scalar(sa.select(others)):
        raise NotAllowed("Its place was given to somebody else meanwhile. The decision stands.")


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
)
