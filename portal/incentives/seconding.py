"""Two people for a large reward: who approves first cannot be the second."""

from portal.config import settings
from portal.errors import NotAllowed, there
from portal.history.actions import Actor
from portal.incentives.ledger import FIRST_YES
from portal.incentives.models import Reward, RewardState


def limit(reward: Reward) -> int | None:
    """Cents above which a reward of this currency needs two people; None when one is enough."""
    whole = settings().second_approval.get(reward.promise["currency"])
    return None if whole is None else whole * 100


def is_large(reward: Reward) -> bool:
    most = limit(reward)
    return most is not None and reward.promise["value_cents"] > most


def first_yes(reward: Reward) -> str:
    """Who approved it first, as ``staff:7``, while nothing was decided since; empty otherwise."""
    last = reward.line
    return last.by if last.how == FIRST_YES else ""


def waits(reward: Reward, wanted: RewardState) -> bool:
    """Whether a hold is meant that is not there: a first yes only looks like one."""
    return wanted is RewardState.HELD and bool(first_yes(reward))


def needs_another(reward: Reward, by: Actor) -> bool:
    """Whether this yes is only the first of two. Raises NotAllowed for the same person again."""
    if not is_large(reward):
        return False
    first = first_yes(reward)
    if first == by.subject:
        whole = f"{there(limit(reward)) / 100:,.0f} {reward.promise['currency']}"
        raise NotAllowed(
            f"You approved this one already. Above {whole} somebody else has to approve it too."
        )
    return not first
