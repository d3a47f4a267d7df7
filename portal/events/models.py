import enum
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns.models import Invitation
from portal.db import Model
from portal.errors import NotAllowed
from portal.staff.models import Staff


class Format(enum.StrEnum):
    TALK = "talk"
    PANEL = "panel"
    INTERVIEW = "interview"
    USER_GROUP = "user-group"


class State(enum.StrEnum):
    OPEN = "open"  # customers may offer to speak
    FULL = "full"  # every seat is confirmed
    HELD = "held"
    CANCELLED = "cancelled"


MOVES = {
    "fill": ({State.OPEN}, State.FULL),
    "reopen": ({State.FULL}, State.OPEN),
    "hold": ({State.OPEN, State.FULL}, State.HELD),
    "cancel": ({State.OPEN, State.FULL}, State.CANCELLED),
}


class SpeakerState(enum.StrEnum):
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    DECLINED = "declined"  # by us: not this time
    RELEASED = "released"  # no longer speaks: took it back, or we took them off


def new_uid() -> str:
    return secrets.token_hex(16)


class Event(Model):
    """A session with customers on the stage, at one moment of the world’s time."""

    __tablename__ = "event"
    __table_args__ = (
        sa.CheckConstraint("minutes BETWEEN 5 AND 1440", name="minutes_of_a_day"),
        sa.CheckConstraint("seats BETWEEN 1 AND 50", name="seats_on_a_stage"),
        sa.Index("ix_event_state_starts_at", "state", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(150))
    description: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    time_zone: Mapped[str] = mapped_column(sa.String(60))  # IANA: where its host looks at a clock
    place: Mapped[str] = mapped_column(sa.String(500), default="")  # for confirmed speakers alone
    format: Mapped[Format]
    seats: Mapped[int] = mapped_column(default=1)  # for speakers
    state: Mapped[State] = mapped_column(default=State.OPEN)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    staff: Mapped[Staff] = relationship()
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    # What calendars know it by: the name never changes, the number grows with each change.
    uid: Mapped[str] = mapped_column(sa.String(40), unique=True, default=new_uid)
    sequence: Mapped[int] = mapped_column(default=0)

    speakers: Mapped[list["Speaker"]] = relationship(
        back_populates="event", order_by="Speaker.id", lazy="selectin"
    )
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_over(self) -> bool:
        return self.ends_at <= clock.now()

    @property
    def is_open(self) -> bool:
        """Whether a customer may still offer to speak."""
        return self.state is State.OPEN and self.starts_at > clock.now()

    @property
    def is_ahead(self) -> bool:
        return self.state in (State.OPEN, State.FULL)

    def those(self, state: SpeakerState) -> list["Speaker"]:
        return [speaker for speaker in self.speakers if speaker.state == state]

    @property
    def confirmed(self) -> list["Speaker"]:
        return self.those(SpeakerState.CONFIRMED)

    def move(self, move: str) -> None:
        allowed, after = MOVES[move]
        if self.state not in allowed:
            raise NotAllowed(f"This event is {self.state}, so that cannot be done any more.")
        self.state = after


class Speaker(Model):
    """Someone’s offer to speak, at one event or (without one) whenever it suits, and our answer."""

    __tablename__ = "speaker"
    __table_args__ = (
        sa.CheckConstraint(
            "state <> 'confirmed' OR (event_id IS NOT NULL AND confirmed_at IS NOT NULL)",
            name="confirmed_for_an_event",
        ),
        sa.Index("ix_speaker_state_created_at_id", "state", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Event.id), index=True)
    event: Mapped[Event | None] = relationship(back_populates="speakers")
    advocate_id: Mapped[int] = mapped_column(sa.ForeignKey(Advocate.id), index=True)
    advocate: Mapped[Advocate] = relationship(lazy="joined", innerjoin=True)
    invitation_id: Mapped[int] = mapped_column(sa.ForeignKey(Invitation.id))
    invitation: Mapped[Invitation] = relationship()
    reason: Mapped[str] = mapped_column(sa.String(60), unique=True)  # e.g. ``submission:7``
    topic: Mapped[str] = mapped_column(default="")
    dates: Mapped[str] = mapped_column(default="")  # that suit, in their words
    state: Mapped[SpeakerState] = mapped_column(default=SpeakerState.OFFERED)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]

    @property
    def is_free(self) -> bool:
        """Whether it waits for an event: it is for none, or for one that nobody can be given a
        place at any more."""
        closed = self.event is not None and not self.event.is_ahead
        return self.state is SpeakerState.OFFERED and (self.event is None or closed)

    @property
    def is_settled(self) -> bool:
        """Whether it was answered, or taken back."""
        return self.state is not SpeakerState.OFFERED

    @property
    def speaks(self) -> bool:
        """Whether they have a place at an event that is still to come, or is on now."""
        event = self.event
        return (
            self.state is SpeakerState.CONFIRMED
            and event is not None
            and event.is_ahead
            and not event.is_over
        )

    @property
    def reason_id(self) -> int:
        """The number of the contribution it came with."""
        return int(self.reason.rpartition(":")[2])
