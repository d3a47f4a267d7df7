"""Whose customers they are: those of the companies a colleague looks after."""

import sqlalchemy as sa

from portal.advocates.models import Advocate, Company
from portal.queue.kinds import ME

# ``Advocate.name`` in SQL, for lists that read what they show and nothing else.
NAMED = sa.func.trim(Advocate.first_name + " " + Advocate.last_name).label("named")


_WHOSE = sa.select(Company.owner_id).join(Advocate, Advocate.company_id == Company.id)
_THEIRS = sa.select(Advocate.id).join(Advocate.company).where(Company.owner_id == ME)
FEW = 2000  # from about here on, to look at what waits for all is faster (SQLite, a million)
_FEW = sa.bindparam(None, callable_=lambda: FEW, type_=sa.Integer)
_SOME = _THEIRS.limit(_FEW + 1).subquery()
_ARE_FEW = sa.select(sa.func.count() <= _FEW).select_from(_SOME).scalar_subquery()


def looked_after(person_id) -> sa.ColumnElement[bool]:
    """Whether a customer is looked after by whoever asks, for the ``whose`` of a kind.

    Asked of each in the order of the queue; as a join, PostgreSQL would begin with all of theirs.
    """
    return _WHOSE.where(Advocate.id == person_id).scalar_subquery() == ME


def of_few(person_id) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """For the ``few`` of a kind: it is read from those, so it must have an index on this column."""
    return _ARE_FEW, person_id.in_(_THEIRS)
