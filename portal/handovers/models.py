import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.db import Model
from portal.media.models import Upload
from portal.submissions.models import Submission


class Said(enum.StrEnum):
    """What a reviewer tells us of their own accord; nothing hangs on it."""

    POSTED = "posted"
    NOT = "not"


class HandOver(Model):
    """What a reviewer said about posting on another site, with proof only where that is allowed."""

    __tablename__ = "hand_over"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey(Submission.id), unique=True)
    submission: Mapped[Submission] = relationship()
    platform: Mapped[str] = mapped_column(sa.String(40))
    said: Mapped[Said]
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    upload_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Upload.id))
    said_at: Mapped[datetime] = mapped_column(default=clock.now)
