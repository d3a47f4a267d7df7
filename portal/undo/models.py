from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model
from portal.staff.models import Staff


class Undo(Model):
    """What the newest decision on a thing replaced, for as long as it can be undone."""

    __tablename__ = "undo"

    about: Mapped[str] = mapped_column("subject", sa.String(60), primary_key=True)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    until: Mapped[datetime]
    mark: Mapped[list[Any]]  # of the thing after the decision; another one: it moved on
    was: Mapped[dict[str, Any]]
    mails: Mapped[list[Any]]  # their ids
