from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.db import Model
from portal.submissions.models import Submission, Version


class Asset(Model):
    """Something published: one version's words, whole or cut, under one address.

    It copies no name and no permission: those are read live, on every request (T26).
    """

    __tablename__ = "asset"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(100), unique=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey(Submission.id), unique=True)
    submission: Mapped[Submission] = relationship()
    version_id: Mapped[int] = mapped_column(sa.ForeignKey(Version.id))
    words: Mapped[Version] = relationship()
    headline: Mapped[str] = mapped_column(sa.String(150), default="")  # ours; never the customer's
    excerpt: Mapped[str] = mapped_column(default="")  # verbatim piece of the words; empty = whole
    published_at: Mapped[datetime] = mapped_column(default=clock.now)
