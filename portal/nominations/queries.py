from collections.abc import Sequence

import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.db import db
from portal.errors import NotFound
from portal.nominations.models import Nomination, State


def get(nomination_id: int) -> Nomination:
    """One proposal, or NotFound."""
    if found := db.session.get(Nomination, nomination_id):
        return found
    raise NotFound("There is no such proposal.")


def of(person: Advocate) -> Sequence[Nomination]:
    """Every time somebody proposed this customer, oldest first."""
    theirs = sa.select(Nomination).where(Nomination.advocate_id == person.id)
    return db.session.scalars(theirs.order_by(Nomination.id)).all()


def waiting(person: Advocate) -> Nomination | None:
    """The proposal of this customer that nobody has decided on."""
    return next((one for one in of(person) if one.state is State.WAITING), None)
