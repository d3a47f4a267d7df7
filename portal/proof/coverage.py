"""Is everything we show still allowed, and for how long? For whoever answers for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal import clock
from portal.advocates.models import Advocate
from portal.consent.models import GRANTING, ConsentEvent, Purpose
from portal.db import db
from portal.publishing import tallying
from portal.publishing.models import Asset
from portal.publishing.queries import RECONFIRM, is_allowed, permitted
from portal.spreadsheet import table
from portal.submissions.models import State, Submission

SOON = timedelta(days=60)
USES = (Purpose.WORDS, Purpose.NAME, Purpose.COMPANY, Purpose.PHOTO, Purpose.SALES)
HEADS = [
    "Address", "Kind", "Customer", "Company", "Shown now", "Permission until",
    "Confirm again by", *(f"{use.value.capitalize()} allowed" for use in USES),
]  # fmt: skip


@dataclass(frozen=True)
class Cover:
    """One published thing: what it rests on, and until when."""

    asset: Asset
    public: bool
    until: datetime | None  # of the newest yes to the words, even when it was taken back since
    confirm_by: datetime  # T6
    uses: frozenset[Purpose]  # in force now

    @property
    def allowed(self) -> bool:
        return Purpose.WORDS in self.uses

    @property
    def ends(self) -> datetime:
        """When it leaves the page unless somebody acts."""
        return min(self.until, self.confirm_by) if self.until else self.confirm_by

    @property
    def ends_soon(self) -> bool:
        return self.public and self.ends <= clock.now() + SOON

    @property
    def expires_soon(self) -> bool:
        return bool(self.public and self.until and self.until <= clock.now() + SOON)

    @property
    def confirmation_due(self) -> bool:
        """Within 60 days, or already past (T6)."""
        return self.confirm_by <= clock.now() + SOON


@dataclass(frozen=True)
class Coverage:
    """All of it, what ends first on top."""

    rows: Sequence[Cover]

    @property
    def shown(self) -> list[Cover]:
        return [row for row in self.rows if row.public]

    @property
    def expiring(self) -> int:
        return sum(row.expires_soon for row in self.rows)

    @property
    def due(self) -> int:
        return sum(row.confirmation_due for row in self.rows)

    @property
    def hidden(self) -> int:
        """Published by us, yet off the page: the permission or the customer is gone, or it is not
        what its author agreed to any more."""
        return len(self.rows) - len(self.shown)

    def using(self, purpose: Purpose) -> int:
        """How many of those shown may use this."""
        return sum(purpose in row.uses for row in self.shown)


def coverage() -> Coverage:
    """Everything we have published and not retired."""
    altered = tallying.altered()
    newest = _newest_yes()
    may = [is_allowed(use) for use in USES]
    query = (
        sa.select(
            Asset,
            sa.and_(*permitted(), Asset.id.not_in(altered)),
            newest.with_only_columns(ConsentEvent.until).scalar_subquery(),
            newest.with_only_columns(ConsentEvent.at).scalar_subquery(),
            *may,
        )
        .join(Asset.submission)
        .join(Submission.advocate)
        .join(Advocate.company)
        .where(Submission.state == State.PUBLISHED)
        .options(
            contains_eager(Asset.submission).options(
                sa.orm.lazyload(Submission.prompt_set),
                sa.orm.lazyload(Submission.answers),
                contains_eager(Submission.advocate).contains_eager(Advocate.company),
            )
        )
    )
    rows = [_cover(*row) for row in db.session.execute(query)]
    return Coverage(sorted(rows, key=lambda row: (row.ends, row.asset.id)))


def _newest_yes() -> sa.Select:
    return (
        sa.select(ConsentEvent)
        .where(
            ConsentEvent.receipt_id == Submission.receipt_id,
            ConsentEvent.purpose == Purpose.WORDS,
            ConsentEvent.verdict.in_(GRANTING),
        )
        .order_by(ConsentEvent.id.desc())
        .limit(1)
        .correlate(Submission)
    )


def _cover(asset: Asset, public: bool, until, confirmed, *may: bool) -> Cover:
    uses = frozenset(use for use, yes in zip(USES, may, strict=True) if yes)
    if asset.submission.advocate.photo_id is None:
        uses -= {Purpose.PHOTO}
    latest = max(asset.published_at, confirmed or asset.published_at)
    return Cover(asset, public, until, latest + RECONFIRM, uses)


def as_csv(rows: Sequence[Cover], base_url: str) -> str:
    """The same for a spreadsheet."""
    return table(HEADS, (_cells(row, base_url) for row in rows))


def _cells(row: Cover, base_url: str) -> list[str]:
    person = row.asset.submission.advocate
    return [
        f"{base_url}/verify/{row.asset.slug}",
        row.asset.submission.action.value,
        person.name,
        person.company.name,
        "yes" if row.public else "no",
        row.until.date().isoformat() if row.allowed and row.until else "",
        row.confirm_by.date().isoformat(),
        *("yes" if use in row.uses else "no" for use in USES),
    ]
