"""What pages list of offers and rewards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.db import db
from portal.errors import NotFound
from portal.history import queries as history
from portal.history.models import Entry
from portal.incentives.models import Offer, Reward, RewardEntry, RewardState

REWARDS_PER_PAGE = 50


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

# The state as the person who earned it reads it (T35: held is "being checked", no accusation).
IN_WORDS = {
    RewardState.ACCRUED: ("Due", "We look at it and then send it to you."),
    RewardState.HELD: (
        "Being checked",
        "We look at some rewards by hand before we send them. This is one of them.",
    ),
    RewardState.APPROVED: ("Approved", "It is on its way to you."),
    RewardState.ISSUED: ("Sent", "You have it, or it is in your mail."),
    RewardState.DECLINED: ("Not given", "We decided not to give this one."),
    RewardState.VOID: ("Not due", "What it was for no longer holds."),
}
PROMISED = {RewardState.ACCRUED, RewardState.HELD, RewardState.APPROVED}


def reward_in_words(reward: Reward) -> tuple[str, str]:
    """The state of a reward and what it means, for the person who earned it.

    What a colleague wrote about a hold or a refusal is theirs to read; what a rule noted is not.
    """
    title, text = IN_WORDS[reward.state]
    if reward.donated and reward.state in {RewardState.APPROVED, RewardState.ISSUED}:
        given = reward.state is RewardState.ISSUED
        charity = reward.promise["charity"]
        title, text = (
            ("Given", f"It went to {charity}.") if given else (title, f"It goes to {charity}.")
        )
    last = reward.entries[-1]
    return title, last.note if last.note and last.by.startswith("staff:") else text


def by_reason(reasons: Sequence[str]) -> dict[str, Reward]:
    """The rewards owed for these reasons, by reason."""
    if not reasons:
        return {}
    found = db.session.scalars(sa.select(Reward).where(Reward.reason.in_(reasons)))
    return {reward.reason: reward for reward in found}


def rewards_of(advocate: Advocate) -> Sequence[Reward]:
    """All rewards of one person, newest first."""
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


def _newest_entry() -> sa.ColumnElement[bool]:
    newest = sa.select(sa.func.max(RewardEntry.id)).group_by(RewardEntry.reward_id)
    return RewardEntry.id.in_(newest)


def counts() -> Mapping[RewardState, int]:
    """How many rewards stand in each state."""
    return dict(
        db.session.execute(
            sa.select(RewardEntry.state, sa.func.count())
            .where(_newest_entry())
            .group_by(RewardEntry.state)
        ).all()
    )


def listed(
    state: RewardState | None, before: int | None = None
) -> tuple[Sequence[Reward], int | None]:
    """A page of rewards, newest first, and where the next page begins."""
    select = (
        sa.select(Reward)
        .join(RewardEntry, RewardEntry.reward_id == Reward.id)
        .where(_newest_entry())
        .options(sa.orm.joinedload(Reward.advocate))
        .order_by(Reward.id.desc())
        .limit(REWARDS_PER_PAGE + 1)
    )
    if state:
        select = select.where(RewardEntry.state == state)
    if before:
        select = select.where(Reward.id < before)
    found = db.session.scalars(select).all()
    more = len(found) > REWARDS_PER_PAGE
    return found[:REWARDS_PER_PAGE], found[REWARDS_PER_PAGE - 1].id if more else None
