"""Rewards that are due, or held until somebody has looked."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal import clock
from portal.advocates.looking_after import NAMED, looked_after, of_few
from portal.advocates.models import Advocate
from portal.db import db
from portal.incentives.models import Reward, RewardEntry, cause
from portal.queue.kinds import ON_HOLD, Drawn, Kind, days_ago, moment, opening
from portal.undo import lines


def draw(found: Sequence[sa.Row]) -> list[Drawn]:
    entries = entries_of([one.id for one in found])
    return [
        Drawn(
            opening(f"{one.promise['reward']} for {one.named}"),
            lines.standing(entries[one.id], lambda line: line.how).note or cause(one.explanation),
            "incentives.reward",
            {"reward_id": one.id},
            held=ON_HOLD if one.restricted_at else "",
            bulk=f"{one.id}:{len(entries[one.id])}",
            several="rewards",
        )
        for one in found
    ]


_ENTRIES = (
    sa.select(RewardEntry.reward_id, RewardEntry.how, RewardEntry.note)
    .where(RewardEntry.reward_id.in_(sa.bindparam("ids", expanding=True, type_=sa.Integer)))
    .order_by(RewardEntry.id)
)


def entries_of(ids: Sequence[int]) -> dict[int, list[sa.Row]]:
    """The lines of the ledger of these rewards, oldest first."""
    found: dict[int, list[sa.Row]] = {number: [] for number in ids}
    for line in db.session.execute(_ENTRIES, {"ids": ids}):
        found[line.reward_id].append(line)
    return found


SHOWN = sa.select(
    Reward.id, Reward.promise, Reward.explanation, NAMED, Advocate.restricted_at
).join(Reward.advocate)

REWARDS = Kind(
    "rewards",
    "Rewards",
    Reward,
    Reward.waits_since,
    lambda: [Reward.waits_since <= moment(clock.now)],  # not before their terms allow it
    draw,
    shown=SHOWN,
    late_from=days_ago(14),
    whose=looked_after(Reward.advocate_id),
    few=of_few(Reward.advocate_id),
)
