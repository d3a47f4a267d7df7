import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.consent.models import Channel, Purpose
from portal.db import Model
from portal.publishing.models import Asset
from portal.staff.models import Staff


class Kind(enum.StrEnum):
    """What sort of place it is."""

    SITE = "site"
    DECK = "deck"
    DEAL = "deal"
    AD = "ad"
    PRINT = "print"


# As it is said: to staff in a list, and to the person whose words they are.
NAMES = {
    Kind.SITE: "A page we do not serve",
    Kind.DECK: "A sales deck",
    Kind.DEAL: "An offer to one customer",
    Kind.AD: "An ad or a post",
    Kind.PRINT: "Something printed",
}
# Days to get words back from there.
DAYS = {Kind.SITE: 3, Kind.AD: 3, Kind.DECK: 7, Kind.DEAL: 7, Kind.PRINT: 14}


class Placement(Model):
    """One place beyond what we serve where published words were put; by hand, so written down."""

    __tablename__ = "placement"

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[int] = mapped_column(sa.ForeignKey(Asset.id), index=True)
    asset: Mapped[Asset] = relationship()
    kind: Mapped[Kind]
    place: Mapped[str] = mapped_column(sa.String(200))  # "Pitch deck autumn, slide 7"
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    note: Mapped[str] = mapped_column(default="")
    names_company: Mapped[bool] = mapped_column(default=True)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    owner: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)
    since: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]  # no longer there
    takedowns: Mapped[list["Takedown"]] = relationship(
        back_populates="placement", order_by="Takedown.id"
    )

    @property
    def what(self) -> str:
        return NAMES[self.kind]

    @property
    def purpose(self) -> Purpose:
        """The permission it needs: our words on the web, or in what sales hands out."""
        return Purpose.WORDS if self.kind is Kind.SITE else Purpose.SALES

    @property
    def channel(self) -> Channel:
        return Channel.EMBED if self.kind is Kind.SITE else Channel.SALES

    @property
    def takedown(self) -> "Takedown | None":
        """The task to get the words back from there, if there is one now."""
        return next((one for one in self.takedowns if one.closed_at is None), None)


class Reason(enum.StrEnum):
    """Why words must come down somewhere."""

    WITHDRAWN = "withdrawn"
    CREDIT = "credit"
    EXPIRED = "expired"
    REFUSED = "refused"
    COMPANY = "company"
    LEFT = "left"
    RESTRICTED = "restricted"
    UNCONFIRMED = "unconfirmed"


class Outcome(enum.StrEnum):
    """How a takedown ended."""

    GONE = "gone"
    STOPPED = "stopped"  # no more copies; those already out cannot be called back
    PERMITTED = "permitted"  # the permission came back before


class Takedown(Model):
    """The task to get words back from one place: whose it is, until when, and the proof."""

    __tablename__ = "takedown"
    __table_args__ = (
        sa.CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name="outcome_if_closed"),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome = 'permitted'"
            " OR proof <> '' OR proof_url <> '' OR proof_key <> ''",
            name="proof_if_done",
        ),
        sa.Index(
            "ix_takedown_waiting",
            "opened_at",
            "id",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        sa.Index(
            "uq_takedown_open",
            "placement_id",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(sa.ForeignKey(Placement.id), index=True)
    placement: Mapped[Placement] = relationship(back_populates="takedowns")
    reason: Mapped[Reason]
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    owner: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_on: Mapped[date]
    reminded_at: Mapped[datetime | None]

    closed_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]
    proof: Mapped[str] = mapped_column(default="")  # in words
    proof_url: Mapped[str] = mapped_column(sa.String(500), default="")
    proof_key: Mapped[str] = mapped_column(sa.String(64), default="")  # a file; see media.storage
    proof_type: Mapped[str] = mapped_column(sa.String(40), default="")

    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}

    @property
    def is_late(self) -> bool:
        return self.closed_at is None and self.due_on < clock.now().date()
