import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.consent.models import Purpose
from portal.db import Model
from portal.submissions.models import Submission


class Answer(enum.StrEnum):
    """What the author said."""

    KEPT = "kept"
    CHANGED = "changed"  # something is no longer so: off the page until it is settled
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"  # settled in another way before they answered here


class Renewal(Model):
    """One time we asked the author of published words whether they are still right."""

    __tablename__ = "renewal"
    __table_args__ = (
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answer_if_answered"),
        sa.Index(
            "uq_renewal_open",
            "submission_id",
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        ),
        sa.Index("ix_renewal_answered_at_due_at_id", "answered_at", "due_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey(Submission.id), index=True)
    submission: Mapped[Submission] = relationship()
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    purpose: Mapped[Purpose] = mapped_column(default=Purpose.WORDS)  # or sales: in decks alone
    due_at: Mapped[datetime]  # when the words are no longer used without an answer
    reminders: Mapped[int] = mapped_column(default=0)

    answered_at: Mapped[datetime | None]
    answer: Mapped[Answer | None]
    note: Mapped[str] = mapped_column(default="")  # theirs, to us

    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}

    @property
    def in_decks(self) -> bool:
        """Whether it is about words used in decks and offers alone, on no page of ours."""
        return self.purpose is Purpose.SALES
