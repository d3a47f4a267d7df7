"""What people asked about their data, until somebody answers: the law gives a month."""

from collections.abc import Sequence

from portal.privacy.models import DataRequest
from portal.queue.kinds import Drawn, Kind, days_ago


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


REQUESTS = Kind(
    "requests",
    "Data requests",
    DataRequest,
    DataRequest.asked_at,
    lambda: [DataRequest.answered_at.is_(None)],
    draw,
    late_from=days_ago(21),  # a week is left then, in the shortest month
)
