import enum
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model


class Who(enum.StrEnum):
    STAFF = "staff"
    ADVOCATE = "advocate"


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
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
