"""What a kind of waiting thing has to say of itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.db import Model, UTCDateTime

ME = sa.bindparam("me", type_=sa.Integer)  # whoever asks
SOON = timedelta(days=2)
ON_HOLD = "On hold: they asked us to do nothing with their data for now."


@dataclass(frozen=True)
class Drawn:
    """One waiting thing in words, and the page where it is dealt with."""

    title: str
    hint: str
    endpoint: str
    values: dict[str, Any]  # of its address
    held: str = ""  # why nobody may act on it now
    bulk: str = ""  # what the form for several sends: "id:version"
    several: str = ""  # which form that is


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of thing that waits: rows of ``row`` for which all of ``waits()`` holds.

    ``since`` and the conditions need an index that begins with what the conditions fix and ends
    with ``since`` and the id, so that a page costs the same however much lies behind it.
    Statements made of them are kept: what depends on the hour is a ``moment``.
    """

    key: str
    title: str  # of its tab
    row: type[Model]
    since: Any  # a column: when it began to wait
    waits: Callable[[], Sequence[sa.ColumnElement[bool]]]
    draw: Callable[[Sequence[Any]], Sequence[Drawn]]  # in the order given
    options: Sequence[Any] = field(default=())  # what to load with a row
    shown: sa.Select | None = None  # its id and what ``draw`` needs: faster than the whole row
    late_from: Callable[[], datetime] | None = None  # older than this waited longer than we promise
    soon_from: Callable[[], datetime] | None = None  # older than this will have, before long
    due: Any = None  # a column: its own last day, where it has one; then nothing else counts
    what: Any = None  # the column that says which action it is about, if any
    whose: Any = None  # the condition that it is for ``ME`` to look after; none: nobody’s
    # Of a kind of which very many may wait: that ``ME`` looks after few, and that it is theirs, so
    # that it is found by whose it is.
    few: tuple[Any, Any] | None = None

    def is_late(self) -> sa.ColumnElement[bool]:
        """As a condition: it is overdue."""
        if self.due is not None:
            return self.due < day(clock.now)
        return self.since < moment(self.late_from) if self.late_from else sa.false()

    def is_soon(self) -> sa.ColumnElement[bool]:
        """As a condition: it is not overdue yet, and soon will be."""
        if self.due is not None:
            return sa.and_(~self.is_late(), self.due <= day(lambda: clock.now() + SOON))
        older = self.since < moment(self.soon_from) if self.soon_from else sa.false()
        return sa.and_(~self.is_late(), older)

    def marking(self) -> Callable[[Any, datetime], str]:
        """Says of one thing whether it is overdue or soon will be, as a word; empty for neither.
        Made once for a list: the days are counted once."""
        today, late, soon = clock.now().date(), self.late_from, self.soon_from
        edges = [(late(), "overdue")] if late else []
        edges += [(soon(), "due soon")] if soon else []

        def mark(thing: Any, since: datetime) -> str:
            if self.due is not None:
                left = getattr(thing, self.due.key) - today
                return "overdue" if left < timedelta(0) else "due soon" if left <= SOON else ""
            return next((word for edge, word in edges if since < edge), "")

        return mark

    @property
    def look(self) -> tuple[type[Model], Callable, sa.Select | tuple]:
        """How its things are read and told; kinds that share it are asked for together."""
        return self.row, self.draw, tuple(self.options) if self.shown is None else self.shown

    def subject(self, number: int) -> str:
        """``Model.subject`` of a thing of this kind."""
        return f"{self.row.__tablename__}:{number}"


def moment(of: Callable[[], datetime]) -> sa.BindParameter[datetime]:
    """A moment for a statement that is kept: known anew each time it runs."""
    return sa.bindparam(None, callable_=of, type_=UTCDateTime)


def day(of: Callable[[], datetime]) -> sa.BindParameter[date]:
    """The same of a day."""
    return sa.bindparam(None, callable_=lambda: of().date(), type_=sa.Date)


def days_ago(days: int) -> Callable[[], datetime]:
    """For ``late_from``: so many days."""
    return lambda: clock.now() - timedelta(days=days)


def working_days_ago(days: int) -> datetime:
    """The moment since when so many days from Monday to Friday have passed."""
    moment = clock.now()
    while days:
        if moment.weekday() < 5:
            days -= 1
        moment -= timedelta(days=1)
    return moment


def age(span: timedelta) -> str:
    """A length of time in words: ``5 minutes``, ``3 days``, ``6 weeks``."""
    minutes = max(int(span.total_seconds() // 60), 0)
    for word, size in (("week", 7 * 24 * 60), ("day", 24 * 60), ("hour", 60), ("minute", 1)):
        number = minutes // size
        if number >= (2 if word == "week" else 1):
            return f"{number} {word}{'s' if number > 1 else ''}"
    return "less than a minute"


def opening(sentence: str) -> str:
    """With its first letter large."""
    return sentence[:1].upper() + sentence[1:]
