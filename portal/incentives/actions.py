"""The reward ledger. Its inputs carry no rating, no text and no decision (T8, 16 CFR 465.4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.db import db, lock
from portal.errors import NotAllowed, Stale, Unfit
from portal.history.actions import Actor, record
from portal.incentives import codes, copylint, gifts, ledger, payees, seconding, told
from portal.incentives.ledger import MOVES, append
from portal.incentives.limits import Limits
from portal.incentives.models import Offer, PayoutState, Reward, RewardState
from portal.links import actions as links
from portal.staff import overtaking
from portal.undo import actions as undo

DEAL = {"kind", "reward", "value_cents", "currency", "charity", "terms"}
WORTH = {"value_cents", "currency"}
OURS = {"name", "issuing"}  # no part of what is promised
SAYS_WHY = {
    RewardState.HELD: "Say why: the customer will read it.",
    RewardState.DECLINED: "Say why: the customer will read it.",
    RewardState.ISSUED: "Say how it was sent, such as an order number: the customer will read it.",
}


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

    ``hold`` is why a person must look first, in plain words; whoever passes one tells its owner of
    it. A voided one comes back to life. When the pot it would come from is empty, it is held where
    the limits say so, and its owner told; elsewhere nothing is owed, and limits.Reached is raised.
    """
    if limits:
        limits.wait()
    reward = db.session.scalar(sa.select(Reward).where(Reward.reason == reason).with_for_update())
    beyond = ""
    if limits and (reward is None or reward.state is RewardState.VOID):
        beyond = limits.why_held(advocate, promise)
    if reward is None:
        reward = Reward(
            advocate=advocate,
            reason=reason,
            explanation=explanation,
            promise=dict(promise),
            donated=donated,
            pot=limits.pot if limits else "",
            campaign=limits.campaign if limits else "",
            not_before=not_before,
        )
        db.session.add(reward)
        append(reward, RewardState.ACCRUED, by=by)
    elif reward.state is RewardState.VOID:
        reward.not_before = not_before
        append(reward, RewardState.ACCRUED, by=by)
    if (beyond or hold) and reward.state is RewardState.ACCRUED:
        append(reward, RewardState.HELD, note=beyond or hold, by=by)
        if not hold:
            told.held(reward)
    return reward


def release(reward: Reward, *, note: str, by: Actor) -> None:
    """What a rule held is due again; what a person held stays until a person says so."""
    if reward.state is RewardState.HELD and reward.line.by == by.subject:
        append(reward, RewardState.ACCRUED, note=note, by=by)


def void(reason: str, *, note: str, by: Actor) -> None:
    """The reason no longer holds. What was issued stays issued; nothing goes below zero."""
    reward = db.session.scalar(sa.select(Reward).where(Reward.reason == reason).with_for_update())
    if reward and RewardState.VOID in MOVES[reward.state] and not ordered(reward):
        append(reward, RewardState.VOID, note=note, by=by)


def ordered(reward: Reward) -> bool:
    """Whether its payout may happen at any moment."""
    return reward.payout is not None and reward.payout.under_way


def forget(advocate: Advocate, *, by: Actor) -> None:
    """Nothing more can be sent to a person who is being erased; the ledger stays (T36)."""
    gifts.forget(advocate)
    waiting = db.session.scalars(sa.select(Reward).where(Reward.advocate_id == advocate.id)).all()
    undo.forget(reward.subject for reward in waiting)
    for reward in waiting:
        _forget_details(reward)
        links.revoke(reward)
        void(reward.reason, note="Erased at their own wish: there is nobody to send it to.", by=by)


def _forget_details(reward: Reward) -> None:
    """The code and the payee's name and address go; an order that has left is waited for."""
    if reward.code:
        reward.code.sealed = b""
    if (order := reward.payout) and not (order.under_way and order.attempts):
        order.payload = {}
        if order.under_way:
            order.state = PayoutState.CALLED_OFF


