"""What nobody waits for yet, but somebody will: said on the staff home before it is too late."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from portal.db import db
from portal.incentives import codes, payees
from portal.incentives.models import Issuing, Offer, Payout, PayoutState, RewardState
from portal.outbox import queries as outbox
from portal.platforms import queries as platforms


@dataclass(frozen=True)
class Notice:
    title: str
    text: str
    url: str


def all_notices() -> list[Notice]:
    return [*_mail(), *_low(), *_failed(), *_no_limit(), *_unchecked()]


def _mail() -> Iterator[Notice]:
    held = outbox.held_up()
    if held.waiting:
        yield Notice(
            "Our own mail server takes no mail",
            f"{held.trouble.what} {held.how_many} {held.trouble.to_do}",
            "/staff/mail?show=queued",
        )


def _low() -> Iterator[Notice]:
    pooled = sa.select(Offer).where(Offer.issuing == Issuing.CODE, Offer.retired_at.is_(None))
    for offer in db.session.scalars(pooled.order_by(Offer.name)):
        if codes.is_low(offer):
            yield Notice(
                f"Few codes are left for “{offer.name}”",
                f"{codes.left(offer)} left, {codes.owed(offer)} owed. Upload more.",
                f"/staff/offers/{offer.id}/codes",
            )


def _failed() -> Iterator[Notice]:
    """One notice, however many failed: they mostly fail together."""
    failed = sa.select(Payout).where(Payout.state == PayoutState.FAILED).order_by(Payout.id)
    found = [one for one in db.session.scalars(failed) if one.reward.state is RewardState.APPROVED]
    if len(found) == 1:
        (one,) = found
        yield Notice(
            f"The payout of {one.reward.promise['reward']} failed",
            f"For {one.reward.advocate.name}. {one.error}",
            f"/staff/rewards/{one.reward_id}",
        )
    elif found:
        yield Notice(
            f"{len(found)} payouts failed",
            f"The last one: {found[-1].error} The list of approved rewards names them.",
            "/staff/rewards?state=approved",
        )


def _no_limit() -> Iterator[Notice]:
    if year := payees.missing_year():
        yield Notice(
            f"No yearly limit for {year}",
            f"Rewards in US dollars cannot be sent in {year} before it is set: "
            f"{payees.how_to_set(year)}.",
            f"/staff/rewards/payees?year={year}",
        )


def _unchecked() -> Iterator[Notice]:
    if old := platforms.old():
        names = ", ".join(rule.name for rule in old)
        yield Notice(
            "Platform rules nobody has read for half a year",
            f"{names}. Campaigns still follow them; read the pages behind them again.",
            f"/staff/platforms/{old[0].platform}" if len(old) == 1 else "/staff/platforms",
        )
