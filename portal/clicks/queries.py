"""How many came."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from portal.clicks.models import ClickDay, Kind, What
from portal.db import db


def of_links(link_ids: Iterable[int]) -> Mapping[int, int]:
    """The visits to each link so far: one per visitor, link and hour. None is not listed."""
    return counted(What.LINK, link_ids)


def of_stories(asset_ids: Iterable[int] | sa.Select[int]) -> Mapping[int, int]:
    """The same for the pages of published quotes and stories."""
    return counted(What.STORY, asset_ids)


def counted(what: What, numbers: Iterable[int] | sa.Select[int]) -> Mapping[int, int]:
    return dict(
        db.session.execute(
            sa.select(ClickDay.link_id, sa.func.sum(ClickDay.visitors))
            .where(
                ClickDay.what == what,
                ClickDay.link_id.in_(numbers),
                ClickDay.kind == Kind.VISIT,
            )
            .group_by(ClickDay.link_id)
        ).all()
    )
