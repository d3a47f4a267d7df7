"""The reward ledger. Its inputs carry no rating, no text and no decision (T8, 16 CFR 465.4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate, Sector
from portal.db import db
from portal.errors import NotAllowed, Stale
from portal.history.actions import Actor, record
from portal.incentives import copylint, payees
from portal.incentives.limits import Limits
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
    RewardState.HELD: {
        RewardState.ACCRUED,
        RewardState.APPROVED,
        RewardState.DECLINED,
        RewardState.VOID,
    },
    RewardState.APPROVED: {RewardState.ISSUED, RewardState.HELD, RewardState.VOID},
    RewardState.VOID: {RewardState.ACCRUED},
    RewardState.ISSUED: set(),
    RewardState.DECLINED: set(),
}
WAITING = {RewardState.ACCRUED, RewardState.HELD}  # for a person of ours
DEAL = ("kind", "reward", "value_cents", "currency", "charity", "terms")
NO_GIFTS = {Sector.PUBLIC, Sector.HEALTHCARE, Sector.FINANCE, Sector.EDUCATION}
GOVERNMENT = (
    ".gov", ".mil", ".gc.ca", ".gouv.fr", ".bund.de", ".europa.eu", ".gv.at", ".admin.ch",
    ".govt.nz", ".go.jp", ".go.kr", ".gob.es", ".gob.mx", ".nhs.uk", ".police.uk", ".mod.uk",
)  # fmt: skip


def is_government(email: str) -> bool:
    """Whether this is the address of a public body, by its domain."""
    domain = "." + email.rpartition("@")[2].lower()
    return domain.endswith(GOVERNMENT) or ".gov." in domain


def refusal_of_offers(sector: Sector, email: str) -> str:
    """Why this person may be offered nothing (T13); empty when they may."""
    if sector in NO_GIFTS:
        return f"no rewards in the {sector} sector"
    if is_government(email):
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
    limits: Limits | None = None,
    not_before: datetime | None = None,
    by: Actor,
) -> Reward:
    """Owe a reward for one reason, once: the same reason again gives the same reward.

    ``hold`` is why a person must look first, in plain words. A voided one comes back to life.
    Raises limits.Reached, owing nothing, when the pot it would come from is empty.
    """
    if limits:
        limits.wait()
    reward = db.session.scalar(sa.select(Reward).where(Reward.reason == reason).with_for_update())
    if limits and (reward is None or reward.state is RewardState.VOID):
        limits.check(advocate, promise)
    if reward is None:
        reward = Reward(
            advocate=advocate,
            reason=reason,
            explanation=explanation,
            promise=dict(promise),
            donated=donated,
            pot=limits.pot if limits else "",
            not_before=not_before,
        )
        db.session.add(reward)
        _append(reward, RewardState.ACCRUED, by=by)
    elif reward.state is RewardState.VOID:
        reward.not_before = not_before
        _append(reward, RewardState.ACCRUED, by=by)
    if hold and reward.state is RewardState.ACCRUED:
        _append(reward, RewardState.HELD, note=hold, by=by)
    return reward


def release(reward: Reward, *, note: str, by: Actor) -> None:
    """What a rule held is due again; what a person held stays until a person says so."""
    if reward.state is RewardState.HELD and reward.entries[-1].by == by.subject:
        _append(reward, RewardState.ACCRUED, note=note, by=by)


def void(reason: str, *, note: str, by: Actor) -> None:
    """The reason no longer holds. What was issued stays issued; nothing goes below zero."""
    reward = db.session.scalar(sa.select(Reward).where(Reward.reason == reason).with_for_update())
    if reward and RewardState.VOID in MOVES[reward.state]:
        _append(reward, RewardState.VOID, note=note, by=by)


def forget(advocate: Advocate, *, by: Actor) -> None:
    """Nothing more can be sent to a person who is being erased; the ledger stays (T36)."""
    waiting = sa.select(Reward).where(Reward.advocate_id == advocate.id)
    for reward in db.session.scalars(waiting).all():
        void(reward.reason, note="Erased at their own wish: there is nobody to send it to.", by=by)


def move(
    reward: Reward, state: RewardState, *, seen: int | None = None, note: str = "", by: Actor
) -> None:
    """Approve, hold, decline or mark as issued. Twice is harmless; a decline says why.

    ``seen`` is how many ledger lines were on the page; raises Stale when there are more now.
    """
    db.session.execute(
        sa.select(Advocate.id).where(Advocate.id == reward.advocate_id).with_for_update()
    )
    db.session.execute(sa.select(Reward.id).where(Reward.id == reward.id).with_for_update())
    db.session.refresh(reward)
    if reward.state is state:
        return
    if seen not in {None, len(reward.entries)}:
        raise Stale(f"Someone was faster: this reward is {reward.state} now. Yours was not saved.")
    if state not in MOVES[reward.state]:
        raise NotAllowed(f"This reward is {reward.state}; it cannot become {state}.")
    if state in {RewardState.DECLINED, RewardState.HELD} and not note.strip():
        raise NotAllowed("Say why: the customer will read it.")
    if state is RewardState.APPROVED and reward.not_before and clock.now() < reward.not_before:
        day = reward.not_before
        raise NotAllowed(f"It can be approved from {day.day} {day:%B %Y} on, as the terms say.")
    if state is RewardState.ISSUED and (objection := payees.objection_to(reward)):
        raise NotAllowed(objection)
    _append(reward, state, note=note.strip(), by=by)


def tax_form_on_file(advocate: Advocate, *, by: Actor) -> None:
    """Note that a tax form was received and is kept elsewhere. Twice is harmless."""
    if not payees.year_of(advocate).form_on_file:
        record(advocate, payees.ON_FILE, by=by)


def _append(reward: Reward, state: RewardState, *, note: str = "", by: Actor) -> None:
    reward.entries.append(RewardEntry(state=state, note=note, by=by.subject))
    reward.waits_since = clock.now() if state in WAITING else None
    if state is RewardState.ACCRUED and reward.not_before:
        reward.waits_since = max(clock.now(), reward.not_before)
    db.session.flush()
    record(reward, state.value, by=by, note=note)


def save_offer(offer: Offer, *, seen: int | None = None, by: Actor) -> None:
    """Store an offer; words that buy praise are refused (T9).

    What changes the deal makes a new version of its terms; promises made keep the old one (T15).
    ``seen`` is the version that was on the page; raises Stale when there is a newer one.
    """
    with db.session.no_autoflush:
        _check_offer(offer)
        new, attributes = offer.id is None, sa.inspect(offer).attrs
        changed = any(attributes[name].history.has_changes() for name in DEAL)
    if not new and seen not in {None, offer.terms_version}:
        raise Stale("Someone changed this offer while you had it open. Yours was not saved.")
    if changed and not new:
        offer.terms_version += 1
    db.session.add(offer)
    if changed:
        version = {
            "version": offer.terms_version or 1,
            "reward": offer.reward,
            "terms": offer.terms,
        }
        record(offer, "saved" if new else "changed", by=by, **version)


def _check_offer(offer: Offer) -> None:
    for text in (offer.name, offer.reward, offer.charity or "", offer.terms):
        if phrase := copylint.objection(text):
            raise NotAllowed(
                f"Take out “{phrase}”: a reward may not depend on what people say about us."
            )
    namesake = sa.select(Offer.id).where(Offer.name == offer.name, Offer.id != (offer.id or 0))
    if db.session.scalar(namesake):
        raise NotAllowed(f"There is another offer called “{offer.name}”. Choose a different name.")


def retire_offer(offer: Offer, *, by: Actor) -> None:
    """Take an offer off the table for new campaigns; what was promised stays promised."""
    if offer.retired_at is None:
        offer.retired_at = clock.now()
        record(offer, "retired", by=by)
