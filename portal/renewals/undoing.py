"""That an author was asked whether words are still right, taken back within ten seconds."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from portal.db import db, lock
from portal.publishing.models import Asset
from portal.renewals.models import Renewal
from portal.staff.models import Staff
from portal.undo.actions import Way, as_text


def hold(_asset: Asset) -> None:
    """As everyone who asks. An answer is noticed by what it leaves: see ``mark``."""
    lock("renewals")
    db.session.flush()


def mark(asset: Asset) -> list[Any]:
    return [[one.id, as_text(one.answered_at)] for one in _asked(asset)]


def put_back(asset: Asset, was: dict[str, Any], *, by: Staff) -> None:
    """A question nobody has read is none."""
    for renewal in _asked(asset):
        if renewal.id not in was["asked"]:
            db.session.delete(renewal)
    db.session.flush()


def _asked(asset: Asset) -> Sequence[Renewal]:
    theirs = sa.select(Renewal).where(Renewal.submission_id == asset.submission_id)
    held = theirs.order_by(Renewal.id).with_for_update()
    return db.session.scalars(held.execution_options(populate_existing=True)).all()


ASKED = Way(
    row=Asset,
    hold=hold,
    mark=mark,
    snapshot=lambda one: {"asked": [renewal.id for renewal in _asked(one)]},
    put_back=put_back,
    title=lambda one: f"Asking {one.submission.advocate.name} to confirm",
    page=lambda one: ("renewals.index", {}),
    said="Undone. They were not asked, and nothing was sent.",
)
