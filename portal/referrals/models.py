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
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)  # at least 64 random bits
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
        sa.Index("ix_lead_stage_id", "stage", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(sa.ForeignKey(ReferralLink.id), index=True)
    link: Mapped[ReferralLink] = relationship(back_populates="leads")
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254))
    email_key: Mapped[str | None] = mapped_column(sa.String(254), unique=True)
    company: Mapped[str] = mapped_column(sa.String(200))
    message: Mapped[str] = mapped_column(default="")
    wants_marketing: Mapped[bool] = mapped_column(default=False)
    tells_referrer: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[Stage] = mapped_column(default=Stage.RECEIVED)
    hold: Mapped[str] = mapped_column(default="")  # why no reward yet, in plain words (T35)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    moves: Mapped[list["StageMove"]] = relationship(back_populates="lead", order_by="StageMove.id")
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}

    def allows(self, stage: Stage) -> bool:
        """Staff move freely along the way and to any end; the ends are final."""
        return self.stage not in FINAL and stage not in {self.stage, Stage.WITHDRAWN}

    def move(self, stage: Stage) -> None:
        if not self.allows(stage):
            raise NotAllowed(f"This lead is {self.stage}, and cannot become {stage}.")
        self.stage = stage


class StageMove(Model):
    """One step of a lead, kept for the timeline."""

    __tablename__ = "stage_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey(Lead.id), index=True)
    lead: Mapped[Lead] = relationship(back_populates="moves")
    stage: Mapped[Stage]
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[str] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(default=clock.now)
