import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.advocates.models import Advocate, Company
from portal.db import Model


class Purpose(enum.StrEnum):
    """What a permission is for. Each is asked, given, refused and withdrawn on its own (T23)."""

    WORDS = "words"  # these exact words on our pages
    NAME = "name"  # name and job title
    COMPANY = "company"  # company name
    PHOTO = "photo"
    LOGO = "logo"
    SALES = "sales"  # decks and ads
    RECORDING = "recording"
    REFERENCE = "reference"  # reference calls
    REFERRAL_NAME = "referral-name"  # first name on the referral page
    NEWS = "news"


class Channel(enum.StrEnum):
    """Where a yes reaches, as far as we ask; its wording says it in words."""

    WEB = "web"  # our own pages
    EMBED = "embed"  # blocks, feeds, cards and data that other sites show
    SALES = "sales"  # decks and offers


class Verdict(enum.StrEnum):
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    RECONFIRMED = "reconfirmed"


GRANTING = (Verdict.GIVEN, Verdict.RECONFIRMED)


class Statement(Model):
    """The wording of one choice, by version and language. Never changed, only superseded (T25)."""

    __tablename__ = "statement"
    __table_args__ = (sa.UniqueConstraint("purpose", "language", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose]
    language: Mapped[str] = mapped_column(sa.String(10))
    version: Mapped[int]
    label: Mapped[str]  # the choice itself, e.g. "Show my name and job title beside my words"
    detail: Mapped[str]  # where and how, in a sentence
    channels: Mapped[list[str]]
    months: Mapped[int]  # how long a yes lasts
    sha256: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Receipt(Model):
    """What one person said to all purposes asked for one contribution (T27).

    The permissions of a submission or referral link are those of its receipt.
    """

    __tablename__ = "receipt"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(sa.String(20), unique=True)  # e.g. GW-7K2M-9QXA
    advocate_id: Mapped[int] = mapped_column(sa.ForeignKey(Advocate.id), index=True)
    advocate: Mapped[Advocate] = relationship()
    contribution: Mapped[str] = mapped_column(sa.String(60))  # "quote", "review" …, for people
    credit: Mapped[str] = mapped_column(default="")  # how they sign it; empty: name and title
    # What their company was called when they signed; empty: what it is called now.
    company_name: Mapped[str] = mapped_column(sa.String(200), default="")
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)
    events: Mapped[list["ConsentEvent"]] = relationship(
        back_populates="receipt", order_by="ConsentEvent.id"
    )

    @property
    def under_name(self) -> str:
        """The company as it was called when this was agreed to: no other name may be shown."""
        return self.company_name or self.advocate.company.name


class ConsentEvent(Model):
    """One choice at one moment. Append-only, hash-chained; the state is the fold (T24)."""

    __tablename__ = "consent_event"
    __table_args__ = (
        sa.Index("ix_consent_event_receipt_id_purpose_id", "receipt_id", "purpose", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt_id: Mapped[int] = mapped_column(sa.ForeignKey(Receipt.id))
    receipt: Mapped[Receipt] = relationship(back_populates="events")
    purpose: Mapped[Purpose]
    verdict: Mapped[Verdict]
    statement_id: Mapped[int] = mapped_column(sa.ForeignKey(Statement.id))
    statement: Mapped[Statement] = relationship(lazy="joined", innerjoin=True)
    channels: Mapped[list[str]]
    until: Mapped[datetime | None]  # of a yes; none for a no
    text_sha256: Mapped[str] = mapped_column(sa.String(64), default="")
    offer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    language: Mapped[str] = mapped_column(sa.String(10))
    ip_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    user_agent: Mapped[str] = mapped_column(sa.String(40), default="")  # family only
    by: Mapped[str] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)


class Scope(enum.StrEnum):
    """What a company allows on its own behalf (T28)."""

    NAME = "name"
    LOGO = "logo"
    STORY = "story"


class OrgVerdict(enum.StrEnum):
    """What a company said."""

    PENDING = "pending"
    APPROVED = "approved"
    CHANGE = "change-asked"
    FORBIDDEN = "forbidden"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"  # we asked for nothing any more


class Clause(enum.StrEnum):
    """What the contract with a company says about naming it."""

    ALLOWS = "allows"
    FORBIDS = "forbids"
    SILENT = "silent"


class OrgApproval(Model):
    """A customer company's own yes or no, by somebody who may decide for it (T28)."""

    __tablename__ = "org_approval"
    __table_args__ = (
        sa.CheckConstraint("(verdict = 'pending') = (decided_at IS NULL)", name="decided_at"),
        sa.CheckConstraint(
            "verdict <> 'approved' OR (authority <> '' AND (for_name OR for_logo OR for_story))",
            name="approved_by_someone_for_something",
        ),
        sa.Index("ix_org_approval_company_id_verdict", "company_id", "verdict"),
        sa.Index("ix_org_approval_verdict_decided_at_id", "verdict", "decided_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(sa.ForeignKey(Company.id))
    company: Mapped[Company] = relationship(lazy="joined", innerjoin=True)
    receipt_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Receipt.id), index=True)
    receipt: Mapped[Receipt | None] = relationship()  # of the contribution it is about
    company_name: Mapped[str] = mapped_column(sa.String(200), default="")  # as a receipt’s
    clause: Mapped[Clause] = mapped_column(default=Clause.SILENT)

    # The question: who asked whom, for what, and why.
    asked: Mapped[list[str]]  # scopes
    why: Mapped[str] = mapped_column(default="")
    requested_by: Mapped[str] = mapped_column(sa.String(60))
    requested_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_reminded_at: Mapped[datetime | None]
    approver: Mapped[str] = mapped_column(sa.String(150))
    title: Mapped[str] = mapped_column(sa.String(150), default="")
    email: Mapped[str] = mapped_column(sa.String(254))

    # The answer, and how far it goes.
    verdict: Mapped[OrgVerdict] = mapped_column(default=OrgVerdict.PENDING)
    for_name: Mapped[bool] = mapped_column(default=False)
    for_logo: Mapped[bool] = mapped_column(default=False)
    for_story: Mapped[bool] = mapped_column(default=False)
    on_web: Mapped[bool] = mapped_column(default=False)
    in_embeds: Mapped[bool] = mapped_column(default=False)  # our pages as other sites show them
    in_sales: Mapped[bool] = mapped_column(default=False)
    territory: Mapped[str] = mapped_column(sa.String(200), default="")  # empty: everywhere
    until: Mapped[date | None]  # the last day
    text_sha256: Mapped[str] = mapped_column(sa.String(64), default="")  # of a story
    authority: Mapped[str] = mapped_column(default="")  # the sentence they confirmed
    note: Mapped[str] = mapped_column(default="")  # theirs, to us
    decided_at: Mapped[datetime | None]

    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}

    @property
    def name(self) -> str:
        """Who speaks for the company, as the history names them."""
        return self.approver

    @property
    def under_name(self) -> str:
        """What the company was called when it was asked: a yes counts for that name alone."""
        return self.company_name or self.company.name

    @property
    def scopes(self) -> list[Scope]:
        """What a yes covers."""
        return [scope for scope in Scope if getattr(self, f"for_{scope}")]

    @property
    def is_over(self) -> bool:
        return self.until is not None and self.until < clock.now().date()
