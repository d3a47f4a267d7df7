import enum
from datetime import datetime
from typing import Any, TypedDict

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.addresses import canonical_email
from portal.db import Model


def key_of(address: str) -> str:
    """Under which all mail to one mailbox is found, however either is spelled."""
    try:
        return canonical_email(address)
    except UnicodeError:  # no address at all
        return address.strip().lower()


class MailClass(enum.StrEnum):
    """Marketing mail can be stopped (T38); service mail answers what a person did."""

    MARKETING = "marketing"
    SERVICE = "service"


class State(enum.StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    STOPPED = "stopped"  # the person stopped mail before it left
    FAILED = "failed"  # given up; visible to staff


class Attachment(TypedDict):
    """A text that travels with a mail; it holds no token."""

    name: str
    type: str  # text/calendar
    params: dict[str, str]  # of the type
    text: str


class Message(Model):
    """A mail on its way. Its Message-ID never changes, however often a crash repeats it."""

    __tablename__ = "message"
    __table_args__ = (
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_if_sent"),
        sa.Index("ix_message_state_id", "state", "id"),
        sa.Index("ix_message_recipient_key_id", "recipient_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_class: Mapped[MailClass]
    recipient: Mapped[str] = mapped_column(sa.String(254))  # as its owner writes it
    recipient_key: Mapped[str] = mapped_column(
        sa.String(254),
        server_default="",
        default=lambda row: key_of(row.get_current_parameters()["recipient"]),
    )
    template: Mapped[str] = mapped_column(sa.String(60))
    context: Mapped[dict[str, Any]]  # plain words for the template; never a token
    links: Mapped[dict[str, Any]]  # name → [kind, subject, until]; minted when the mail leaves
    attachment: Mapped[Attachment | None] = mapped_column(sa.JSON(none_as_null=True))
    about: Mapped[str] = mapped_column("subject", sa.String(60), index=True)
    state: Mapped[State] = mapped_column(default=State.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    not_before: Mapped[datetime | None]
    zone: Mapped[str] = mapped_column(sa.String(60), default="")  # whose night it respects
    sent_at: Mapped[datetime | None]

    @classmethod
    def went_to(cls, address: str) -> sa.ColumnElement[bool]:
        """Whether a mail is to this mailbox; no part of an address is one."""
        return cls.recipient_key == key_of(address)


class Suppression(Model):
    """An address that wants no marketing mail; kept as a hash, so it survives erasure."""

    __tablename__ = "suppression"

    address_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(60))
    hint: Mapped[str] = mapped_column(sa.String(254), default="")  # s•••@smith.info
    note: Mapped[str] = mapped_column(sa.String(300), default="")  # what the other side said
    all_mail: Mapped[bool] = mapped_column(default=False)  # service mail too, while restricted
    at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def sentence(self) -> str:
        """Why no marketing mail goes there."""
        if self.reason == "bounced":
            return f"Mail to this address came back on {self.at.day} {self.at:%B %Y}."
        return "This address asked for no more mail."


class MailWording(Model):
    """What the owners wrote in place of our words, as one version; empty means ours again."""

    __tablename__ = "mail_wording"
    __table_args__ = (sa.UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))  # of the mail, or “signature”
    version: Mapped[int]
    line: Mapped[str] = mapped_column("subject", default="")
    opening: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def is_ours(self) -> bool:
        """Whether it puts our own words back."""
        return not (self.line or self.opening)

    @property
    def words(self) -> dict[str, str]:
        """What was written, by part."""
        return {"subject": self.line, "opening": self.opening}
