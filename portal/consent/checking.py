"""Is the ledger of permissions as it was written, from its first link to its last?"""

from collections.abc import Iterator

import sqlalchemy as sa

from portal.consent.actions import WITHDRAWN, first_broken_link
from portal.consent.models import ConsentEvent, Receipt, Verdict
from portal.db import db
from portal.history.models import Entry


def faults() -> Iterator[str]:
    """What was changed, and what is missing, each as the end of a sentence."""
    if (broken := first_broken_link()) is not None:
        yield f"consent event {broken}: it, or one before it, is not as written"
    for reference in cut_short():
        yield f"receipt {reference}: a withdrawal is missing"


def cut_short() -> list[str]:
    """Receipts with fewer withdrawals than the history knows of.

    Links cut off the end of a chain leave nothing broken behind, and the one that matters there
    is a withdrawal: without it, what was taken back would be shown again.
    """
    known = (
        sa.select(Entry.about.label("about"), sa.func.count().label("number"))
        .where(Entry.verb == WITHDRAWN)
        .group_by(Entry.about)
        .subquery()
    )
    written = (
        sa.select(sa.func.count())
        .where(ConsentEvent.receipt_id == Receipt.id, ConsentEvent.verdict == Verdict.WITHDRAWN)
        .scalar_subquery()
    )
    subject = sa.literal("receipt:") + sa.cast(Receipt.id, sa.String)
    query = sa.select(Receipt.reference).join(known, known.c.about == subject)
    return list(db.session.scalars(query.where(known.c.number > written).order_by(Receipt.id)))
