import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model


class Kind(enum.StrEnum):
    """What a link is good for. Each kind signs with a salt of its own."""

    INVITATION = "invitation"  # an advocate's way in
    SETUP = "setup"  # a staff member sets their password
    RESET = "reset"  # and sets it again, having forgotten it
    RECEIPT = "receipt"  # see and withdraw consents without signing in
    PROSPECT = "prospect"  # a referred person sees and deletes their details
    COMPANY = "company"  # a company's own yes to its name, logo or story
    RENEWAL = "renewal"  # are these words still right?
    REWARD = "reward"  # the way to a reward that was sent
    MUTE = "mute"  # no more mails about what their words did
    STOP = "stop"  # no more invitations (RFC 8058 one-click)


# Where each kind leads, and for how many days it may (the row's own date can only be sooner).
DOORS = {
    Kind.INVITATION: ("/i/", 180),
    Kind.SETUP: ("/staff/setup/", 7),
    Kind.RESET: ("/staff/reset/", 1),
    Kind.RECEIPT: ("/c/", 365 * 6),
    Kind.PROSPECT: ("/p/", 365),
    Kind.COMPANY: ("/company/", 365 * 6),
    Kind.RENEWAL: ("/renew/", 365 * 2),
    Kind.REWARD: ("/w/", 180),
    Kind.MUTE: ("/mute/", 365 * 2),
    Kind.STOP: ("/stop/", 365 * 6),
}


class Link(Model):
    """The authority behind a signed link. Only a hash of its secret is kept."""

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    kind: Mapped[Kind]
    about: Mapped[str] = mapped_column("subject", sa.String(60), index=True)
    sent_to: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]

    @property
    def subject_id(self) -> int:
        return int(self.about.rpartition(":")[2])


class Code(Model):
    """Six digits that open one thing, for whoever has the address they were mailed to."""

    __tablename__ = "code"
    __table_args__ = (sa.CheckConstraint("tries BETWEEN 0 AND 5", name="five_tries"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column("subject", sa.String(60), index=True)
    address_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)  # one code an address
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
