import enum
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class Kind(enum.StrEnum):
    """What asked for the page. Only a visit is counted, and even that is no human act (T39)."""

    VISIT = "visit"
    HEAD = "head"
    PREFETCH = "prefetch"  # a browser loading ahead, before anyone pressed anything
    FRAMED = "framed"  # inside a frame, or as an image or script of another page
    PREVIEW = "preview"  # a chat or network drawing a card of the link
    PROGRAM = "program"  # scanners, crawlers, scripts


class What(enum.StrEnum):
    """What sort of page was opened; a number means something only within its sort."""

    LINK = "link"  # a referral link's
    STORY = "story"  # of a published quote or story


class Click(Model):
    """One visitor on one page in one hour, however often they came.

    ``what`` and ``link_id`` are its owner's name for it: this package does not know what is behind.
    """

    __tablename__ = "click"
    __table_args__ = (
        sa.UniqueConstraint(
            "what", "link_id", "day", "hour", "visitor", "kind", name="uq_click_once"
        ),
        sa.Index(
            "ix_click_day_not_forgotten",
            "day",
            sqlite_where=sa.text("visitor IS NOT NULL"),
            postgresql_where=sa.text("visitor IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[What]
    link_id: Mapped[int]
    day: Mapped[date]  # UTC
    hour: Mapped[int] = mapped_column(sa.SmallInteger)
    visitor: Mapped[str | None] = mapped_column(sa.String(24))  # forgotten after two days
    kind: Mapped[Kind]
    source: Mapped[str] = mapped_column(sa.String(8))  # "link" or "qr", when they first came
    hits: Mapped[int]


class ClickDay(Model):
    """How many came to a link on a day: the sum of its clicks, kept beside them."""

    __tablename__ = "click_day"

    what: Mapped[What] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    visitors: Mapped[int]


class ClickSegment(Model):
    """How far one file of the log is loaded; written with its clicks, so none counts twice."""

    __tablename__ = "click_segment"

    name: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    loaded: Mapped[int] = mapped_column(sa.BigInteger)  # bytes
