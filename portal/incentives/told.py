"""What the person who earned a reward is told by mail: never a code, only the way to it."""

from portal.incentives.models import Reward
from portal.links.models import Kind
from portal.outbox import actions as outbox


def sent(reward: Reward) -> None:
    """It was sent, paid or given; the link leads to their rewards."""
    person = reward.advocate
    if person.erased_at:
        return
    outbox.email(
        person.email,
        "reward-sent",
        about=reward,
        links={"url": (Kind.REWARD, reward)},
        first_name=person.first_name,
        reward=reward.promise["reward"],
        charity=reward.promise["charity"] if reward.donated else "",
        cause=reward.explanation[:1].lower() + reward.explanation[1:],
        has_code=reward.code is not None,
    )
