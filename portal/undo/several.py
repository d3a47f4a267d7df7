"""The same decision on several things, each with an outcome of its own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.db import db
from portal.errors import Refusal
from portal.history import queries as history
from portal.undo.actions import Way

MOST = 50
TWICE = "Done, when you sent this before."


@dataclass(frozen=True)
class Several:
    """A decision that can be made on several at once: its form, and what it does to each."""

    key: str  # in the address, and of the form on the list
    way: Way
    form: Callable[..., Any]
    fields: str  # the template that draws them, in a macro ``bulk_fields``
    act: Callable[..., str]  # (thing, seen, form, by=); says what was done
    seen: Callable[[Any], int]  # the version on the page
    waits: Callable[[Any], bool]  # whether it can (still) be decided
    button: str = "Decide on those you select"
    # (form, things): leaves what applies to at least one; without things, to what is in the queue
    narrow: Callable[[Any, Sequence[Any] | None], None] = lambda form, things: None
    # whether they must have proved that it is them before what the form says
    confirmed: Callable[[Any], bool] = lambda form: False


@dataclass(frozen=True)
class Result:
    """What became of one of them."""

    id: int
    subject: str
    title: str
    page: tuple[str, dict[str, Any]]
    done: bool
    said: str


@dataclass(frozen=True)
class Choice:
    """One that can (still) be decided."""

    id: int
    seen: int
    title: str


def each(way: Way, ids: Iterable[int], act: Callable[[Any], str]) -> list[Result]:
    """One after the other, in one order, so that two people never wait in a ring; a refusal of
    one stops no other."""
    results, those = [], found(way, ids)
    way.first(those)
    for one in those:
        title = way.title(one)
        try:
            with db.session.begin_nested():
                said, done = act(one), True
        except Refusal as refusal:
            done = bool(history.of_this_post(about=one.subject))
            said = TWICE if done else str(refusal)
        results.append(Result(one.id, one.subject, title, way.page(one), done, said))
    return results


def choices(kind: Several, ids: Iterable[int]) -> list[Choice]:
    """Which of them wait for a decision, as they are now."""
    return [Choice(one.id, kind.seen(one), kind.way.title(one)) for one in waiting_of(kind, ids)]


def waiting_of(kind: Several, ids: Iterable[int]) -> list[Any]:
    """Those of them that can (still) be decided."""
    return [one for one in found(kind.way, ids) if kind.waits(one)]


def found(way: Way, ids: Iterable[int]) -> Sequence[Any]:
    wanted = sorted(set(ids))[:MOST]
    query = sa.select(way.row).where(way.row.id.in_(wanted), *way.only)
    return db.session.scalars(query.order_by(*way.order, way.row.id)).unique().all()
