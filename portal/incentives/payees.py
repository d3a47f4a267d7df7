"""What one person received in a calendar year, and when a tax form must come first (T14).

We note that a form is on file, who said so and when; never a tax number.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.db import db
from portal.history.models import Entry
from portal.incentives.models import Reward, RewardEntry, RewardState

# US cents a year from which payments must be reported (IRC 6041; from 2026 OBBBA 70433). A year
# that is not here must be added before anything in USD is sent in it.
THRESHOLDS = {2025: 600_00, 2026: 2_000_00}
WARN_AT = 0.8
ON_FILE = "tax form on file"


@dataclass(frozen=True)
class Year:
    """One person's calendar year in US cents."""

    year: int
    sent: int
    form_on_file: bool

    @property
    def threshold(self) -> int | None:
        return THRESHOLDS.get(self.year)

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
                "Add it first."
            )
        if self.form_on_file or self.sent + cents < self.threshold:
            return ""
        return (
            f"With this one the person would reach ${self.threshold / 100:,.0f} in {self.year}. "
            "It waits until you mark a tax form as on file."
        )


def year_of(advocate: Advocate) -> Year:
    """This calendar year of one person, over all campaigns. Donations are not theirs."""
    year = clock.now().year
    sent = db.session.scalars(
        sa.select(Reward)
        .join(RewardEntry, RewardEntry.reward_id == Reward.id)
        .where(
            Reward.advocate_id == advocate.id,
            Reward.donated.is_(False),
            RewardEntry.state == RewardState.ISSUED,
            RewardEntry.at >= datetime(year, 1, 1, tzinfo=UTC),
        )
    ).all()
    on_file = db.session.scalar(
        sa.select(sa.exists().where(Entry.about == advocate.subject, Entry.verb == ON_FILE))
    )
    cents = sum(r.promise["value_cents"] for r in sent if r.promise["currency"] == "USD")
    return Year(year, cents, on_file)


def objection_to(reward: Reward) -> str:
    """Why this reward may not be sent yet; empty when it may. Donations count for nobody."""
    if reward.donated or reward.promise["currency"] != "USD":
        return ""
    return year_of(reward.advocate).objection(reward.promise["value_cents"])
