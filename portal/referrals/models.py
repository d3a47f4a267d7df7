import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns.models import Invitation
from portal.consent.models import Receipt
from portal.db import Model
from portal.errors import NotAllowed
from portal.incentives.models import Choice
from portal.staff.models import Staff
from portal.undo import lines


class Referral(Model):
    """An advocate's yes to recommending us, under one campaign's terms."""

    __tablename__ = "referral"

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(sa.ForeignKey(Invitation.id), unique=True)
    invitation: Mapped[Invitation] = relationship()
    advocate_id: Mapped[int] = mapped_column(sa.ForeignKey(Advocate.id), index=True)
    advocate: Mapped[Advocate] = relationship()
    promise: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    choice: Mapped[Choice | None]
    rewarding_stage: Mapped[str] = mapped_column(sa.String(20))
    share_text: Mapped[str] = mapped_column(default="")  # theirs, for their own mail or chat
    receipt_id: Mapped[int] = mapped_column(sa.ForeignKey(Receipt.id), unique=True)
    receipt: Mapped[Receipt] = relationship()
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    links: Mapped[list["ReferralLink"]] = relationship(
        back_populates="referral", order_by="ReferralLink.id"
    )


class ReferralLink(Model):
    """One address to share. A label is the advocate's own note, shown to no one else (T30)."""

    __tablename__ = "referral_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(sa.ForeignKey(Referral.id), index=True)
    referral: Mapped[Referral] = relationship(back_populates="links", lazy="joined")
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)  # at least 64 random bits, or
    chosen: Mapped[bool] = mapped_column(default=False)  # a word they chose, guessable by design
    label: Mapped[str] = mapped_column(sa.String(60), default="")  # empty: the general link
    paused_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    leads: Mapped[list["Lead"]] = relationship(back_populates="link", order_by="Lead.id")


class Stage(enum.StrEnum):
    RECEIVED = "received"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    MEETING = "meeting"
    WON = "won"
    LOST = "lost"
    UNQUALIFIED = "unqualified"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"  # the prospect asked us to delete their details


PROGRESS = [Stage.RECEIVED, Stage.CONTACTED, Stage.QUALIFIED, Stage.MEETING, Stage.WON]
FINAL = {Stage.WON, Stage.LOST, Stage.UNQUALIFIED, Stage.DUPLICATE, Stage.WITHDRAWN}


class Lead(Model):
    """A prospect who came through a referral link and gave their own details."""

    __tablename__ = "lead"
    __table_args__ = (
        sa.CheckConstraint("stage <> 'withdrawn' OR email = ''", name="no_details_if_withdrawn"),
        sa.CheckConstraint("value_cents >= 0", name="value_not_negative"),
        sa.Index("ix_lead_stage_id", "stage", "id"),
        sa.Index("ix_lead_stage_created_at_id", "stage", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(sa.ForeignKey(ReferralLink.id), index=True)
    link: Mapped[ReferralLink] = relationship(back_populates="leads")
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254))
    email_key: Mapped[str | None] = mapped_column(sa.String(254), unique=True)
    company: Mapped[str] = mapped_column(sa.String(200))
    company_key: Mapped[str] = mapped_column(sa.String(200), default="", index=True)
    message: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    wants_marketing: Mapped[bool] = mapped_column(default=False)
    tells_referrer: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[Stage] = mapped_column(default=Stage.RECEIVED)
    domain: Mapped[str] = mapped_column(sa.String(254), default="", index=True)  # of the address
    mailbox: Mapped[str] = mapped_column(sa.String(254), default="", index=True)  # spelling folded
    network: Mapped[str] = mapped_column(sa.String(24), default="", index=True)  # a hash, 2 days
    source: Mapped[str] = mapped_column(sa.String(8), default="link")  # "link" or "qr"
    prospect_promise: Mapped[str] = mapped_column(sa.String(200), default="")  # as they read it
    prospect_cents: Mapped[int] = mapped_column(default=0, server_default="0")  # what it is worth
    no_reward: Mapped[str] = mapped_column(sa.String(20), default="")  # a key of words.NO_REWARD
    handed_on: Mapped[int] = mapped_column(default=0)  # how often another link came to count
    alike_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lead.id"), index=True)
    alike: Mapped["Lead | None"] = relationship(remote_side="Lead.id")  # an earlier, maybe the same

    # What the sales people know of it.
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Staff.id), index=True)
    owner: Mapped[Staff | None] = relationship()
    value_cents: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3), default="EUR")
    crm_id: Mapped[str | None] = mapped_column(sa.String(100), unique=True)

    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    moves: Mapped[list["StageMove"]] = relationship(back_populates="lead", order_by="StageMove.id")
    signals: Mapped[list["LeadSignal"]] = relationship(
        back_populates="lead",
        order_by="LeadSignal.id",
        lazy="selectin",
        cascade="all, delete-orphan",
    )
    claims: Mapped[list["Claim"]] = relationship(
        back_populates="lead", order_by="Claim.id", cascade="all, delete-orphan"
    )
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}

    @property
    def open_signals(self) -> list["LeadSignal"]:
        """What a person still has to look at before a reward may go out."""
        return [one for one in self.signals if one.is_open]

    @property
    def hold(self) -> str:
        """Why the reward waits, in plain words (T35); empty when nothing is open."""
        return " ".join(one.reason for one in self.open_signals)

    @property
    def reason(self) -> str:
        """What the ledger calls its reward; handed on, it is another reward for someone else."""
        return f"{self.subject}/{self.handed_on}" if self.handed_on else self.subject

    @property
    def way(self) -> list["StageMove"]:
        """The steps it has gone, oldest first, without those that an undo took back."""
        return lines.left(self.moves, lambda one: one.how)

    def allows(self, stage: Stage) -> bool:
        """Staff move freely along the way and to any end; the ends are final."""
        return self.stage not in FINAL and stage not in {self.stage, Stage.WITHDRAWN}

    def move(self, stage: Stage) -> None:
        if not self.allows(stage):
            raise NotAllowed(f"This lead is {self.stage}, and cannot become {stage}.")
        self.stage = stage


