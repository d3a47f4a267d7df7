"""What the charts of the home page draw, and the tables beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.campaigns.models import Ask
from portal.consent.models import Channel, Purpose
from portal.db import db
from portal.history.models import Entry
from portal.publishing.models import Asset
from portal.publishing.queries import is_allowed
from portal.submissions.models import Submission

WEEKS = 12
USES: dict[str, tuple[Purpose, Channel | None]] = {  # on our own pages may stand all that counts
    "On other sites": (Purpose.WORDS, Channel.EMBED),
    "Name": (Purpose.NAME, None),
    "Company": (Purpose.COMPANY, None),
    "Photo": (Purpose.PHOTO, None),
}


@dataclass(frozen=True)
class Bar:
    """One value, and how long its bar is for the longest being 100."""

    label: str
    value: int
    size: int


@dataclass(frozen=True)
class Chart:
    """A row of bars, and in words what they count where the title does not say it."""

    title: str
    bars: list[Bar]
    counted: str = ""

    @property
    def total(self) -> int:
        return sum(bar.value for bar in self.bars)


def weekly() -> list[Chart]:
    """How many were asked, sent something and were published, week by week."""
    return [
        _chart("Asked", _by_week(Ask.at), "Each person once for every campaign."),
        _chart(
            "Contributions sent",
            _by_week(Submission.submitted_at),
            "Each once, in the week its author last sent it.",
        ),
        _chart(
            "Published",
            _by_week(Asset.published_at, _appeared()),
            "Each once, in the week it first appeared, also if it was taken down since.",
        ),
    ]


def _appeared() -> sa.ColumnElement[bool]:
    """Whether words were ever seen: not those for a later day, nor those called off before it."""
    said = sa.literal(f"{Submission.__tablename__}:") + sa.cast(Asset.submission_id, sa.String)
    return sa.and_(
        Asset.published_at <= clock.now(),
        sa.exists().where(Entry.about == said, Entry.verb == "published"),
    )


def _by_week(moment: Any, *which: sa.ColumnElement[bool]) -> list[tuple[str, int]]:
    """Counts of the last WEEKS weeks, Monday to Sunday, the oldest first; one query."""
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    starts = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    counts = [
        sa.func.count().filter(moment >= start, moment < start + timedelta(weeks=1))
        for start in starts
    ]
    found = db.session.execute(sa.select(*counts).where(moment >= starts[0], *which)).one()
    return [(f"{day.day} {day:%b}", n) for day, n in zip(starts, found, strict=True)]


def uses() -> list[sa.ColumnElement[bool]]:
    """Whether each use is allowed now, for ``tallying.standing``."""
    return [is_allowed(*use).label(label) for label, use in USES.items()]


def coverage(words: Sequence[sa.Row]) -> Chart:
    """Of what is public now, how much may be shown where and with what, in per cent."""
    total = len(words)
    counts = [sum(row._mapping[label] for row in words) for label in USES]
    bars = [
        Bar(label, n, round(100 * n / total) if total else 0)
        for label, n in zip(USES, counts, strict=True)
    ]
    return Chart(f"Permissions of the {total} published", bars)


def funnel(leads: Sequence[tuple[Any, int]]) -> Chart:
    """Leads by the stage they have reached at least."""
    reached = [sum(n for _, n in leads[place:]) for place in range(len(leads))]
    return _chart(
        "Leads that came at least so far",
        [(stage.value.capitalize(), n) for (stage, _), n in zip(leads, reached, strict=True)],
    )


def _chart(title: str, values: list[tuple[str, int]], counted: str = "") -> Chart:
    most = max((value for _, value in values), default=0) or 1
    return Chart(title, [Bar(label, n, round(100 * n / most)) for label, n in values], counted)
