import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock, seeds
from portal.db import Model
from portal.staff.models import Staff
from portal.submissions.models import Submission, Version


class Change(enum.StrEnum):
    """What staff would do to a customer's words."""

    WORDS = "words"  # an edit of theirs
    CUT = "cut"  # a verbatim piece, with a visible ellipsis


class Decision(enum.StrEnum):
    APPROVED = "approved"
    REWORDED = "reworded"  # the customer wrote it in a way of their own
    REFUSED = "refused"
    SUPERSEDED = "superseded"  # we took it back, or proposed something else


class Proposal(Model):
    """A change staff would like to make, until the customer says yes to exactly that (T3).

    A yes binds the words by their sha256, and the rendering they were shown in: headline, piece,
    credit, photo, reward. It allows nothing else.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name="decided_at_if_decided"
        ),
        sa.Index(
            "uq_proposal_pending",
            "submission_id",
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey(Submission.id), index=True)
    submission: Mapped[Submission] = relationship()
    base_id: Mapped[int] = mapped_column(sa.ForeignKey(Version.id))
    base: Mapped[Version] = relationship()  # the words it starts from
    kind: Mapped[Change]
    answers: Mapped[list[Any]]  # as a Version's, and hashed the same way
    sha256: Mapped[str] = mapped_column(sa.String(64))
    headline: Mapped[str] = mapped_column(sa.String(150), default="")
    excerpt: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")  # ours, to the customer
    # What its figures rest on, for publishing (T5).
    substantiation: Mapped[str] = mapped_column(default="")
    checked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Staff.id))
    checked_by: Mapped[Staff | None] = relationship(foreign_keys=checked_by_id)
    checked_on: Mapped[date | None]
    expected_results: Mapped[str] = mapped_column(sa.String(300), default="")
    appears_at: Mapped[datetime | None]  # their yes publishes it then, not at once
    pages: Mapped[list[Any] | None] = mapped_column(sa.JSON(none_as_null=True))  # none: as it is
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    staff: Mapped[Staff] = relationship(lazy="joined", innerjoin=True, foreign_keys=staff_id)
    at: Mapped[datetime] = mapped_column(default=clock.now)

    decision: Mapped[Decision | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")  # the customer's, to us
    rendering: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what a yes was given to

    def seal(self, rendering: dict[str, Any]) -> str:
        """The one number that stands for these words in this rendering."""
        return seeds.digest(
            {
                "words": self.sha256,
                "headline": self.headline,
                "excerpt": self.excerpt,
                "rendering": rendering,
            }
        )


class Asset(Model):
    """Something published: one version's words, whole or cut, under one address.

    It copies no name and no permission: those are read live, on every request (T26).
    """

    __tablename__ = "asset"
    __table_args__ = (
        sa.Index(
            "ix_asset_announce_at",
            "announce_at",
            sqlite_where=sa.text("announce_at IS NOT NULL"),
            postgresql_where=sa.text("announce_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(100), unique=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey(Submission.id), unique=True)
    submission: Mapped[Submission] = relationship()
    version_id: Mapped[int] = mapped_column(sa.ForeignKey(Version.id))
    words: Mapped[Version] = relationship()
    headline: Mapped[str] = mapped_column(sa.String(150), default="")  # ours; never the customer's
    excerpt: Mapped[str] = mapped_column(default="")  # verbatim piece of the words; empty = whole
    # Ours, drawn beside figures: what customers generally get (T5).
    expected_results: Mapped[str] = mapped_column(sa.String(300), default="")
    proposal_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Proposal.id))
    proposal: Mapped[Proposal | None] = relationship()  # the customer's yes to our change
    published_at: Mapped[datetime] = mapped_column(default=clock.now)  # not seen before
    announce_at: Mapped[datetime | None]  # planned for then; its author has yet to hear of it
    # Where staff let it stand, of what its permission allows (placing.py); and in which order.
    on_home: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    on_stories: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    on_referrals: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    front_place: Mapped[int | None]
