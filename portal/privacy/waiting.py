"""What people asked about their data, until somebody answers: the law gives a month."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from portal import clock
from portal.advocates.looking_after import looked_after
from portal.privacy.models import DataRequest, month_after
from portal.queue.kinds import Drawn, Kind

A_MONTH = timedelta(days=32)


def draw(found: Sequence[DataRequest]) -> list[Drawn]:
    return [
        Drawn(
            f"{one.advocate.name} asks for a correction",
            f"Answer by {one.due.day} {one.due:%B %Y}: the law gives a month.",
            "privacy.show_request",
            {"id": one.id},
        )
        for one in found
    ]


def due_from(days: int) -> datetime:
    """Of whatever was asked before this, the last day is less than so many days away."""
    last, asked = clock.now().date() + timedelta(days=days), clock.now().date() - A_MONTH
    while month_after(asked) < last:
        asked += timedelta(days=1)
    return datetime(asked.year, asked.month, asked.day, tzinfo=UTC)


REQUESTS = Kind(
    "requests",
    "Data requests",
    DataRequest,
    DataRequest.asked_at,
    lambda: [DataRequest.answered_at.is_(None)],
    draw,
    late_from=lambda: due_from(0),
    soon_from=lambda: due_from(7),
    whose=looked_after(DataRequest.advocate_id),
)
