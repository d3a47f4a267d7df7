"""Two rows that are one company: what hangs on the second moves to the first.

People move: a company speaks and forbids through them, and is asked through them. So nothing else
has to look at two rows. What moved is kept in the history, and moves back when they are parted.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from portal.advocates.models import Advocate, Company, Sector, Signal
from portal.consent.models import OrgApproval
from portal.db import db, lock
from portal.errors import NotAllowed
from portal.history import queries as history
from portal.history.actions import Actor, record
from portal.incentives.models import GiftException

JOINED = "found to be the same company"
BATCH = 500
# Every column that says of which company something is.
FOLLOWS: Sequence[InstrumentedAttribute] = (
    Advocate.company_id,
    Signal.company_id,
    OrgApproval.company_id,
    GiftException.company_id,
    Company.merged_into_id,
)


def objection(other: Company, into: Company) -> str:
    """Why these two cannot become one, as a sentence; empty when they can."""
    if other.id == into.id:
        return "This is one row already."
    if other.merged_into_id or into.merged_into_id:
        return "One of them is the same company as another one here already."
    for one in (other, into):
        if _excepted(one):
            return (
                f"All of {one.name} may be offered rewards where they are off, or somebody asked "
                "for that. Two of you decide so for one company: end it first, and ask anew for "
                "the joined one."
            )
    return ""


def _excepted(company: Company) -> bool:
    """Whether an exception to the gift rules is in force or asked for: it would reach further than
    whoever agreed to it knew (T13)."""
    alive = GiftException.allowed.is_not(False), GiftException.ended_at.is_(None)
    asked = sa.exists().where(GiftException.company_id == company.id, *alive)
    return bool(db.session.scalar(sa.select(asked)))


def merge(other: Company, *, into: Company, by: Actor) -> None:
    """From now on ``other`` is a name ``into`` is known by too. Twice is harmless."""
    for name in ("advocates.import", "companies.merge"):  # a file puts nobody there meanwhile
        lock(name)
    for row in (other, into):
        db.session.refresh(row)
    if other.merged_into_id == into.id:
        return
    if sentence := objection(other, into):
        raise NotAllowed(sentence)
    moved = {column.class_.__tablename__: _move_all(column, other, into) for column in FOLLOWS}
    other.merged_into_id = into.id
    complete(into, other)
    record(other, JOINED, by=by, note=f"As {into.name}", moved=moved)
    record(into, JOINED, by=by, note=f"As {other.name}")


def complete(into: Company, other: Company) -> None:
    """What only the other row says holds for both; of two sectors the one under gift rules."""
    into.website = into.website or other.website
    into.owner_id = into.owner_id or other.owner_id
    if into.sector is Sector.PRIVATE:
        into.sector = other.sector


def separate(other: Company, *, by: Actor) -> None:
    """They are two companies after all: what moved, moves back. Twice is harmless."""
    lock("companies.merge")
    db.session.refresh(other)
    if not other.merged_into_id:
        return
    if other.renamed_at:
        raise NotAllowed("That is what the company was called before, not another company.")
    into = db.session.get_one(Company, other.merged_into_id)
    moved = next(e.data["moved"] for e in reversed(history.of(other)) if e.verb == JOINED)
    other.merged_into_id = None
    db.session.flush()
    for column in FOLLOWS:
        _move(column, moved[column.class_.__tablename__], into, other)
    record(other, "found to be another company", by=by, note=f"Than {into.name}")
    record(into, "found to be another company", by=by, note=f"Than {other.name}")


def _move_all(column: InstrumentedAttribute, source: Company, goal: Company) -> list[int]:
    ids = list(db.session.scalars(sa.select(column.class_.id).where(column == source.id)))
    _move(column, ids, source, goal)
    return ids


def _move(column: InstrumentedAttribute, ids: list[int], source: Company, goal: Company) -> None:
    """Those of these rows that still are where we left them."""
    for start in range(0, len(ids), BATCH):
        some = column.class_.id.in_(ids[start : start + BATCH])
        db.session.execute(
            sa.update(column.class_)
            .where(some, column == source.id)
            .values({column: goal.id})
            .execution_options(synchronize_session=False)
        )
    db.session.expire_all()
