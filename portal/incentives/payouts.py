"""Order an approved reward from the operator's own payment system, and never pay it twice.

An order has one key and one text from the first try to the last, so the other side can tell a
repeated order from a new one; whatever happens to the worker between two lines of this file.
"""

import uuid
from datetime import timedelta
from typing import Any

from portal import calls, clock, jobs
from portal.config import settings
from portal.db import db
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM, Actor, record
from portal.incentives import ledger, payees, told
from portal.incentives.models import Payout, PayoutState, Reward, RewardState
from portal.outbox import actions as outbox

# Seconds until the next try; about a day and a half in all.
BACKOFF = [10, 60, 300, 1800, 2 * 3600, 6 * 3600, 24 * 3600]


def is_set_up() -> bool:
    return bool(settings().payout_url and settings().payout_secrets)


def order(reward: Reward, *, by: Actor) -> None:
    """Promise to tell the payment system, once this commits. Twice is one order.

    One that was given up is tried again, once, under the key it had.
    """
    ledger.hold_fast(reward)
    if reward.payout and reward.payout.state in {PayoutState.WAITING, PayoutState.PAID}:
        return
    if reward.state is not RewardState.APPROVED:
        raise NotAllowed(f"This reward is {reward.state.word}; approve it before it is paid out.")
    if not is_set_up():
        raise NotAllowed("No payment system is set up: see “Payouts” in docs/rewards.md.")
    if objection := payees.objection_to(reward):
        raise NotAllowed(objection)
    if reward.payout and _is_called_off_just_now(reward.payout):
        raise NotAllowed("An order was just taken back. Order again in a few seconds.")
    if reward.payout and not reward.payout.payload:
        raise NotAllowed("The details of the payee were let go. Send it by hand.")
    if reward.payout:
        reward.payout.attempts += 1  # a new job needs a new name
    else:
        key = str(uuid.uuid4())
        reward.payout = Payout(key=key, payload=payload(reward, key))
    reward.payout.state, reward.payout.not_before = PayoutState.WAITING, outbox.leaves_at()
    record(reward, "ordered", by=by)
    _enqueue(reward.payout, max((outbox.leaves_at() - clock.now()).total_seconds(), 0))


def _is_called_off_just_now(order: Payout) -> bool:
    """The job of an order that was undone still comes, and must find nothing to pay."""
    off = order.state is PayoutState.CALLED_OFF
    return off and order.not_before is not None and clock.now() < order.not_before


def payload(reward: Reward, key: str) -> dict[str, Any]:
    """What the payment system is told: whom to pay how much, and nothing they ever said."""
    promise, person = reward.promise, reward.advocate
    return {
        "type": "reward.payout",
        "id": key,
        "ordered_at": clock.now().isoformat(timespec="seconds"),
        "reward": reward.subject,
        "amount": {"minor_units": promise["value_cents"], "currency": promise["currency"]},
        "what": promise["reward"],
        "kind": promise["kind"],
        "campaign": reward.campaign,
        "recipient": {"charity": promise["charity"]}
        if reward.donated
        else {
            "id": person.subject,
            "external_id": person.external_id,
            "name": person.name,
            "email": person.email,
            "country": person.country,
        },
    }


def _enqueue(payout: Payout, delay: float = 0) -> None:
    db.session.flush()
    key = f"payout-{payout.id}-{payout.attempts}"
    jobs.enqueue("reward.pay", payout.id, queue=jobs.PAYOUTS, key=key, delay=delay)


def deliver(payout_id: int) -> None:
    """Tell the payment system once; the ledger says "issued" only after it said yes.

    A crash after its yes and before our commit repeats the order under the same key.
    """
    payout = db.session.get(Payout, payout_id, with_for_update=True)
    if payout is None or not payout.under_way:
        return
    payout.attempts += 1
    key, words = payout.key, payout.payload
    db.session.commit()
    config = settings()
    answer = calls.post(
        config.payout_url,
        words,
        key=key,
        secrets=[secret.get_secret_value() for secret in config.payout_secrets],
        at=clock.now(),
        loopback=config.payout_loopback,
    )
    settle(payout_id, answer)
    db.session.commit()


def settle(payout_id: int, answer: calls.Answer) -> None:
    """Write down what came of a try."""
    payout = db.session.get_one(Payout, payout_id)
    ledger.hold_fast(payout.reward)
    db.session.refresh(payout)
    if payout.state is PayoutState.PAID:
        return
    payout.error = answer.error
    if answer.ok:
        _paid(payout, str(answer.data().get("reference", ""))[:120])
    elif answer.final or payout.attempts > len(BACKOFF):
        _given_up(payout)
    else:
        delay = BACKOFF[payout.attempts - 1]
        payout.not_before = clock.now() + timedelta(seconds=delay)
        _enqueue(payout, delay)


def _paid(payout: Payout, reference: str) -> None:
    reward = payout.reward
    payout.state, payout.paid_at, payout.payload = PayoutState.PAID, clock.now(), {}
    if reward.state is RewardState.APPROVED:
        note = f"Reference {reference}" if reference else ""
        ledger.append(reward, RewardState.ISSUED, how=ledger.BY_PAYOUT, note=note, by=SYSTEM)
        told.sent(reward)


def _given_up(payout: Payout) -> None:
    payout.state = PayoutState.FAILED
    record(payout.reward, "payout failed", by=SYSTEM, note=payout.error)
    if payout.reward.advocate.erased_at:
        payout.payload = {}
