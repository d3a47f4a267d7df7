"""Pools of reward codes: sealed in the database, each given once, seen only by who earned it."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal import clock, sealing
from portal.config import settings
from portal.db import db, is_last, only
from portal.errors import NotAllowed, NotFound
from portal.history.actions import Actor, record
from portal.incentives import gifts, ledger, payees, told
from portal.incentives.models import CodeUpload, Offer, Reward, RewardCode, RewardEntry, RewardState

POOL = "incentives.pool"  # the lock of whoever fills a pool, or says what its codes are worth
SHOWN = "code shown"  # in the history
WAITING = [RewardState.ACCRUED, RewardState.HELD, RewardState.APPROVED]


# ── The seal ───────────────────────────────────────────────────────────────────────────────


def seal(text: str, about: str) -> bytes:
    return sealing.seal(text, about).encode()


def unseal(sealed: bytes, about: str) -> str:
    """What was sealed; raises NotAllowed when none of the keys fits any more."""
    try:
        return sealing.unseal(sealed.decode(), about)
    except sealing.Unsealable:
        raise NotAllowed(
            "This code cannot be opened with the keys of this portal. Whoever runs it has to put "
            "the earlier key back: see docs/rewards.md."
        ) from None


def new(offer: Offer, upload: CodeUpload, text: str, expires_on: date | None) -> RewardCode:
    """A code for the pool, sealed under its own name."""
    name = fingerprint(text)
    return RewardCode(
        offer_id=offer.id,
        upload_id=upload.id,
        sealed=seal(text, name),
        fingerprint=name,
        expires_on=expires_on,
    )


def fingerprint(code: str) -> str:
    """Tells two codes apart without giving either away."""
    key = settings().secret_key.get_secret_value().encode() + b" reward codes"
    return hmac.new(key, code.encode(), hashlib.sha256).hexdigest()


def masked(code: str) -> str:
    """As much of a code as staff need to tell it from others."""
    return f"••••{code[-4:]}" if len(code) > 8 else "••••"


# ── What is left ───────────────────────────────────────────────────────────────────────────


def _free(offer_id: int) -> list[sa.ColumnElement[bool]]:
    today = clock.now().date()
    good = sa.or_(RewardCode.expires_on.is_(None), RewardCode.expires_on >= today)
    return [RewardCode.offer_id == offer_id, RewardCode.reward_id.is_(None), good]


def left(offer: Offer) -> int:
    return left_of(offer.id)


def left_of(offer_id: int) -> int:
    """How many codes of this offer are still to be given."""
    return only(sa.select(sa.func.count()).where(*_free(offer_id)))


def given(offer: Offer) -> int:
    taken = [RewardCode.offer_id == offer.id, RewardCode.reward_id.is_not(None)]
    return only(sa.select(sa.func.count()).where(*taken))


def owed(offer: Offer) -> int:
    """How many rewards of this offer are still to be sent."""
    return only(
        sa.select(sa.func.count())
        .select_from(Reward)
        .join(Reward.entries)
        .where(
            Reward.promise["offer_id"].as_integer() == offer.id,
            Reward.donated.is_(False),
            is_last(RewardEntry.reward_id),
            RewardEntry.state.in_(WAITING),
        )
    )


def is_low(offer: Offer) -> bool:
    """Whether staff should buy more: fewer than the setting, or fewer than are owed."""
    return left(offer) < max(settings().codes_low, owed(offer))


# ── Giving one ─────────────────────────────────────────────────────────────────────────────


def give(reward: Reward, *, by: Actor) -> None:
    """Give the next code of the pool, the one that expires first. Twice gives the same one."""
    ledger.hold_fast(reward)
    if reward.has_code:
        return
    if reward.state is not RewardState.APPROVED:
        raise NotAllowed(f"This reward is {reward.state.word}; approve it before a code is given.")
    if reward.donated:
        raise NotAllowed("This reward goes to a charity: send it there, and say how.")
    if reward.payout and reward.payout.under_way:
        raise NotAllowed("Its payout is on the way. Wait until it is paid or given up.")
    if objection := payees.objection_to(reward):
        raise NotAllowed(objection)
    _check_worth(reward.promise)
    ledger.call_off(reward)
    if reward.code is None:  # else one was given, and that was undone
        code = _next(reward.promise["offer_id"])
        code.reward_id, code.given_at = reward.id, clock.now()
        db.session.flush()
        db.session.refresh(reward, ["code"])
    ledger.append(reward, RewardState.ISSUED, how=ledger.BY_CODE, by=by)
    told.sent(reward)


def _check_worth(promise: Mapping[str, Any]) -> None:
    """An offer may have changed since it was promised; its codes are worth what it is now."""
    offer = db.session.get_one(Offer, promise["offer_id"])
    if (offer.value_cents, offer.currency) != (promise["value_cents"], promise["currency"]):
        promised = gifts.in_words(promise["value_cents"], promise["currency"])
        now = gifts.in_words(offer.value_cents, offer.currency)
        raise NotAllowed(
            f"This reward was promised at {promised}, and the codes of its offer are worth {now}. "
            "Send it by hand."
        )


def _next(offer_id: int) -> RewardCode:
    """A free code that nobody else is taking just now."""
    first = (
        sa.select(RewardCode)
        .where(*_free(offer_id))
        .order_by(RewardCode.expires_on.nulls_last(), RewardCode.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    code = db.session.scalar(first)
    if code is None:
        raise NotAllowed("No code is left. Upload more on the page of the offer.")
    return code


def reveal(reward: Reward, *, by: Actor) -> str:
    """The code itself, for the person who earned it; that they looked is written down."""
    if not reward.has_code or reward.code is None or not reward.code.sealed:
        raise NotFound("There is no code for this reward.")
    record(reward, SHOWN, by=by)
    return unseal(reward.code.sealed, reward.code.fingerprint)
