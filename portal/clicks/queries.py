"""How many came."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from portal.clicks.models import ClickDay, Kind
from portal.db import db


def of_links(link_ids: Iterable[int]) -> Mapping[int, int]:
    """The visits to each link so far: one per visitor, link and hour. None is not listed."""
    return dict(
        db.session.execute(
            sa.select(ClickDay.link_id, sa.func.sum(ClickDay.visitors))
            .where(ClickDay.link_id.in_(link_ids), ClickDay.kind == Kind.VISIT)
            .group_by(ClickDay.link_id)
        ).all()
    )
