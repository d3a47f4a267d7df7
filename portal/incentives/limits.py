"""How many rewards may be owed out of one pot: per person, in all, and in money."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.advocates import merging
from portal.advocates.models import Advocate
from portal.db import db, last_of_each, lock
from portal.errors import NotAllowed
from portal.incentives.models import Reward, RewardEntry, RewardState

LIVE = [RewardState.ACCRUED, RewardState.HELD, RewardState.APPROVED, RewardState.ISSUED]


class Reached(NotAllowed):
    """No further reward is owed; ``which`` limit says so."""

    def __init__(self, which: str):
        super().__init__("All rewards there are for this have been given.")
        self.which = which


@dataclass(frozen=True)
class Limits:
    """The limits of a pot, e.g. ``campaign:3``; none is no limit."""

    pot: str
    campaign: str = ""  # its name, for the books
    most_each: int | None = None
    most_all: int | None = None
    budget_cents: int | None = None
    besides: Callable[[], int] = lambda: 0  # cents owed out of the same budget to others
    beyond: str = ""  # why what goes beyond is held, where it is owed all the same

    @property
    def are_any(self) -> bool:
        return (self.most_each, self.most_all, self.budget_cents) != (None, None, None)

    def wait(self) -> None:
        """Let one transaction at a time owe out of this pot, so that the count holds however many
        arrive at once."""
        if self.are_any:
            wait_for([self.pot])

    @property
    def used(self) -> tuple[int, int]:
        """How many are owed or sent, and what they come to in cents."""
        number, cents = _owed(self.pot)
        return number, cents + self.besides()

    def is_beyond(self, cents: int) -> bool:
        """Whether so much more is beyond the budget."""
        return self.budget_cents is not None and self.used[1] + cents > self.budget_cents

    def check(self, advocate: Advocate, promise: Mapping[str, Any]) -> None:
        """Raise Reached when one more would be too many."""
        if self.most_each is not None and _owed(self.pot, advocate)[0] >= self.most_each:
            raise Reached("most_each")
        number, _ = _owed(self.pot)
        if self.most_all is not None and number >= self.most_all:
            raise Reached("most_all")
        if self.is_beyond(promise["value_cents"]):
            raise Reached("budget")

    def why_held(self, advocate: Advocate, promise: Mapping[str, Any]) -> str:
        """Empty where there is room for one more. Raises Reached where it is not owed beyond."""
        try:
            self.check(advocate, promise)
        except Reached:
            if not self.beyond:
                raise
            return self.beyond
        return ""


def wait_for(pots: Iterable[str]) -> None:
    """The same of several: everyone who owes out of more than one pot begins with all of them, in
    one order, so that no two people wait for each other."""
    for pot in sorted(set(pots), key=lambda pot: (len(pot), pot)):  # 9 before 10
        lock(f"pot {pot}")


def _owed(pot: str, advocate: Advocate | None = None) -> tuple[int, int]:
    """How many rewards of a pot are owed or sent, and what they come to in cents."""
    of_pot = last_of_each(RewardEntry.reward_id).join(RewardEntry.reward).where(Reward.pot == pot)
    cents = Reward.promise["value_cents"].as_integer()
    select = (
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(cents), 0))
        .select_from(RewardEntry)
        .join(RewardEntry.reward)
        .where(RewardEntry.id.in_(of_pot), RewardEntry.state.in_(LIVE))
    )
    if advocate is not None:
        select = select.where(Reward.advocate_id.in_(merging.rows_of(advocate)))
    number, total = db.session.execute(select).one()
    return number, int(total)
