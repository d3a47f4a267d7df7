from collections.abc import Sequence

import sqlalchemy as sa

from portal import clock
from portal.db import db
from portal.sessions.models import Session, Who


def open_ones(who: Who, person_id: int) -> Sequence[Session]:
    """Where this person is signed in, newest first."""
    return db.session.scalars(
        sa.select(Session)
        .where(
            Session.who == who,
            Session.person_id == person_id,
            Session.ended_at.is_(None),
            Session.expires_at > clock.now(),
        )
        .order_by(Session.id.desc())
    ).all()
