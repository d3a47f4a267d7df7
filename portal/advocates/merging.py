"""Two rows that are one person: the second becomes a pointer to the first.

What was said, allowed and signed under a row stays under it, with the address it was given by:
nothing here says anew who said what. Whether we may ask is answered over both (``same_as``).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.advocates.models import Advocate, Tag
from portal.db import db, lock
from portal.errors import NotAllowed
from portal.history.actions import Actor, record

MOST = 50
REAL = Advocate.erased_at.is_(None) & Advocate.merged_into_id.is_(None)


def same_as(ids: Iterable[int]) -> dict[int, list[Advocate]]:
    """By person: the other rows that are the same person."""
    found: dict[int, list[Advocate]] = defaultdict(list)
    rows = sa.select(Advocate).where(Advocate.merged_into_id.in_(list(ids)))
    for row in db.session.scalars(rows.order_by(Advocate.id)):
        if into := row.merged_into_id:
            found[into].append(row)
    return found


def rows_of(person: Advocate) -> list[int]:
    """The ids of all rows that are this person, whichever of them it is."""
    first = person.merged_into_id or person.id
    rows = sa.select(Advocate.id).where(
        sa.or_(Advocate.id == first, Advocate.merged_into_id == first)
    )
    return list(db.session.scalars(rows))


def objection(other: Advocate, into: Advocate) -> str:
    """Why these two cannot become one, as a sentence; empty when they can."""
    if other.id == into.id:
        return "This is one row already."
    if other.merged_into_id or into.merged_into_id:
        return "One of them is the same person as somebody else here already."
    if any(one.erased_at or one.restricted_at for one in (other, into)):
        return "One of them asked us to do nothing with what we hold about them."
    return ""


def merge(other: Advocate, *, into: Advocate, by: Actor) -> None:
    """From now on ``other`` stands for ``into``: asked for nothing, listed nowhere, and what it
    said about being asked holds for both. Twice is harmless."""
    lock("advocates.merge")
    for row in sorted((other, into), key=lambda one: one.id):
        db.session.refresh(row)
    if other.merged_into_id == into.id:
        return
    if sentence := objection(other, into):
        raise NotAllowed(sentence)
    for row in same_as([other.id])[other.id]:
        row.merged_into_id = into.id
    other.merged_into_id = into.id
    mine = {tag.name for tag in into.tags}
    into.tags += [Tag(name=tag.name) for tag in other.tags if tag.name not in mine]
    # Numbers, not names: either may be erased, and the other’s history is not emptied then (T36).
    record(other, "found to be the same person", by=by, note=f"As customer {into.id}")
    record(into, "found to be the same person", by=by, note=f"As customer {other.id}")


def separate(other: Advocate, *, by: Actor) -> None:
    """They are two people after all. Twice is harmless."""
    if other.merged_into_id:
        into = db.session.get_one(Advocate, other.merged_into_id)
        other.merged_into_id = None
        record(other, "found to be another person", by=by, note=f"Than customer {into.id}")
        record(into, "found to be another person", by=by, note=f"Than customer {other.id}")


@dataclass(frozen=True)
class Pair:
    """Two rows that may be one person, and what makes us think so."""

    first: Advocate
    second: Advocate
    because: str


def suggestions() -> list[Pair]:
    """Pairs worth a look, at most 50: nobody is merged by a machine."""
    pairs = {(pair.first.id, pair.second.id): pair for pair in [*same_name(), *same_mailbox()]}
    return list(pairs.values())[:MOST]


def same_name() -> list[Pair]:
    """People of one name at one company."""
    name = (sa.func.lower(Advocate.first_name), sa.func.lower(Advocate.last_name))
    twice = (
        sa.select(Advocate.company_id, *name)
        .where(REAL)
        .group_by(Advocate.company_id, *name)
        .having(sa.func.count() > 1)
        .limit(MOST)
    )
    return [
        Pair(rows[0], row, "One name at one company")
        for company, first, last in db.session.execute(twice)
        for rows in [_rows(Advocate.company_id == company, name[0] == first, name[1] == last)]
        for row in rows[1:]
    ]


def same_mailbox() -> list[Pair]:
    """Addresses that are mostly one mailbox: they differ by a plus tag, or by Gmail's dots."""
    twice = (
        sa.select(Advocate.mailbox)
        .where(REAL, Advocate.mailbox != "")
        .group_by(Advocate.mailbox)
        .having(sa.func.count() > 1)
        .limit(MOST)
    )
    return [
        Pair(rows[0], row, "One mailbox, in two spellings")
        for mailbox in db.session.scalars(twice)
        for rows in [_rows(Advocate.mailbox == mailbox)]
        for row in rows[1:]
    ]


def _rows(*conditions) -> Sequence[Advocate]:
    chosen = sa.select(Advocate).where(REAL, *conditions).order_by(Advocate.id).limit(500)
    return db.session.scalars(chosen).all()
