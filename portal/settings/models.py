from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model


class Setting(Model):
    """One choice: from then on ``name`` is ``value``. Rows are only ever added; the last counts."""

    __tablename__ = "setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), index=True)
    value: Mapped[str | None]  # as the environment would say it; none: what the environment says
    by: Mapped[str] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def subject(self) -> str:
        """History is kept of the setting, whichever row says it now: ``setting:brand_name``."""
        return f"setting:{self.name}"
