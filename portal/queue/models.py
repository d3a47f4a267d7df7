from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.db import Model
from portal.staff.models import Staff


class QueueClaim(Model):
    """“Rosa is on it”: a hint for colleagues, never a lock, and over by itself."""

    __tablename__ = "queue_claim"

    about: Mapped[str] = mapped_column("subject", sa.String(60), primary_key=True)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    staff: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)
    until: Mapped[datetime]


class SavedView(Model):
    """A filter of the queue that somebody uses often, under a name of theirs."""

    __tablename__ = "saved_view"
    __table_args__ = (sa.UniqueConstraint("staff_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    name: Mapped[str] = mapped_column(sa.String(60))
    query: Mapped[str] = mapped_column(sa.String(300))  # as in the address
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Desk(Model):
    """How one colleague likes their desk; without a row, as it comes."""

    __tablename__ = "staff_desk"

    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id), primary_key=True)
    keys_on: Mapped[bool] = mapped_column(default=True)
    steps_hidden_at: Mapped[datetime | None]  # the list of first steps
