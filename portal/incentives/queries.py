"""What pages list of offers and rewards."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.db import db
from portal.errors import NotFound
from portal.history import queries as history
from portal.history.models import Entry
from portal.incentives.inwords import reward_in_words as reward_in_words
from portal.incentives.models import Offer, Reward, RewardState

# ── Offers ─────────────────────────────────────────────────────────────────────────────────


def offers(*, retired: bool = False) -> Sequence[Offer]:
    """The offers on the table, or those taken off it, by name."""
    off = Offer.retired_at.is_not(None) if retired else Offer.retired_at.is_(None)
    return db.session.scalars(sa.select(Offer).where(off).order_by(Offer.name)).all()


def offer(offer_id: int) -> Offer:
    """One offer, or NotFound."""
    found = db.session.get(Offer, offer_id)
    if found is None:
        raise NotFound("There is no such offer.")
    return found


def earlier_terms(offer: Offer) -> list[Entry]:
    """The terms as they were before, newest first; promises made then still hold (T15)."""
    versions = [entry for entry in history.of(offer) if "terms" in entry.data]
    return versions[-2::-1]


# ── Rewards ────────────────────────────────────────────────────────────────────────────────

PROMISED = {RewardState.ACCRUED, RewardState.HELD, RewardState.APPROVED}


def by_reason(reasons: Sequence[str]) -> dict[str, Reward]:
    """The rewards owed for these reasons, by reason."""
    if not reasons:
        return {}
    found = db.session.scalars(sa.select(Reward).where(Reward.reason.in_(reasons)))
    return {reward.reason: reward for reward in found}


def rewards_of(advocate: Advocate) -> Sequence[Reward]:
    """The rewards of one person, newest first; of those owed by a slip that was undone at once
    they never heard."""
    return [one for one in ever_of(advocate) if one.stands]


def ever_of(advocate: Advocate) -> Sequence[Reward]:
    """All of them that the ledger has."""
    return db.session.scalars(
        sa.select(Reward).where(Reward.advocate_id == advocate.id).order_by(Reward.id.desc())
    ).all()


@dataclass(frozen=True)
class Total:
    """Cents of one currency: promised and not yet sent, and sent."""

    currency: str
    coming: int
    sent: int


def totals(rewards: Sequence[Reward]) -> list[Total]:
    """What these rewards come to, a line per currency."""
    sums: dict[str, list[int]] = {}
    for reward in rewards:
        line = sums.setdefault(reward.promise["currency"], [0, 0])
        if reward.state in PROMISED:
            line[0] += reward.promise["value_cents"]
        elif reward.state is RewardState.ISSUED:
            line[1] += reward.promise["value_cents"]
    return [Total(currency, *line) for currency, line in sorted(sums.items())]


def reward(reward_id: int) -> Reward:
    found = db.session.get(Reward, reward_id)
    if found is None:
        raise NotFound("There is no such reward.")
    return found


def reward_of(advocate: Advocate, reward_id: int) -> Reward:
    """One reward of this person; somebody else’s is not found."""
    found = db.session.get(Reward, reward_id)
    if found is None or found.advocate_id != advocate.id:
        raise NotFound("There is no such reward of yours.")
    return found


def offer_of(reward: Reward) -> Offer | None:
    """The offer it was promised under."""
    return db.session.get(Offer, reward.promise.get("offer_id") or 0)
