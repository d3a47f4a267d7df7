import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.advocates.models import Advocate, Company
from portal.db import Model
from portal.staff.models import Staff
from portal.undo import lines


class OfferKind(enum.StrEnum):
    GIFT_CARD = "gift-card"
    CREDIT = "credit"
    DONATION = "donation"
    SWAG = "swag"
    EARLY_ACCESS = "early-access"


class Issuing(enum.StrEnum):
    """How an approved reward reaches whoever earned it. By hand is always possible."""

    BY_HAND = "by-hand"
    CODE = "code"  # the next one of a pool that staff uploaded
    PAYOUT = "payout"  # told to the operator's own payment system


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
    version: Mapped[int] = mapped_column(default=1, server_default="1")  # of all of it, for staff
    issuing: Mapped[Issuing] = mapped_column(
        default=Issuing.BY_HAND, server_default=Issuing.BY_HAND.value
    )
    retired_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __mapper_args__ = {"version_id_col": version}

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


class Outcome(enum.StrEnum):
    """What came of a reward, as it has to be said beside words (T10)."""

    PROMISED = "promised"  # and not sent yet
    GIVEN = "given"
    NOT_GIVEN = "not given"


class RewardState(enum.StrEnum):
    ACCRUED = "accrued"
    HELD = "held"
    APPROVED = "approved"
    ISSUED = "issued"
    DECLINED = "declined"
    VOID = "void"

    @property
    def word(self) -> str:
        """As people read it: what bookkeepers call accrued is due."""
        return "due" if self is RewardState.ACCRUED else self.value

    @property
    def outcome(self) -> Outcome:
        """What readers are told of it: a promise counts as given once it was sent, never before."""
        if self is RewardState.ISSUED:
            return Outcome.GIVEN
        gone = self in (RewardState.DECLINED, RewardState.VOID)
        return Outcome.NOT_GIVEN if gone else Outcome.PROMISED


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
    campaign: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")
    not_before: Mapped[datetime | None]  # approvable from then on
    waits_since: Mapped[datetime | None]  # for a person of ours; none: nobody has to look
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    entries: Mapped[list["RewardEntry"]] = relationship(
        back_populates="reward", order_by="RewardEntry.id", lazy="selectin"
    )

    code: Mapped["RewardCode | None"] = relationship(back_populates="reward")
    payout: Mapped["Payout | None"] = relationship(back_populates="reward")

    @property
    def state(self) -> RewardState:
        return self.entries[-1].state

    @property
    def line(self) -> "RewardEntry":
        """The line it stands on: the newest, or the one that an undo went back to."""
        return lines.standing(self.entries, lambda one: one.how)

    @property
    def early_until(self) -> datetime | None:
        """The day its terms allow it from, while that is ahead and it waits for a yes."""
        waits = self.state in (RewardState.ACCRUED, RewardState.HELD)
        return self.not_before if waits and early(self.not_before) else None

    @property
    def stands(self) -> bool:
        """Whether it ever came to be owed, but for a slip that was undone at once."""
        return bool(lines.left(self.entries, lambda one: one.how))

    @property
    def has_code(self) -> bool:
        """Whether a code was given for it: one whose giving was undone is kept for it, unseen."""
        return self.code is not None and self.line.how == "code"

    @property
    def cause(self) -> str:
        """What it is for, as staff read it, who did not earn it."""
        return cause(self.explanation)


def early(day: datetime | None) -> bool:
    """Whether terms that name this day do not allow it yet."""
    return day is not None and clock.now() < day


def cause(explanation: str) -> str:
    """What a reward is for, said of somebody else: “Their quote”."""
    return explanation.replace("Your ", "Their ", 1)


class RewardEntry(Model):
    """A line of the ledger. Never edited; a correction is a new line."""

    __tablename__ = "reward_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    reward_id: Mapped[int] = mapped_column(sa.ForeignKey(Reward.id), index=True)
    reward: Mapped[Reward] = relationship(back_populates="entries")
    state: Mapped[RewardState]
    how: Mapped[str] = mapped_column(sa.String(20), default="", server_default="")
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[str] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(default=clock.now)


# ── Pools of codes ─────────────────────────────────────────────────────────────────────────


