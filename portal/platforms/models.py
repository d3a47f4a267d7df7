import enum
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model

OLD_AFTER = timedelta(days=180)


class Answer(enum.StrEnum):
    """What a platform says to a question. What nobody looked up is a no (T12)."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @property
    def is_yes(self) -> bool:
        return self is Answer.YES


class PlatformRule(Model):
    """One version of what one platform allows. Never edited; a change is a new version."""

    __tablename__ = "platform_rule"
    __table_args__ = (
        sa.UniqueConstraint("platform", "version"),
        sa.CheckConstraint("most_cents IS NULL OR most_cents >= 0", name="most_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(sa.String(40))  # its short name in addresses
    version: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(80))
    may_ask: Mapped[Answer]
    may_reward: Mapped[Answer]
    most_cents: Mapped[int | None]  # of a reward; none named is no limit of theirs
    currency: Mapped[str] = mapped_column(sa.String(3), default="USD")
    disclosure: Mapped[str] = mapped_column(sa.String(300), default="")  # how they want it said
    may_prove: Mapped[Answer]  # whether we may ask for an address or a picture of the review
    public_sector: Mapped[Answer]  # whether people of public bodies may be asked
    note: Mapped[str] = mapped_column(sa.String(300), default="")  # why, in a sentence
    source: Mapped[str] = mapped_column(sa.String(500))  # the page that says so
    checked_on: Mapped[date]
    by: Mapped[str] = mapped_column(sa.String(60))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def is_old(self) -> bool:
        """Nobody has read the platform's page for half a year."""
        return self.checked_on + OLD_AFTER < clock.now().date()
