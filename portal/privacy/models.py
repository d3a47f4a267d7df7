from calendar import monthrange
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.advocates.models import Advocate
from portal.db import Model
from portal.staff.models import Staff


def month_after(asked: date) -> date:
    """The same day of the next month, or its last one."""
    year, month = divmod(asked.year * 12 + asked.month, 12)
    return date(year, month + 1, min(asked.day, monthrange(year, month + 1)[1]))


class DataRequest(Model):
    """What somebody asked about their data that only the team can do. All else is done at once."""

    __tablename__ = "data_request"
    __table_args__ = (
        sa.Index("ix_data_request_answered_at_asked_at_id", "answered_at", "asked_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    advocate_id: Mapped[int] = mapped_column(sa.ForeignKey(Advocate.id), index=True)
    advocate: Mapped[Advocate] = relationship(lazy="joined", innerjoin=True)
    note: Mapped[str]  # theirs, word for word
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    answer: Mapped[str] = mapped_column(default="")  # ours, as it was mailed
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Staff.id))
    answered_by: Mapped[Staff | None] = relationship()

    @property
    def due(self) -> date:
        """The last day the law gives: one month (GDPR, Art. 12(3))."""
        return month_after(self.asked_at.date())