class CodeUpload(Model):
    """A file of codes as staff sent it, sealed; emptied once its codes are in the pool."""

    __tablename__ = "code_upload"
    __table_args__ = (
        sa.CheckConstraint("(added IS NULL) = (applied_at IS NULL)", name="added_if_applied"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey(Offer.id))
    offer: Mapped[Offer] = relationship()
    filename: Mapped[str] = mapped_column(sa.String(200))
    content: Mapped[bytes]
    added: Mapped[int | None]
    refused: Mapped[list[str]] = mapped_column(default=list)  # as sentences, without the codes
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    staff: Mapped[Staff] = relationship()
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    applied_at: Mapped[datetime | None]


class RewardCode(Model):
    """One code that can be given once; sealed, so that a copy of the database gives none away."""

    __tablename__ = "reward_code"
    __table_args__ = (
        sa.CheckConstraint("(reward_id IS NULL) = (given_at IS NULL)", name="given_at_if_given"),
        sa.Index("ix_reward_code_offer_id_reward_id", "offer_id", "reward_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey(Offer.id))
    upload_id: Mapped[int] = mapped_column(sa.ForeignKey(CodeUpload.id))
    sealed: Mapped[bytes]
    fingerprint: Mapped[str] = mapped_column(sa.String(64), unique=True)
    expires_on: Mapped[date | None]
    reward_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Reward.id), unique=True)
    reward: Mapped[Reward | None] = relationship(back_populates="code")
    given_at: Mapped[datetime | None]


# ── Payouts ────────────────────────────────────────────────────────────────────────────────


class PayoutState(enum.StrEnum):
    WAITING = "waiting"
    PAID = "paid"
    FAILED = "failed"  # given up; a person decides
    CALLED_OFF = "called-off"  # sent by hand instead, or nobody is left to pay


class Payout(Model):
    """One order to the operator's payment system. Its key and its words never change."""

    __tablename__ = "payout"
    __table_args__ = (
        sa.CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="paid_at_if_paid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reward_id: Mapped[int] = mapped_column(sa.ForeignKey(Reward.id), unique=True)
    reward: Mapped[Reward] = relationship(back_populates="payout")
    key: Mapped[str] = mapped_column(sa.String(36), unique=True)
    payload: Mapped[dict[str, Any]]  # emptied once it is settled
    state: Mapped[PayoutState] = mapped_column(default=PayoutState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    not_before: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def under_way(self) -> bool:
        """Whether it may be paid at any moment, so that nothing else may happen to the reward."""
        return self.state is PayoutState.WAITING


# ── Who may be given anything ──────────────────────────────────────────────────────────────


class RuleKind(enum.StrEnum):
    """Whose law or custom a gift rule is about."""

    COUNTRY = "country"
    SECTOR = "sector"


class GiftRule(Model):
    """One version of the most a reward may be worth for some people. Never edited (T13)."""

    __tablename__ = "gift_rule"
    __table_args__ = (
        sa.UniqueConstraint("kind", "name_key", "version"),
        sa.CheckConstraint("most_cents IS NULL OR most_cents >= 0", name="most_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RuleKind]
    name: Mapped[str] = mapped_column(sa.String(100))  # as customers’ rows spell it
    name_key: Mapped[str] = mapped_column(sa.String(100))  # the same in lower case
    version: Mapped[int]
    most_cents: Mapped[int | None]  # 0: no rewards; none: no limit any more
    currency: Mapped[str] = mapped_column(sa.String(3))
    why: Mapped[str] = mapped_column(sa.String(300))
    by: Mapped[str] = mapped_column(sa.String(60))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class GiftException(Model):
    """An offer for a person, or a whole company, where offers are off: one of the staff asks for
    it and says why, and counts for nothing until another one agrees (T13)."""

    __tablename__ = "gift_exception"
    __table_args__ = (
        sa.CheckConstraint("(advocate_id IS NULL) <> (company_id IS NULL)", name="one_of_the_two"),
        sa.CheckConstraint("decided_by_id <> asked_by_id", name="a_second_person"),
        sa.CheckConstraint("(allowed IS NULL) = (decided_at IS NULL)", name="decided_at_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    advocate_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Advocate.id), index=True)
    advocate: Mapped[Advocate | None] = relationship()
    company_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Company.id), index=True)
    company: Mapped[Company | None] = relationship()
    reason: Mapped[str] = mapped_column(sa.String(500))
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    asked_by: Mapped[Staff] = relationship(foreign_keys=asked_by_id)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Staff.id))
    decided_by: Mapped[Staff | None] = relationship(foreign_keys=decided_by_id)
    decided_at: Mapped[datetime | None]
    allowed: Mapped[bool | None]
    ended_at: Mapped[datetime | None]