class StageMove(Model):
    """One step of a lead, kept for the timeline. One that was undone stays; a step more says so."""

    __tablename__ = "stage_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey(Lead.id), index=True)
    lead: Mapped[Lead] = relationship(back_populates="moves")
    stage: Mapped[Stage]
    how: Mapped[str] = mapped_column(sa.String(20), default="", server_default="")  # lines.UNDONE
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[str] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Severity(enum.StrEnum):
    """What a signal does to the reward until a person has looked. None of them refuses a lead."""

    NOTE = "note"  # said to staff; the reward goes on
    HOLD = "hold"  # the reward waits
    NO_REWARD = "no reward"  # none is owed, unless a person says otherwise


class RiskRule(Model):
    """How an owner set one rule; a rule without a row is as it came (``signals.RULES``)."""

    __tablename__ = "risk_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(30), unique=True)
    is_on: Mapped[bool]
    severity: Mapped[Severity]
    threshold: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class LeadSignal(Model):
    """What a rule noticed about a lead, and what a person made of it."""

    __tablename__ = "lead_signal"
    __table_args__ = (
        sa.UniqueConstraint("lead_id", "rule"),
        sa.CheckConstraint("(cleared_at IS NULL) = (\"by\" = '')", name="cleared_by_someone"),
        sa.Index(
            "ix_lead_signal_unseen",
            "at",
            "id",
            sqlite_where=sa.text("cleared_at IS NULL AND severity != 'note'"),
            postgresql_where=sa.text("cleared_at IS NULL AND severity != 'note'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey(Lead.id))
    lead: Mapped[Lead] = relationship(back_populates="signals")
    rule: Mapped[str] = mapped_column(sa.String(30))
    severity: Mapped[Severity]
    reason: Mapped[str]  # names no address and accuses nobody
    at: Mapped[datetime] = mapped_column(default=clock.now)
    cleared_at: Mapped[datetime | None]
    by: Mapped[str] = mapped_column(sa.String(60), default="")
    note: Mapped[str] = mapped_column(default="")

    @property
    def is_open(self) -> bool:
        return self.cleared_at is None and self.severity is not Severity.NOTE


class Claim(Model):
    """A link someone came through, or was given to by a colleague, and whether it counts."""

    __tablename__ = "lead_claim"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey(Lead.id), index=True)
    lead: Mapped[Lead] = relationship(back_populates="claims")
    link_id: Mapped[int] = mapped_column(sa.ForeignKey(ReferralLink.id), index=True)
    link: Mapped[ReferralLink] = relationship()
    rule: Mapped[str] = mapped_column(sa.String(20))  # a key of attribution.WHY
    counts: Mapped[bool]  # from then on the lead was this link's
    note: Mapped[str] = mapped_column(default="")  # of the colleague who decided by hand
    by: Mapped[str] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(default=clock.now)


class KnownContact(Model):
    """A customer or open opportunity, as a hash: no reward is promised for bringing them."""

    __tablename__ = "known_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)  # of a mailbox or a domain
    added_at: Mapped[datetime] = mapped_column(default=clock.now)


class StageImport(Model):
    """A file of stage changes from the CRM, from its preview until it is applied."""

    __tablename__ = "stage_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str] = mapped_column(sa.String(200))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)  # emptied when applied
    meanings: Mapped[dict[str, str]] = mapped_column(  # a word of theirs → a stage; "": left out
        sa.JSON, default=dict, server_default="{}"
    )
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # outcome → lines, when applied
    refused: Mapped[list[str]] = mapped_column(default=list)  # "Line 7: …", when applied
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    staff: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    applied_at: Mapped[datetime | None]
