from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Model
from portal.staff.models import Staff
from portal.submissions.models import Submission


class Undo(Model):
    """What the newest decision on a contribution replaced, for as long as it can be undone."""

    __tablename__ = "undo"

    submission_id: Mapped[int] = mapped_column(sa.ForeignKey(Submission.id), primary_key=True)
    submission: Mapped[Submission] = relationship()
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    until: Mapped[datetime]
    version: Mapped[int]  # of the contribution after the decision; another one: it moved on
    was: Mapped[dict[str, Any]]
    mails: Mapped[list[Any]]  # their ids
