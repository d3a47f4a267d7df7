import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
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
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Advocate(Model):
    """A person at a customer company. Enters by a signed link, never by a password."""

    __tablename__ = "advocate"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(sa.ForeignKey(Company.id), index=True)
    company: Mapped[Company] = relationship(lazy="joined", innerjoin=True)
    external_id: Mapped[str | None] = mapped_column(sa.String(100), unique=True)  # their CRM's
    first_name: Mapped[str] = mapped_column(sa.String(100))
    last_name: Mapped[str] = mapped_column(sa.String(100))
    email: Mapped[str] = mapped_column(sa.String(254))  # as typed
    email_key: Mapped[str] = mapped_column(sa.String(254), unique=True)  # canonical
    job_title: Mapped[str] = mapped_column(sa.String(150), default="")
    phone: Mapped[str] = mapped_column(sa.String(60), default="")
    city: Mapped[str] = mapped_column(sa.String(100), default="")
    country: Mapped[str] = mapped_column(sa.String(100), default="", index=True)
    language: Mapped[str] = mapped_column(sa.String(10), default="en")
    time_zone: Mapped[str] = mapped_column(sa.String(60), default="UTC")  # IANA; as they told us
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
    ask_every: Mapped[int | None]  # days; none: our own limit
    wants_updates: Mapped[bool] = mapped_column(default=True)  # mail that needs nothing of them
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class CustomerImport(Model):
    """A file of customers someone uploaded, from its preview until it is applied."""

    __tablename__ = "customer_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str] = mapped_column(sa.String(200))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)  # emptied when applied
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # outcome → rows, when applied
    refused: Mapped[list[str]] = mapped_column(default=list)  # "Line 7: …", when applied
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    staff: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    applied_at: Mapped[datetime | None]
