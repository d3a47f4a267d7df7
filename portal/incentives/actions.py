"""The reward ledger. Its inputs carry no rating, no text and no decision (T8, 16 CFR 465.4)."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from portal.advocates.models import Advocate, Sector
from portal.db import db
from portal.errors import NotAllowed
from portal.history.actions import Actor, record
from portal.incentives.models import Offer, Reward, RewardEntry, RewardState

# What may follow what. Issued and declined are final.
MOVES = {
    None: {RewardState.ACCRUED},
    RewardState.ACCRUED: {
        RewardState.HELD,
        RewardState.APPROVED,
        RewardState.DECLINED,
        RewardState.VOID,
    },
    RewardState.HELD: {RewardState.APPROVED, RewardState.DECLINED, RewardState.VOID},
    RewardState.APPROVED: {RewardState.ISSUED, RewardState.HELD, RewardState.VOID},
    RewardState.VOID: {RewardState.ACCRUED},
    RewardState.ISSUED: set(),
    RewardState.DECLINED: set(),
}
NO_GIFTS = {Sector.PUBLIC, Sector.HEALTHCARE, Sector.FINANCE, Sector.EDUCATION}
GOVERNMENT = (".gov", ".mil", ".gc.ca", ".gouv.fr", ".bund.de", ".europa.eu")


def refusal_of_offers(sector: Sector, email: str) -> str:
    """Why this person may be offered nothing (T13); empty when they may."""
    domain = email.rpartition("@")[2].lower()
    if sector in NO_GIFTS:
        return f"no rewards in the {sector} sector"
    if domain.endswith(GOVERNMENT) or ".gov." in domain:
        return "no rewards at a government address"
    return ""


def accrue(
    advocate: Advocate,
    *,
    reason: str,
    explanation: str,
    promise: Mapping[str, Any],
    donated: bool = False,
    hold: str = "",
    by: Actor,
) -> Reward:
    """Owe a reward for one reason, once: the same reason again gives the same reward.

    ``hold`` is why a person must look first, in plain words. A voided one comes back to life.
    """
    reward = db.session.scalar(sa.select(Reward).where(Reward.reason == reason).with_for_update())
    if reward is None:
        reward = Reward(
            advocate=advocate,
            reason=reason,
            explanation=explanation,
            promise=dict(promise),
            donated=donated,
        )
        db.session.add(reward)
        _append(reward, RewardState.ACCRUED, by=by)
    elif reward.state is RewardState.VOID:
        _append(reward, RewardState.ACCRUED, by=by)
    if hold and reward.state is RewardState.ACCRUED:
        _append(reward, RewardState.HELD, note=hold, by=by)
    return reward


def void(reason: str, *, note: str, by: Actor) -> None:
    """The reason no longer holds. What was issued stays issued; nothing goes below zero."""
    reward = db.session.scalar(sa.select(Reward).where(Reward.reason == reason).with_for_update())
    if reward and RewardState.VOID in MOVES[reward.state]:
        _append(reward, RewardState.VOID, note=note, by=by)


def move(reward: Reward, state: RewardState, *, note: str = "", by: Actor) -> None:
    """Approve, hold, decline or mark as issued. Twice is harmless; a decline says why."""
    db.session.execute(sa.select(Reward.id).where(Reward.id == reward.id).with_for_update())
    db.session.refresh(reward)
    if reward.state is state:
        return
    if state not in MOVES[reward.state]:
        raise NotAllowed(f"This reward is {reward.state}; it cannot become {state}.")
    if state in {RewardState.DECLINED, RewardState.HELD} and not note.strip():
        raise NotAllowed("Say why: the customer will read it.")
    _append(reward, state, note=note.strip(), by=by)


def _append(reward: Reward, state: RewardState, *, note: str = "", by: Actor) -> None:
    reward.entries.append(RewardEntry(state=state, note=note, by=by.subject))
    db.session.flush()
    record(reward, state.value, by=by, note=note)


def save_offer(offer: Offer, *, by: Actor) -> None:
    """Store an offer; changed terms get a new version, promises made keep the old one."""
    changed = sa.inspect(offer).attrs.terms.history.has_changes() and offer.id
    if changed:
        offer.terms_version += 1
    db.session.add(offer)
    record(offer, "changed" if changed else "saved", by=by)
