"""How often words were read, and in how many offers they helped."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.clicks import queries as visits
from portal.db import db
from portal.impact.models import ImpactNotice
from portal.placements.models import Kind, Placement
from portal.publishing import tallying
from portal.publishing.models import Asset
from portal.submissions.models import Submission


@dataclass(frozen=True)
class Impact:
    """The sum over one contribution, or over all of one person."""

    reads: int = 0
    deals: int = 0

    def __bool__(self) -> bool:
        return bool(self.reads or self.deals)

    def __str__(self) -> str:
        """``read 214 times and used in 3 offers``; empty when nothing was counted yet."""
        parts = [
            times(self.reads, "read once", "read {:,} times"),
            times(self.deals, "used in 1 offer", "used in {:,} offers"),
        ]
        return " and ".join(part for part in parts if part)


def times(number: int, one: str, more: str) -> str:
    return {0: "", 1: one}.get(number, more.format(number))


def of_assets(asset_ids: Iterable[int]) -> Mapping[int, Impact]:
    """What each did; a page opened by a program, a preview or the same browser again within the
    hour is not a read (T39)."""
    ids = list(asset_ids)
    return _done(ids, among=ids)


def _done(ids: Iterable[int], *, among: Sequence[int] | sa.Select[int]) -> Mapping[int, Impact]:
    reads = visits.of_stories(among)
    deals = dict(
        db.session.execute(
            sa.select(Placement.asset_id, sa.func.count())
            .where(Placement.asset_id.in_(among), Placement.kind == Kind.DEAL)
            .group_by(Placement.asset_id)
        ).all()
    )
    return {one: Impact(int(reads.get(one, 0)), deals.get(one, 0)) for one in ids}


def of_submission(submission: Submission) -> Impact:
    ids = db.session.scalars(sa.select(Asset.id).where(Asset.submission_id == submission.id))
    return next(iter(of_assets(ids).values()), Impact())


def by_person() -> Mapping[int, Impact]:
    """What the words of everyone who has any did together, by advocate."""
    rows = db.session.execute(
        sa.select(Asset.id, Submission.advocate_id).join(Asset.submission)
    ).all()
    done = _done([asset_id for asset_id, _ in rows], among=sa.select(Asset.id))
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for asset_id, advocate_id in rows:
        sums[advocate_id][0] += done[asset_id].reads
        sums[advocate_id][1] += done[asset_id].deals
    return {person: Impact(*both) for person, both in sums.items()}


def who_has_words() -> sa.Select[int]:
    """Everyone of whom something was ever published, as numbers; however many they are, their
    list is no part of a question."""
    return sa.select(Submission.advocate_id).join(Asset, Asset.submission_id == Submission.id)


def with_words_shown() -> set[int]:
    """Who has words that anyone may read now, as numbers of advocates."""
    return {row.advocate_id for row in tallying.standing(also=[Submission.advocate_id])}


def is_muted(advocate: Advocate) -> bool:
    notice = db.session.get(ImpactNotice, advocate.id)
    return bool(notice and notice.muted_at)
