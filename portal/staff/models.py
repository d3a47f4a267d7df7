import enum
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model
from portal.sessions.models import Session


class Role(enum.StrEnum):
    """Each may do what the ones after it may, and more."""

    OWNER = "owner"  # settings, people, money
    EDITOR = "editor"  # everything a day's work needs
    VIEWER = "viewer"  # looks, touches nothing

    @property
    def rank(self) -> int:
        return list(Role).index(self)


class Staff(Model):
    """Someone at our own company."""

    __tablename__ = "staff"
    __table_args__ = (sa.UniqueConstraint("sso_issuer", "sso_subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    role: Mapped[Role]
    password_hash: Mapped[str | None]  # none until the set-up link was used
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    # Their second factors. The seed of the codes is sealed (see ``portal.sealing``).
    totp_secret: Mapped[str | None]
    totp_step: Mapped[int | None] = mapped_column(sa.BigInteger)  # of the last code they used
    # Who they are to the company’s own sign-in: never their mail address, which may change hands.
    sso_issuer: Mapped[str | None] = mapped_column(sa.String(300))
    sso_subject: Mapped[str | None] = mapped_column(sa.String(255))

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def may(self, role: Role | str) -> bool:
        """Whether they may do what this role may; templates say it as a word."""
        return self.role.rank <= Role(role).rank

    if TYPE_CHECKING:
        session_token: str | None  # of this request's browser; not a column
        session_row: Session | None  # and what we keep of it
    else:
        session_token = session_row = None

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the session's token, never the person's id."""
        return self.session_token or ""


class Passkey(Model):
    """A key on someone’s device. We hold the public half; it proves nothing to others."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    credential: Mapped[str] = mapped_column(sa.String(1400), unique=True)  # its id, base64url
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    uses: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # as the device counts
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    used_at: Mapped[datetime | None]


class RecoveryCode(Model):
    """A way in for someone whose device is gone; it opens once. Only its hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    used_at: Mapped[datetime | None]
