from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.db import Model
from portal.publishing.models import Asset
from portal.staff.models import Staff


class Block(Model):
    """Quotes and stories that staff picked and put in order, to be shown on another site (T18)."""

    __tablename__ = "block"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    picks: Mapped[list["Pick"]] = relationship(
        back_populates="block", order_by="Pick.position", cascade="all, delete-orphan"
    )


class Pick(Model):
    """One published thing in a block. Whether it is seen is asked anew each time."""

    __tablename__ = "block_pick"
    __table_args__ = (sa.UniqueConstraint("block_id", "asset_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    block_id: Mapped[int] = mapped_column(sa.ForeignKey(Block.id))
    block: Mapped[Block] = relationship(back_populates="picks")
    asset_id: Mapped[int] = mapped_column(sa.ForeignKey(Asset.id), index=True)
    asset: Mapped[Asset] = relationship()
    position: Mapped[int]
