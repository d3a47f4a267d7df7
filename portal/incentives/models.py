import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.advocates.models import Advocate
from portal.db import Model


class OfferKind(enum.StrEnum):
    GIFT_CARD = "gift-card"
    CREDIT = "credit"
    DONATION = "donation"
    SWAG = "swag"
    EARLY_ACCESS = "early-access"


class Offer(Model):
    """A reward on the table. Changing its terms makes a new version of them (T15)."""

    __tablename__ = "offer"
    __table_args__ = (sa.CheckConstraint("value_cents >= 0", name="value_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)  # for staff
    kind: Mapped[OfferKind]
    reward: Mapped[str] = mapped_column(sa.String(120))  # in a sentence: "a €25 gift card"
    value_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    charity: Mapped[str] = mapped_column(sa.String(120), default="")  # may be donated here instead
    terms: Mapped[str]
    terms_version: Mapped[int] = mapped_column(default=1)
    retired_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    def promise(self) -> dict[str, Any]:
        """What is promised now, to be kept with whatever was promised it (T10, T15)."""
        return {
            "offer_id": self.id,
            "kind": self.kind.value,
            "reward": self.reward,
            "value_cents": self.value_cents,
            "currency": self.currency,
            "charity": self.charity,
            "terms_version": self.terms_version,
            "terms": self.terms,
            "offered_at": clock.now().isoformat(timespec="seconds"),
        }


class Choice(enum.StrEnum):
    """What an advocate said to an offer, before giving their words (T11)."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONATED = "donated"


class RewardState(enum.StrEnum):
    ACCRUED = "accrued"
    HELD = "held"
    APPROVED = "approved"
    ISSUED = "issued"
    DECLINED = "declined"
    VOID = "void"


class Reward(Model):
    """One reward owed for one reason, once. Its state is its newest ledger entry."""

    __tablename__ = "reward"
    __table_args__ = (
        sa.Index("ix_reward_pot_advocate_id", "pot", "advocate_id"),
        sa.Index("ix_reward_waits_since_id", "waits_since", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    advocate_id: Mapped[int] = mapped_column(sa.ForeignKey(Advocate.id), index=True)
    advocate: Mapped[Advocate] = relationship()
    reason: Mapped[str] = mapped_column(sa.String(60), unique=True)  # "submission:7", "lead:3"
    explanation: Mapped[str] = mapped_column(sa.String(200))  # "Your quote", "Lead via “Maya”"
    promise: Mapped[dict[str, Any]]
    donated: Mapped[bool] = mapped_column(default=False)
    pot: Mapped[str] = mapped_column(sa.String(60), default="")  # what its limits are counted in
    not_before: Mapped[datetime | None]  # approvable from then on
    waits_since: Mapped[datetime | None]  # for a person of ours; none: nobody has to look
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    entries: Mapped[list["RewardEntry"]] = relationship(
        back_populates="reward", order_by="RewardEntry.id", lazy="selectin"
    )

    @property
    def state(self) -> RewardState:
        return self.entries[-1].state


class RewardEntry(Model):
    """A line of the ledger. Never edited; a correction is a new line."""

    __tablename__ = "reward_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    reward_id: Mapped[int] = mapped_column(sa.ForeignKey(Reward.id), index=True)
    reward: Mapped[Reward] = relationship(back_populates="entries")
    state: Mapped[RewardState]
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[str] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(default=clock.now)
