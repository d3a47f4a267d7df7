"""The lines of the ledger: what may follow what, and how one more is written."""

from datetime import datetime

import sqlalchemy as sa

from portal import clock, jobs
from portal.advocates.models import Advocate
from portal.db import db, lock_row
from portal.history.actions import Actor, record
from portal.incentives.models import PayoutState, Reward, RewardEntry, RewardState
from portal.outbox import actions as outbox
from portal.undo import lines
from portal.undo.lines import UNDONE

# What may follow what. Issued and declined are final.
MOVES = {
    None: {RewardState.ACCRUED},
    RewardState.ACCRUED: {
        RewardState.HELD,
        RewardState.APPROVED,
        RewardState.DECLINED,
        RewardState.VOID,
    },
    RewardState.HELD: {
        RewardState.HELD,  # for another reason
        RewardState.ACCRUED,
        RewardState.APPROVED,
        RewardState.DECLINED,
        RewardState.VOID,
    },
    RewardState.APPROVED: {RewardState.ISSUED, RewardState.HELD, RewardState.VOID},
    RewardState.VOID: {RewardState.ACCRUED},
    RewardState.ISSUED: set(),
    RewardState.DECLINED: set(),
}
GONE = {RewardState.DECLINED, RewardState.VOID}  # none is owed, so another one may be
WAITING = {RewardState.ACCRUED, RewardState.HELD}  # for a person of ours
# How a line came about, where its state alone does not say it.
FIRST_YES = "first yes"  # of the two people a large reward needs
BY_HAND, BY_CODE, BY_PAYOUT = "by hand", "code", "payout"


def append(reward: Reward, state: RewardState, *, how: str = "", note: str = "", by: Actor) -> None:
    """Write the next line. A correction is a line too; none is ever changed."""
    reward.entries.append(RewardEntry(state=state, how=how, note=note, by=by.subject))
    reward.waits_since = _waits_since(reward, state)
    db.session.flush()
    if how != UNDONE:  # whoever undoes writes that down
        record(reward, how if how == FIRST_YES else state.word, by=by, note=note)
    if reward.pot and state in GONE:
        key = f"room-{reward.entries[-1].id}"
        wait = max((outbox.leaves_at() - clock.now()).total_seconds(), 0)
        jobs.enqueue("rewards.room", reward.id, queue=jobs.REWARDS, key=key, delay=wait)


def _waits_since(reward: Reward, state: RewardState) -> datetime | None:
    """For a person of ours: since it became due. Whoever holds it makes it wait no less long."""
    if state not in WAITING:
        return None
    since = min(reward.waits_since or clock.now(), clock.now())
    if state is RewardState.ACCRUED and reward.not_before:
        return max(since, reward.not_before)
    return since


def all_standing() -> sa.Select:
    """The ids of the lines that say how each reward stands, and since when."""
    return lines.all_standing(RewardEntry, RewardEntry.reward_id, RewardEntry.how)


def was_sent() -> sa.ColumnElement[bool]:
    """For a select of lines: one that says “issued”, and was not undone."""
    later = sa.orm.aliased(RewardEntry)
    undone = sa.exists().where(later.reward_id == RewardEntry.reward_id, later.id > RewardEntry.id)
    return sa.and_(RewardEntry.state == RewardState.ISSUED, ~undone)


def hold_fast(reward: Reward) -> None:
    """One act at a time on a reward and on its person's year; reads both anew after the wait."""
    db.session.execute(
        sa.select(Advocate.id).where(Advocate.id == reward.advocate_id).with_for_update()
    )
    lock_row(reward)


def call_off(reward: Reward) -> None:
    """It reaches them another way: an order that was given up is never tried again from here."""
    if reward.payout:
        reward.payout.state, reward.payout.payload = PayoutState.CALLED_OFF, {}
