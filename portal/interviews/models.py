import enum
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns.models import Invitation
from portal.db import Model
from portal.errors import NotAllowed
from portal.events.models import new_uid
from portal.staff.models import Staff

MINUTES = 30
SLOTS = 3  # that each side may name at once


class Medium(enum.StrEnum):
    VIDEO = "video"
    PHONE = "phone"


class State(enum.StrEnum):
    ASKED = "asked"  # with us: choose one of their times
    PROPOSED = "proposed"  # with them: choose one of ours
    CONFIRMED = "confirmed"
    HELD = "held"  # with them again: the words are theirs to write
    OFF = "off"


# "ask" again names other times; what was agreed on is first called off.
MOVES = {
    "ask": ({State.ASKED, State.PROPOSED, State.OFF}, State.ASKED),
    "propose": ({State.ASKED, State.PROPOSED}, State.PROPOSED),
    "confirm": ({State.ASKED}, State.CONFIRMED),
    "accept": ({State.PROPOSED}, State.CONFIRMED),
    "hold": ({State.CONFIRMED}, State.HELD),
    "call off": ({State.ASKED, State.PROPOSED, State.CONFIRMED}, State.OFF),
}


class Interview(Model):
    """A talk someone would rather have than write alone. It makes no words of theirs: staff keep
    notes, which stand beside the questions as a reminder (T1)."""

    __tablename__ = "interview"
    __table_args__ = (
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'held') OR starts_at IS NOT NULL",
            name="starts_at_if_confirmed",
        ),
        sa.CheckConstraint("(state = 'held') = (held_at IS NOT NULL)", name="held_at_if_held"),
        sa.Index("ix_interview_state_asked_at_id", "state", "asked_at", "id"),
        sa.Index("ix_interview_state_starts_at_id", "state", "starts_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    advocate_id: Mapped[int] = mapped_column(sa.ForeignKey(Advocate.id), index=True)
    advocate: Mapped[Advocate] = relationship(lazy="joined", innerjoin=True)
    invitation_id: Mapped[int] = mapped_column(sa.ForeignKey(Invitation.id))
    invitation: Mapped[Invitation] = relationship()
    reason: Mapped[str] = mapped_column(sa.String(60), unique=True)  # e.g. ``submission:7``
    state: Mapped[State] = mapped_column(default=State.ASKED)
    medium: Mapped[Medium]
    phone: Mapped[str] = mapped_column(sa.String(60), default="")
    topics: Mapped[str] = mapped_column(default="")  # what they would like to talk about
    slots: Mapped[list[str]]  # the moments named last, by either side, as ISO texts in UTC
    time_zone: Mapped[str] = mapped_column(sa.String(60))  # of whoever is interviewed
    starts_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(sa.String(500), default="")
    note: Mapped[str] = mapped_column(default="")  # staff's newest word to them
    reminder: Mapped[str] = mapped_column(default="")  # what was talked about, as staff noted it
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Staff.id))
    staff: Mapped[Staff | None] = relationship()
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    held_at: Mapped[datetime | None]

    # What calendars know it by.
    uid: Mapped[str] = mapped_column(sa.String(40), unique=True, default=new_uid)
    sequence: Mapped[int] = mapped_column(default=0)

    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}

    @property
    def reason_id(self) -> int:
        """The number of the contribution it is for."""
        return int(self.reason.rpartition(":")[2])

    @property
    def moments(self) -> list[datetime]:
        """The times named last that are still to come."""
        named = (datetime.fromisoformat(slot) for slot in self.slots)
        return [moment for moment in named if moment > clock.now()]

    @property
    def ends_at(self) -> datetime | None:
        return self.starts_at and self.starts_at + timedelta(minutes=MINUTES)

    @property
    def is_over(self) -> bool:
        return self.ends_at is not None and self.ends_at <= clock.now()

    @property
    def is_ahead(self) -> bool:
        return self.allows("call off")

    def allows(self, move: str) -> bool:
        return self.state in MOVES[move][0]

    def move(self, move: str) -> None:
        if not self.allows(move):
            raise NotAllowed("This interview has moved on meanwhile. Look at where it stands now.")
        self.state = MOVES[move][1]
