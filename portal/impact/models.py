from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.advocates.models import Advocate
from portal.db import Model


class ImpactNotice(Model):
    """What one person was last told their words did, and whether they want to hear of it."""

    __tablename__ = "impact_notice"

    advocate_id: Mapped[int] = mapped_column(
        sa.ForeignKey(Advocate.id), primary_key=True, autoincrement=False
    )
    reads: Mapped[int] = mapped_column(default=0)
    deals: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime] = mapped_column(default=clock.now)
    muted_at: Mapped[datetime | None]

    @property
    def subject(self) -> str:
        return f"{self.__tablename__}:{self.advocate_id}"
