import enum
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model


class Who(enum.StrEnum):
    STAFF = "staff"
    ADVOCATE = "advocate"


class Way(enum.StrEnum):
    """How someone proved who they are."""

    LINK = "link"  # a signed link from a mail
    PASSWORD = "password"
    CODE = "code"  # a password and a code
    PASSKEY = "passkey"
    COMPANY = "company"  # their company’s own sign-in

    @property
    def is_strong(self) -> bool:
        """Whether a stolen password alone would not do."""
        return self not in (Way.LINK, Way.PASSWORD)


CONFIRMED = timedelta(minutes=10)  # how long "it is you" holds for dangerous acts

# How long without a click, and how long at all.
IDLE = {Who.STAFF: timedelta(hours=12), Who.ADVOCATE: timedelta(hours=2)}
ABSOLUTE = {Who.STAFF: timedelta(days=7), Who.ADVOCATE: timedelta(hours=24)}


class Session(Model):
    """One person signed in on one browser. The cookie holds the token, this row its hash."""

    __tablename__ = "session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    who: Mapped[Who]
    person_id: Mapped[int] = mapped_column(index=True)
    user_agent: Mapped[str] = mapped_column(sa.String(200), default="")
    way: Mapped[Way] = mapped_column(default=Way.LINK)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    acted_at: Mapped[datetime] = mapped_column(default=clock.now)  # looking is no act
    confirmed_at: Mapped[datetime] = mapped_column(default=clock.now)  # last proof that it is them
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
