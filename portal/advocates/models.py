import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal import clock
from portal.addresses import folded
from portal.db import Model
from portal.media.models import Photo
from portal.staff.models import Staff


class Sector(enum.StrEnum):
    """What a company does, as far as gift rules care (T13)."""

    PRIVATE = "private"
    PUBLIC = "public"
    HEALTHCARE = "healthcare"
    FINANCE = "finance"
    EDUCATION = "education"


class Company(Model):
    """A customer organisation."""

    __tablename__ = "company"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    name_key: Mapped[str] = mapped_column(sa.String(200), unique=True)  # lower case, one space
    sector: Mapped[Sector] = mapped_column(default=Sector.PRIVATE)
    website: Mapped[str] = mapped_column(sa.String(300), default="")
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Staff.id), index=True)
    owner: Mapped[Staff | None] = relationship()  # who looks after them on our side
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("company.id"))  # a duplicate
    renamed_at: Mapped[datetime | None]  # not a duplicate: what that company was called until then
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Way(enum.StrEnum):
    """By which way someone wants to be asked."""

    MAIL = "mail"
    PAGE = "page"  # on their own page, when they look
    PHONE = "phone"  # their contact calls


HERE = "erased_at IS NULL AND merged_into_id IS NULL"
STOPPED, LEFT = "left_at IS NULL AND stopped_at IS NOT NULL", "left_at IS NOT NULL"


