from collections.abc import Sequence

import sqlalchemy as sa

from portal.db import db
from portal.errors import NotFound
from portal.interviews.models import Interview


def interview(interview_id: int) -> Interview:
    """One interview, or NotFound."""
    found = db.session.get(Interview, interview_id)
    if found is None:
        raise NotFound("There is no such interview.")
    return found


def for_reason(reason: str) -> Interview | None:
    """The interview about one contribution, if one was ever asked for."""
    return db.session.scalar(sa.select(Interview).where(Interview.reason == reason))


def of(advocate_id: int) -> Sequence[Interview]:
    """Everything of this kind that someone asked for, oldest first."""
    return db.session.scalars(
        sa.select(Interview).where(Interview.advocate_id == advocate_id).order_by(Interview.id)
    ).all()
