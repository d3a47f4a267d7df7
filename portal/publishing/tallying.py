"""What may be counted: all words that may be shown and whose seal holds, and no other (T3, T18).

Words whose seal does not hold are drawn nowhere, so they do not count either. To look at each
anew on every visit would take too long. What was looked at is remembered by all it is made of, as
the database has it: one sign changed anywhere in it, and it is looked at again.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.advocates.models import Advocate, Company
from portal.campaigns.models import Action
from portal.config import settings
from portal.consent.models import ConsentEvent, Receipt, Statement
from portal.db import db
from portal.media.models import Photo
from portal.publishing import rendering
from portal.publishing.models import Asset, Proposal
from portal.publishing.queries import CREDITS, faults, is_allowed, permitted
from portal.submissions.models import Submission, Version

BETWEEN = "\x1f"  # stands in no text anyone typed
MADE_OF = (
    Version.answers, Version.rating, Version.sha256, Asset.excerpt, Submission.promise,
    Submission.choice,
)  # fmt: skip
# Under names of their own: the conditions of what may be shown ask these tables, too.
Yes, Named = aliased(Proposal), aliased(Company)
# What was signed off is held against all that stands around the words, too.
SIGNED = (
    Yes.kind, Yes.sha256, Yes.excerpt, Yes.rendering, Asset.expected_results,
    Submission.action, Submission.credit, Submission.relation, Advocate.first_name,
    Advocate.last_name, Advocate.job_title, Named.name, Photo.key, Receipt.credit,
)  # fmt: skip
MOST_KEPT, BATCH = 50_000, 500
holding: set[bytes] = set()  # what was found to hold


@dataclass(frozen=True)
class Tally:
    """How many reviews gave how many stars, over all that may be shown (T18)."""

    spread: dict[int, int]

    @classmethod
    def of(cls, stars: Iterable[int]) -> "Tally":
        found = Counter(stars)
        return cls({number: found[number] for number in range(5, 0, -1)})

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
    rated = Submission.action == Action.REVIEW, Version.rating.is_not(None)
    return Tally.of(row.rating for row in standing(*rated, also=[Version.rating]))


def standing(*where: sa.ColumnElement[bool], also: Sequence[Any] = ()) -> list[sa.Row]:
    """What the world sees of these words now: of each the asset’s id, and what is asked ``also``.

    ``where`` and ``also`` may name Asset, Submission, Version and Advocate."""
    rows = db.session.execute(_sealed(where, also)).all()
    bad = _altered(rows)
    return [row for row in rows if row.id not in bad]


def altered(*where: sa.ColumnElement[bool]) -> set[int]:
    """The assets that would be seen if their seal held."""
    return _altered(db.session.execute(_sealed(where, ())).all())


def _sealed(where: Sequence[sa.ColumnElement[bool]], also: Sequence[Any]) -> sa.Select:
    """All that may be seen, with all that its seal is made of."""
    around = sa.case((Asset.proposal_id.is_(None), ""), else_=_text([*SIGNED, *_allowed()]))
    bound = sa.case((sa.and_(*rendering.is_bound()), "bound"), else_="")
    parts = {"words": _text(MADE_OF), "around": around, "bound": bound, "ledger": _ledger()}
    return (
        sa.select(Asset.id, *(part.label(name) for name, part in parts.items()), *also)
        .select_from(Asset)
        .join(Asset.words)
        .join(Asset.submission)
        .join(Submission.advocate)
        .join(Advocate.company.of_type(Named))
        .outerjoin(Submission.receipt)
        .outerjoin(Asset.proposal.of_type(Yes))
        .outerjoin(Photo, Photo.id == Advocate.photo_id)
        .where(*permitted(), *where)
    )


def _allowed() -> list[sa.ColumnElement[str]]:
    return [sa.case((is_allowed(purpose), "yes"), else_="no") for purpose in CREDITS]


def _altered(rows: Sequence[sa.Row]) -> set[int]:
    """Which of them do not hold; that the others do is remembered."""
    marks = {row.id: _mark(row) for row in rows}
    ids = [number for number, mark in marks.items() if mark not in holding]
    bad = {one for start in range(0, len(ids), BATCH) for one in faults(ids[start:][:BATCH])}
    if len(holding) > MOST_KEPT:
        holding.clear()
    holding.update(marks[number] for number in ids if number not in bad)
    return bad


def _mark(row: sa.Row) -> bytes:
    made_of = BETWEEN.join((row.words, row.around, row.bound, row.ledger, settings().brand_name))
    return hashlib.sha256(made_of.encode()).digest()


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