def _by_name(name: str, where: str, *first: str) -> sa.Index:
    """An index of some customers in the order their list has."""
    return sa.Index(
        name,
        *first,
        sa.text("lower(last_name)"),
        "id",
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


class Advocate(Model):
    """A person at a customer company. Enters by a signed link, never by a password."""

    __tablename__ = "advocate"
    __table_args__ = (  # for the list of customers: whole, of a country, of a standing
        sa.Index(  # not for those without: SQLite would find everyone by it
            "ix_advocate_merged_into_id",
            "merged_into_id",
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        ),
        _by_name("ix_advocate_name", HERE),
        _by_name("ix_advocate_country_name", HERE, "country"),
        _by_name("ix_advocate_stopped", f"{STOPPED} AND {HERE}"),
        _by_name("ix_advocate_left", f"{LEFT} AND {HERE}"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(sa.ForeignKey(Company.id), index=True)
    company: Mapped[Company] = relationship(lazy="joined", innerjoin=True)
    external_id: Mapped[str | None] = mapped_column(sa.String(100), unique=True)  # their CRM's
    first_name: Mapped[str] = mapped_column(sa.String(100))
    last_name: Mapped[str] = mapped_column(sa.String(100))
    email: Mapped[str] = mapped_column(sa.String(254))  # as typed
    email_key: Mapped[str] = mapped_column(sa.String(254), unique=True)  # canonical
    mailbox: Mapped[str] = mapped_column(  # its spelling folded; to notice, never to identify
        sa.String(254), default="", server_default="", index=True
    )
    job_title: Mapped[str] = mapped_column(sa.String(150), default="")
    phone: Mapped[str] = mapped_column(sa.String(60), default="")
    city: Mapped[str] = mapped_column(sa.String(100), default="")
    country: Mapped[str] = mapped_column(sa.String(100), default="")
    language: Mapped[str] = mapped_column(sa.String(10), default="en")
    time_zone: Mapped[str] = mapped_column(sa.String(60), default="UTC")  # IANA; UTC: nobody said
    customer_since: Mapped[date | None]
    photo_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Photo.id))
    photo: Mapped[Photo | None] = relationship(viewonly=True)
    stopped_at: Mapped[datetime | None]  # asked us never to invite again
    left_at: Mapped[datetime | None]  # no longer a customer, or not at this company (T6, T29)
    moved_at: Mapped[datetime | None]  # another job, as a file says: words wait for a yes (T29)
    restricted_at: Mapped[datetime | None]  # keep what we hold, and do nothing with it (T36)
    erased_at: Mapped[datetime | None]  # this row is a number without a person (T36)

    # How often we may ask, and for what, in their own word.
    paused_until: Mapped[date | None]
    asks_for: Mapped[list[str]] = mapped_column(default=list)  # empty: anything
    asked_by: Mapped[list[str]] = mapped_column(default=list)  # of ``Way``; empty: by mail
    ask_every: Mapped[int | None]  # days; none: our own limit
    wants_updates: Mapped[bool] = mapped_column(default=True)  # mail that needs nothing of them

    # A duplicate of that person: what was said and signed under this row stays under it.
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("advocate.id"))
    tags: Mapped[list["Tag"]] = relationship(
        order_by="Tag.name", cascade="all, delete-orphan", lazy="select"
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    @validates("email_key")
    def _fold(self, _name: str, key: str) -> str:
        self.mailbox = folded(key)
        return key

    @property
    def takes_mail(self) -> bool:
        """Whether an invitation may come by mail; what they did is always answered by mail."""
        return not self.asked_by or Way.MAIL in self.asked_by

    @property
    def takes_calls(self) -> bool:
        return Way.PHONE in (self.asked_by or ())

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Tag(Model):
    """A word staff put on a person, to find them by."""

    __tablename__ = "tag"
    __table_args__ = (sa.Index("ix_tag_name", "name"),)

    advocate_id: Mapped[int] = mapped_column(sa.ForeignKey(Advocate.id), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)


class SignalKind(enum.StrEnum):
    """What kind of fact a signal is."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    RATING = "rating"
    RENEWAL = "renewal"
    USAGE = "usage"
    TICKET = "ticket"
    NOTE = "note"
    COMMUNITY = "community"


# What the number of each kind may be; none: it has no number.
SCALES: dict[SignalKind, tuple[int, int] | None] = {
    SignalKind.NPS: (0, 10),
    SignalKind.CSAT: (1, 5),
    SignalKind.CES: (1, 7),
    SignalKind.RATING: (1, 5),
    SignalKind.RENEWAL: None,
    SignalKind.USAGE: (0, 100),
    SignalKind.TICKET: None,
    SignalKind.NOTE: None,
    SignalKind.COMMUNITY: None,
}


class Signal(Model):
    """A fact about how a person, or a company as a whole, is doing with us."""

    __tablename__ = "signal"
    __table_args__ = (
        sa.Index("ix_signal_advocate_id_at", "advocate_id", "at"),
        sa.Index("ix_signal_company_id_at", "company_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(sa.ForeignKey(Company.id))
    advocate_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Advocate.id))
    kind: Mapped[SignalKind]
    value: Mapped[float | None]
    words: Mapped[str] = mapped_column(default="")
    at: Mapped[date]  # the day it happened
    closed_at: Mapped[date | None]  # of a ticket
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)  # the same fact comes in once
    by: Mapped[str] = mapped_column(sa.String(60))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class CustomerImport(Model):
    """A file of customers, from its preview until the last row is in."""

    __tablename__ = "customer_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str] = mapped_column(sa.String(200))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)  # emptied when applied
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)  # field → heading, as staff said
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # outcome → rows so far
    headings: Mapped[list[str]] = mapped_column(default=list, server_default="[]")  # of the file
    refused: Mapped[list[Any]] = mapped_column(default=list)  # {"line", "why", "cells"} so far
    total: Mapped[int] = mapped_column(default=0)  # rows in the file
    done_line: Mapped[int] = mapped_column(default=0)  # rows up to this line are in
    begun_at: Mapped[datetime | None]  # someone said yes to the preview
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    staff: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    applied_at: Mapped[datetime | None]

    @property
    def refusals(self) -> list["Refused"]:
        """The rows refused so far. Of files imported earlier the sentences alone were kept."""
        return [
            Refused(**said)
            if isinstance(said, dict)
            else Refused(int(said.split(":")[0].removeprefix("Line ")), said)
            for said in self.refused
        ]


@dataclass(frozen=True)
class Refused:
    """A row of a file that was not taken."""

    line: int
    why: str  # as a sentence: "Line 7: “nastya” is not a mail address."
    cells: Sequence[str] = ()
