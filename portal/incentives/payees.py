"""What one person received in a calendar year, and when a tax form must come first (T14).

We note that a form is on file, who said so and when; never a tax number.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from portal import clock
from portal.advocates import merging
from portal.advocates.models import Advocate
from portal.config import PREFIX, settings
from portal.db import db, only
from portal.history.models import Entry
from portal.incentives import ledger
from portal.incentives.models import Offer, Payout, PayoutState, Reward, RewardEntry

# US cents a year from which payments must be reported (IRC 6041; from 2026 OBBBA 70433). Any later
# year must be set (GOODWORD_TAX_THRESHOLDS) before anything in USD is sent in it.
THRESHOLDS = {2025: 600_00, 2026: 2_000_00}
WARNED_FROM = 10  # the month in which a missing figure for the next year is pointed out
WARN_AT = 0.8
ON_FILE = "tax form on file"


def threshold(year: int) -> int | None:
    """US cents from which a form is needed in this year; None while nobody has said."""
    whole = settings().tax_thresholds.get(year)
    return THRESHOLDS.get(year) if whole is None else whole * 100


def how_to_set(year: int) -> str:
    return f"{PREFIX}TAX_THRESHOLDS={year}:…, the figure of the tax office in whole dollars"


def missing_year() -> int | None:
    """This year or, from October on, the next, if dollars are promised and it has no figure."""
    now = clock.now()
    years = [now.year, now.year + 1] if now.month >= WARNED_FROM else [now.year]
    unknown = [year for year in years if threshold(year) is None]
    return unknown[0] if unknown and _dollars_promised() else None


def _dollars_promised() -> bool:
    offered = sa.exists().where(Offer.currency == "USD", Offer.retired_at.is_(None))
    owed = sa.exists().where(Reward.promise["currency"].as_string() == "USD")
    return bool(db.session.scalar(sa.select(sa.or_(offered, owed))))


@dataclass(frozen=True)
class Year:
    """One person's calendar year in US cents."""

    year: int
    sent: int
    form_on_file: bool

    @property
    def threshold(self) -> int | None:
        return threshold(self.year)

    @property
    def in_words(self) -> str:
        sent = f"${self.sent / 100:,.2f} sent in {self.year}, all campaigns together"
        return sent + ("; a tax form is on file" if self.form_on_file else "")

    @property
    def warning(self) -> str:
        """What staff should know from 80 % of the threshold on."""
        if self.form_on_file or not self.threshold or self.sent < WARN_AT * self.threshold:
            return ""
        return (
            f"From ${self.threshold / 100:,.0f} a year on, nothing more may be sent to this person "
            "before a tax form is on file."
        )

    def objection(self, cents: int) -> str:
        """Why so much more may not be sent yet; empty when it may."""
        if self.threshold is None:
            return (
                f"The yearly limit for {self.year} is not set, so no reward in USD can be sent. "
                f"Whoever runs this portal sets it: {how_to_set(self.year)}."
            )
        if self.form_on_file or self.sent + cents < self.threshold:
            return ""
        return (
            f"With this one the person would reach ${self.threshold / 100:,.0f} in {self.year}. "
            "It waits until you mark a tax form as on file."
        )


def year_of(advocate: Advocate) -> Year:
    """This calendar year of one person, over all campaigns, whichever of their rows earned it.
    Donations are not theirs."""
    year, rows = clock.now().year, merging.rows_of(advocate)
    sent = db.session.scalars(
        sa.select(Reward)
        .join(RewardEntry, RewardEntry.reward_id == Reward.id)
        .where(
            Reward.advocate_id.in_(rows),
            Reward.donated.is_(False),
            ledger.was_sent(),
            RewardEntry.at >= datetime(year, 1, 1, tzinfo=UTC),
            RewardEntry.at < datetime(year + 1, 1, 1, tzinfo=UTC),
        )
    ).all()
    on_its_way = db.session.scalars(
        sa.select(Reward)
        .join(Reward.payout)
        .where(
            Reward.advocate_id.in_(rows),
            Reward.donated.is_(False),
            Payout.state == PayoutState.WAITING,
        )
    ).all()
    about = [f"advocate:{row}" for row in rows]
    on_file = only(sa.select(sa.exists().where(Entry.about.in_(about), Entry.verb == ON_FILE)))
    paid = [*sent, *on_its_way]
    cents = sum(r.promise["value_cents"] for r in paid if r.promise["currency"] == "USD")
    return Year(year, cents, on_file)


def objection_to(reward: Reward) -> str:
    """Why this reward may not be sent yet; empty when it may. Donations count for nobody."""
    if reward.donated or reward.promise["currency"] != "USD":
        return ""
    return year_of(reward.advocate).objection(reward.promise["value_cents"])
