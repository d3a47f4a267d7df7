import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model


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

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    role: Mapped[Role]
    password_hash: Mapped[str | None]  # none until the set-up link was used
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def may(self, role: Role | str) -> bool:
        """Whether they may do what this role may; templates say it as a word."""
        return self.role.rank <= Role(role).rank

    session_token = None  # of this request's browser; not a column

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the session's token, never the person's id."""
        return self.session_token or ""