def move(
    reward: Reward,
    state: RewardState,
    *,
    seen: int | None = None,
    note: str = "",
    ground: str = "",
    by: Actor,
) -> None:
    """Approve, hold, decline, or mark as sent by hand. Twice is harmless; a decline says why, and
    ``ground`` is the kind of reason (``inwords.GROUNDS``). A hold or a refusal is told by mail.

    ``seen`` is how many ledger lines were on the page; raises Stale when there are more now.
    """
    ledger.hold_fast(reward)
    if reward.state is state and not seconding.waits(reward, state):
        return
    demand_seen(reward, seen)
    if state not in MOVES[reward.state]:
        raise NotAllowed(f"This reward is {reward.state.word}; it cannot become {state.word}.")
    if ordered(reward):
        raise NotAllowed("Its payout is on the way. Wait until it is paid or given up.")
    if state in SAYS_WHY and not note.strip():
        raise NotAllowed(SAYS_WHY[state])
    if state is RewardState.APPROVED:
        _approve(reward, note=note.strip(), by=by)
    elif state is RewardState.ISSUED:
        _send_by_hand(reward, note=note.strip(), by=by)
    elif state is RewardState.DECLINED:
        append(reward, state, how=ground, note=note.strip(), by=by)
        told.refused(reward)
    else:
        was_held = reward.state is RewardState.HELD and not seconding.first_yes(reward)
        append(reward, state, note=note.strip(), by=by)
        if not was_held:
            told.held(reward)


def demand_seen(reward: Reward, seen: int | None) -> None:
    """Raise Stale, saying who was faster and when, where the ledger has grown since it was seen."""
    if seen in {None, len(reward.entries)}:
        return
    last = reward.entries[-1]
    stands = f"this reward is {reward.state.word}"
    said = overtaking.told(last.by, stands, last.at, "Yours was not saved.")
    raise Stale(said, len(reward.entries), overtaking.called(last.by))


def _approve(reward: Reward, *, note: str, by: Actor) -> None:
    if day := reward.early_until:
        raise NotAllowed(f"It can be approved from {day.day} {day:%B %Y} on, as the terms say.")
    if seconding.needs_another(reward, by):
        append(reward, RewardState.HELD, how=ledger.FIRST_YES, note=note, by=by)
    else:
        append(reward, RewardState.APPROVED, note=note, by=by)


def _send_by_hand(reward: Reward, *, note: str, by: Actor) -> None:
    if objection := payees.objection_to(reward):
        raise NotAllowed(objection)
    ledger.call_off(reward)
    append(reward, RewardState.ISSUED, how=ledger.BY_HAND, note=note, by=by)
    told.sent(reward)


def tax_form_on_file(advocate: Advocate, *, by: Actor) -> None:
    """Note that a tax form was received and is kept elsewhere. Twice is harmless."""
    if not payees.year_of(advocate).form_on_file:
        record(advocate, payees.ON_FILE, by=by)


def save_offer(offer: Offer, *, seen: int | None = None, by: Actor) -> None:
    """Store an offer; words that buy praise are refused (T9).

    What changes the deal makes a new version of its terms; promises made keep the old one (T15).
    ``seen`` is the version of the offer that was on the page; raises Stale when there is a newer.
    """
    new, attributes = offer.id is None, sa.inspect(offer).attrs
    if not new:
        overtaking.demand_newest(offer, seen)
    with db.session.no_autoflush:
        _check_offer(offer)
        changed = {name for name in DEAL | OURS if attributes[name].history.has_changes()}
        if not new and changed & WORTH:
            _check_pool(offer)
    if changed & DEAL and not new:
        offer.terms_version += 1
    db.session.add(offer)
    if changed & DEAL:
        _record_terms(offer, "saved" if new else "changed", by=by)
    elif changed:
        record(offer, "renamed" if "name" in changed else "revised", by=by)


def _record_terms(offer: Offer, verb: str, *, by: Actor) -> None:
    version = offer.terms_version or 1
    record(offer, verb, by=by, version=version, reward=offer.reward, terms=offer.terms)


def _check_offer(offer: Offer) -> None:
    for text in (offer.name, offer.reward, offer.charity or "", offer.terms):
        if phrase := copylint.objection(text):
            raise Unfit(
                f"Take out “{phrase}”: a reward may not depend on what people say about us."
            )
    if phrase := copylint.gag(offer.terms):
        raise Unfit(
            f"Take out “{phrase}”: terms may neither keep words for good nor forbid criticism."
        )
    namesake = sa.select(Offer.id).where(Offer.name == offer.name, Offer.id != (offer.id or 0))
    if db.session.scalar(namesake):
        raise Unfit(f"There is another offer called “{offer.name}”. Choose a different name.")


def _check_pool(offer: Offer) -> None:
    """Codes in a pool are worth what the offer was when they came in; nobody wrote it on them."""
    lock(codes.POOL)
    if codes.left(offer):
        raise NotAllowed(
            "Codes of the old value lie in the pool of this offer, so its value and currency "
            "stay. Make a new offer instead."
        )


def retire_offer(offer: Offer, *, by: Actor) -> None:
    """Take an offer off the table for new campaigns; what was promised stays promised."""
    if offer.retired_at is None:
        offer.retired_at = clock.now()
        record(offer, "retired", by=by)
