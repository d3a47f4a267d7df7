from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model, db


class Entry(Model):
    """One act: ``staff:3`` did ``approved`` to ``submission:7``, with a note for people."""

    __tablename__ = "history"
    __table_args__ = (
        sa.Index("ix_history_subject_id", "subject", "id"),
        sa.Index("ix_history_verb_id", "verb", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column("subject", sa.String(60))
    verb: Mapped[str] = mapped_column(sa.String(60))
    by: Mapped[str] = mapped_column(sa.String(60), index=True)
    note: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    # A print of the form that was sent to do it, as the session carries it; none of a job.
    post: Mapped[str | None] = mapped_column(sa.String(16), default=lambda: sent())


def asking() -> str | None:
    """Which colleague asks for the page that is being answered, if one does: ``staff:3``."""
    return db.session.info.get("asking")


def sent() -> str | None:
    """The print of the form that is being answered, if it is one of staff: ``undo/repeating``."""
    return db.session.info.get("post")
