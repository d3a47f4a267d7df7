"""What prospects were promised, and the lines of its ledger.

A table of its own beside the rewards of customers: its payee is a lead, who can be emptied (T36),
and whom the pages, mails, yearly sums and pools of customers must never see (T33).
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock, jobs
from portal.db import Model, db, is_last
from portal.history.actions import Actor, record
from portal.incentives.limits import LIVE
from portal.incentives.models import RewardState, early
from portal.outbox import actions as outbox
from portal.referrals.models import Lead
from portal.undo import lines

DUE, HELD, GIVEN = RewardState.ACCRUED, RewardState.HELD, RewardState.ISSUED
REFUSED, VOID = RewardState.DECLINED, RewardState.VOID
# What may follow what: as with rewards of customers, but nobody approves it first.
MOVES = {
    None: {DUE},
    DUE: {HELD, GIVEN, REFUSED, VOID},
    HELD: {DUE, GIVEN, REFUSED, VOID},
    VOID: {DUE},
    GIVEN: set(),
    REFUSED: set(),
}
OPEN = {DUE, HELD}
GONE = {REFUSED, VOID}
SHOWN = (DUE, HELD, GIVEN, REFUSED, VOID)  # in the order of their lives
# Why it is held, where no signal is: a person has to look.
BUDGET, EARLIER = "budget", "earlier"
LOOKED_AT = {BUDGET, EARLIER}


class ProspectReward(Model):
    """What one lead was promised, owed once. Its state is its newest entry."""

    __tablename__ = "prospect_reward"
    __table_args__ = (
        sa.CheckConstraint("value_cents >= 0", name="value_not_negative"),
        sa.Index("ix_prospect_reward_waits_since_id", "waits_since", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey(Lead.id), unique=True)
    lead: Mapped[Lead] = relationship()
    promise: Mapped[str] = mapped_column(sa.String(200))  # as they read it: "You get …"
    value_cents: Mapped[int]  # 0: nobody said
    currency: Mapped[str] = mapped_column(sa.String(3))
    pot: Mapped[str] = mapped_column(sa.String(60), index=True)  # whose budget it counts in
    not_before: Mapped[datetime | None]  # may be given from then on
    waits_since: Mapped[datetime | None]  # for a person of ours; none: nobody has to look
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    entries: Mapped[list["ProspectRewardEntry"]] = relationship(
        back_populates="reward", order_by="ProspectRewardEntry.id", lazy="selectin"
    )

    @property
    def state(self) -> RewardState:
        return self.entries[-1].state

    @property
    def early_until(self) -> datetime | None:
        """The day its terms allow it from, while that is ahead and it is not settled."""
        return self.not_before if self.state in OPEN and early(self.not_before) else None

    @property
    def line(self) -> "ProspectRewardEntry":
        """The line it stands on: the newest, or the one that an undo went back to."""
        return lines.standing(self.entries, lambda one: one.ground)

    @property
    def stands(self) -> bool:
        """Whether it ever came to be owed, but for a slip that was undone at once."""
        return bool(lines.left(self.entries, lambda one: one.ground))


class ProspectRewardEntry(Model):
    """A line of its ledger. Never edited, but for a note that is emptied with the lead (T36)."""

    __tablename__ = "prospect_reward_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    reward_id: Mapped[int] = mapped_column(sa.ForeignKey(ProspectReward.id), index=True)
    reward: Mapped[ProspectReward] = relationship(back_populates="entries")
    state: Mapped[RewardState]
    # Of a refusal; or of LOOKED_AT; or UNDONE, of a line that takes back the one before it.
    ground: Mapped[str] = mapped_column(sa.String(20), default="")
    note: Mapped[str] = mapped_column(default="")  # for colleagues
    by: Mapped[str] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(default=clock.now)


def append(
    reward: ProspectReward, state: RewardState, *, ground: str = "", note: str = "", by: Actor
) -> None:
    """Write the next line. What stands in a note stays out of the history, so that it can go."""
    reward.entries.append(ProspectRewardEntry(state=state, ground=ground, note=note, by=by.subject))
    now = clock.now()
    reward.waits_since = None
    if state is DUE:
        reward.waits_since = max(now, reward.not_before or now)
    elif state is HELD and ground in LOOKED_AT:  # what a signal holds waits with its lead
        reward.waits_since = now
    db.session.flush()
    record(reward, state.word, by=by)
    if state in GONE:
        key = f"prospect-room-{reward.entries[-1].id}"
        campaign_id = int(reward.pot.partition(":")[2])
        wait = max((outbox.leaves_at() - clock.now()).total_seconds(), 0)
        jobs.enqueue("rewards.raised", campaign_id, queue=jobs.REWARDS, key=key, delay=wait)


def to_whom(reward: ProspectReward) -> str:
    """How staff call it: to whom it was promised. What it is stands beside it, as they read it."""
    return f"Promised to {reward.lead.name or 'someone whose details are deleted'}"


def of(lead: Lead) -> ProspectReward | None:
    """What this lead was promised, once it has ever been due."""
    return db.session.scalar(sa.select(ProspectReward).where(ProspectReward.lead_id == lead.id))


def by_lead() -> dict[int, ProspectReward]:
    """All of them, by the lead’s id."""
    return {one.lead_id: one for one in db.session.scalars(sa.select(ProspectReward))}


def owed(pot: str) -> int:
    """Cents owed or given to prospects out of one budget."""
    return int(
        db.session.scalar(
            sa.select(sa.func.coalesce(sa.func.sum(ProspectReward.value_cents), 0))
            .join(ProspectReward.entries)
            .where(
                ProspectReward.pot == pot,
                is_last(ProspectRewardEntry.reward_id),
                ProspectRewardEntry.state.in_(LIVE),
            )
        )
        or 0
    )
