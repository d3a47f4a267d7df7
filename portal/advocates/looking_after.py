"""Whose customers they are: those of the companies a colleague looks after."""

import sqlalchemy as sa

from portal.advocates.models import Advocate, Company
from portal.queue.kinds import ME


def looked_after(person_id) -> sa.ColumnElement[bool]:
    """Whether a customer is looked after by whoever asks, for the ``whose`` of a kind."""
    return person_id.in_(
        sa.select(Advocate.id).join(Advocate.company).where(Company.owner_id == ME)
    )
