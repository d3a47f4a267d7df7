"""Ledgers whose lines can be undone: an undo is one more line, and takes back the one before it.

Where a thing stands, and since when, its standing line says: the newest that was not taken back.
"""

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, aliased

from portal.db import Model

UNDONE = "undone"  # how a line came about that takes back the one before it


def standing(lines: Iterable[Any], how: Callable[[Any], str]) -> Any:
    """Of the lines of one thing, oldest first, the one it stands on; the newest, where an undo
    took back the very first."""
    every = list(lines)
    return (left(every, how) or every)[-1]


def left(lines: Iterable[Any], how: Callable[[Any], str]) -> list[Any]:
    """Those that were not taken back, nor take back another one."""
    found: list[Any] = []
    for line in lines:
        if how(line) == UNDONE:
            found.pop()
        else:
            found.append(line)
    return found


def is_left(
    line: type[Model], of: InstrumentedAttribute[int], how: InstrumentedAttribute[str]
) -> sa.ColumnElement[bool]:
    """The same as a condition, where each undo takes back the very line before it."""
    later = aliased(line)
    theirs, number = getattr(later, of.key), sa.inspect(line).primary_key[0]
    next_how = (
        sa.select(getattr(later, how.key))
        .where(theirs == of, later.id > number)
        .order_by(later.id)
        .limit(1)
        .correlate(line)
        .scalar_subquery()
    )
    return sa.and_(how != UNDONE, next_how.is_distinct_from(UNDONE))


def all_standing(
    line: type[Model], of: InstrumentedAttribute[int], how: InstrumentedAttribute[str]
) -> sa.Select:
    """The ids of the lines all things stand on: the newest after which as many were written as
    were taken back."""
    later = aliased(line)
    theirs, number = getattr(later, of.key), sa.inspect(line).primary_key[0]
    taken_back = sa.case((getattr(later, how.key) == UNDONE, -1), else_=1)
    left = (
        sa.select(sa.func.coalesce(sa.func.sum(taken_back), 0))
        .where(theirs == of, later.id > number)
        .correlate(line)
        .scalar_subquery()
    )
    return sa.select(sa.func.max(number)).where(how != UNDONE, left == 0).group_by(of)
