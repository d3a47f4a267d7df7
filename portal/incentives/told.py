"""What the person who earned it is told by mail: never a code, only the way to it.

Of a hold or a refusal it is the kind of reason and whom to ask, in words of ours: they accuse
nobody, and name nobody but the reader (T33, T35). What a colleague wrote stands on their own page.
"""

from portal.advocates.models import Advocate
from portal.history.actions import Actor
from portal.incentives import inwords
from portal.incentives.models import Reward
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.outbox.actions import Way


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
        cause=cause_of(reward),
        has_code=reward.has_code,
    )


def held(reward: Reward) -> None:
    """It waits until somebody has looked."""
    _of(reward, "reward-held", inwords.kind_of_hold(reward))


def refused(reward: Reward) -> None:
    """Somebody decided not to give it."""
    _of(reward, "reward-refused", inwords.kind_of_refusal(reward))


def _of(reward: Reward, template: str, why: str) -> None:
    way = (Kind.REWARD, reward)
    news(
        reward.advocate, template, about=reward, way=way, reward=reward.promise["reward"],
        cause=cause_of(reward), why=why,
    )  # fmt: skip


def news(
    person: Advocate, template: str, *, about: Actor, way: Way, reward: str, cause: str, why: str
) -> None:
    """Write to someone who wants to hear of each thing; nobody else is told of a reward’s way."""
    if person.erased_at or person.left_at or not person.wants_updates:
        return
    outbox.email(
        person.email,
        template,
        about=about,
        links={"url": way},
        first_name=person.first_name,
        reward=reward,
        cause=cause,
        why=why,
    )


def cause_of(reward: Reward) -> str:
    """What it is for, inside a sentence."""
    return reward.explanation[:1].lower() + reward.explanation[1:]
