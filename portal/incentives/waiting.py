"""Rewards that are due, or held until somebody has looked."""

from collections.abc import Sequence

from sqlalchemy.orm import joinedload

from portal import clock
from portal.advocates.looking_after import looked_after
from portal.advocates.models import Advocate
from portal.incentives.models import Reward
from portal.queue.kinds import ON_HOLD, Drawn, Kind, days_ago, moment, opening


def draw(found: Sequence[Reward]) -> list[Drawn]:
    return [
        Drawn(
            opening(f"{one.promise['reward']} for {one.advocate.name}"),
            one.line.note or one.cause,
            "incentives.reward",
            {"reward_id": one.id},
            held=ON_HOLD if one.advocate.restricted_at else "",
            bulk=f"{one.id}:{len(one.entries)}",
            several="rewards",
        )
        for one in found
    ]


REWARDS = Kind(
    "rewards",
    "Rewards",
    Reward,
    Reward.waits_since,
    lambda: [Reward.waits_since <= moment(clock.now)],  # not before their terms allow it
    draw,
    (joinedload(Reward.advocate, innerjoin=True).lazyload(Advocate.company),),
    late_from=days_ago(14),
    whose=looked_after(Reward.advocate_id),
)
