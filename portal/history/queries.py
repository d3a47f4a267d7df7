from collections.abc import Sequence

import sqlalchemy as sa

from portal.db import Model, db
from portal.history.models import Entry


def of(*things: Model) -> Sequence[Entry]:
    """Everything that happened to these things, oldest first."""
    names = [thing.subject for thing in things]
    return db.session.scalars(
        sa.select(Entry).where(Entry.about.in_(names)).order_by(Entry.id)
    ).all()
