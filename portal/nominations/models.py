import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.advocates.models import Advocate
from portal.db import Model
from portal.staff.models import Staff


class State(enum.StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Nomination(Model):
    """“Ask Ada, because …”: a colleague’s proposal, never a word of the customer’s."""

    __tablename__ = "nomination"
    __table_args__ = (
        sa.CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_if_at"),
        sa.Index(
            "uq_nomination_waiting",
            "advocate_id",
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
        sa.Index("ix_nomination_state_created_at_id", "state", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    advocate_id: Mapped[int] = mapped_column(sa.ForeignKey(Advocate.id), index=True)
    advocate: Mapped[Advocate] = relationship(lazy="joined", innerjoin=True)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    staff: Mapped[Staff] = relationship(foreign_keys=staff_id)  # who proposes them
    reason: Mapped[str]
    state: Mapped[State] = mapped_column(default=State.WAITING)
    note: Mapped[str] = mapped_column(default="")  # why not
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Staff.id))
    decided_by: Mapped[Staff | None] = relationship(foreign_keys=decided_by_id)
