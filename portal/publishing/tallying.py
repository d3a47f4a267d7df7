"""How many reviews gave how many stars: over all that may be shown, and no other (T18).

A review whose seal does not hold is drawn nowhere, so it does not count either. To look at each
anew on every visit would take too long. What was looked at is remembered by all it is made of, as
the database has it: one sign changed anywhere in it, and it is looked at again.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import sqlalchemy as sa

from portal.campaigns.models import Action
from portal.consent.models import ConsentEvent, Statement
from portal.db import db
from portal.errors import there
from portal.publishing import rendering
from portal.publishing.models import Asset
from portal.publishing.queries import faults, permitted
from portal.submissions.models import Submission, Version

BETWEEN = "\x1f"  # stands in no text anyone typed
MADE_OF = (
    Version.answers, Version.rating, Version.sha256, Asset.excerpt, Submission.promise,
    Submission.choice,
)  # fmt: skip
MOST_KEPT, BATCH = 50_000, 500
holding: set[bytes] = set()  # what was found to hold


@dataclass(frozen=True)
class Tally:
    """How many reviews gave how many stars, over all that may be shown (T18)."""

    spread: dict[int, int]

    @property
    def count(self) -> int:
        return sum(self.spread.values())

    @property
    def average(self) -> float:
        """Of all of them, to one decimal; 0 when there are none."""
        total = sum(stars * n for stars, n in self.spread.items())
        return round(total / self.count, 1) if self.count else 0.0

    def share(self, stars: int) -> int:
        """Per cent of all reviews that gave this many."""
        return round(100 * self.spread[stars] / self.count) if self.count else 0


def tally() -> Tally:
    """Count, average and spread of all reviews that may be shown."""
    query = (
        sa.select(Asset.id, Version.rating, Asset.proposal_id, _text(MADE_OF), _ledger())
        .select_from(Asset)
        .join(Asset.words)
        .join(Asset.submission)
        .join(Submission.advocate)
        .where(
            *permitted(),
            *rendering.is_bound(),
            Submission.action == Action.REVIEW,
            Version.rating.is_not(None),
        )
    )
    found: Counter[int] = Counter()
    looked_at: dict[int, tuple[int, bytes | None]] = {}
    for asset_id, stars, proposal_id, *parts in db.session.execute(query):
        rating = there(stars)
        # What was signed off is held against the credit too, which is made of more than this.
        mark = None if proposal_id else hashlib.sha256(BETWEEN.join(parts).encode()).digest()
        if mark in holding:
            found[rating] += 1
        else:
            looked_at[asset_id] = rating, mark
    found.update(_look(looked_at))
    return Tally({number: found[number] for number in range(5, 0, -1)})


def _look(unknown: dict[int, tuple[int, bytes | None]]) -> Iterable[int]:
    """The stars of those that hold, which is remembered."""
    if not unknown:
        return
    ids = list(unknown)
    altered = {bad for start in range(0, len(ids), BATCH) for bad in faults(ids[start:][:BATCH])}
    if len(holding) > MOST_KEPT:
        holding.clear()
    for asset_id, (rating, mark) in unknown.items():
        if asset_id not in altered:
            yield rating
            if mark:
                holding.add(mark)


def _text(columns) -> sa.ColumnElement[str]:
    """These columns of a row as one text."""
    texts = (sa.func.coalesce(sa.cast(column, sa.Text), "") for column in columns)
    return reduce(lambda before, text: before + BETWEEN + text, texts)


def _ledger() -> sa.ScalarSelect[str]:
    """All that was written of the permissions of a contribution, as one text."""
    wordings = (Statement.purpose, Statement.label, Statement.detail, Statement.channels,
                Statement.months, Statement.sha256)  # fmt: skip
    columns = [*ConsentEvent.__table__.columns, *wordings]
    events = sa.func.aggregate_strings(_text(columns), BETWEEN)
    written = sa.select(events).join_from(ConsentEvent, ConsentEvent.statement)
    return written.where(ConsentEvent.receipt_id == Submission.receipt_id).scalar_subquery()
