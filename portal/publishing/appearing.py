"""Words whose day has come: written down, and told to their author.

What is seen is asked anew on each request (``queries.permitted``), so nothing else has to happen
at that moment; a worker that was away does both later.
"""

from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.db import db
from portal.errors import there
from portal.history.actions import SYSTEM, record
from portal.history.models import Entry
from portal.publishing import actions, queries
from portal.publishing.models import Asset
from portal.publishing.planning import PLANNED
from portal.submissions.models import Submission


def due() -> list[int]:
    """What has appeared by itself, its author not knowing it yet."""
    come = sa.select(Asset.id).where(Asset.announce_at <= clock.now())
    return list(db.session.scalars(come.order_by(Asset.id)))


def announce(asset_id: int) -> None:
    """Say so, once; of what may not be seen after all, nothing is said. The caller commits."""
    asset = db.session.get_one(Asset, asset_id)
    actions.hold(asset.submission)
    db.session.refresh(asset)
    if asset.announce_at is None or asset.announce_at > clock.now():
        return
    asset.announce_at = None
    if queries.address_of(asset.submission):
        record(asset.submission, "published", by=SYSTEM, **on_file(asset.submission))
        actions.tell(asset.submission, asset)


def on_file(submission: Submission) -> dict[str, Any]:
    """What its figures rest on (T5), and who chose the day."""
    planned = sa.select(Entry).where(Entry.about == submission.subject, Entry.verb == PLANNED)
    entry = there(db.session.scalar(planned.order_by(Entry.id.desc()).limit(1)))
    return entry.data | {"planned_by": entry.by}
