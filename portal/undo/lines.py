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
    """Of the lines of one thing, oldest first, the one it stands on."""
    left: list[Any] = []
    for line in lines:
        if how(line) == UNDONE:
            left.pop()
        else:
            left.append(line)
    return left[-1]


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
