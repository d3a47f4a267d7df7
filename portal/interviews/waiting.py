"""Who would rather talk than write and waits for a time; and talks that are over."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from portal import clock
from portal.advocates.looking_after import looked_after
from portal.interviews.models import MINUTES, Interview, State
from portal.queue.kinds import ME, ON_HOLD, Drawn, Kind, days_ago, moment


def draw(found: Sequence[Interview]) -> list[Drawn]:
    return [
        Drawn(
            f"Interview with {one.advocate.name}",
            "Did you talk?" if one.state is State.CONFIRMED else "Would rather talk than write",
            "interviews.show",
            {"id": one.id},
            held=ON_HOLD if one.advocate.restricted_at else "",
        )
        for one in found
    ]


INTERVIEWS = Kind(
    "interviews",
    "Interviews to agree on",
    Interview,
    Interview.asked_at,
    lambda: [Interview.state == State.ASKED],
    draw,
    late_from=days_ago(7),
    whose=sa.or_(Interview.staff_id == ME, looked_after(Interview.advocate_id)),
)
TALKS = Kind(
    "talks",
    "Interviews over",
    Interview,
    Interview.starts_at,
    lambda: [
        Interview.state == State.CONFIRMED,
        Interview.starts_at <= moment(lambda: clock.now() - timedelta(minutes=MINUTES)),
    ],
    draw,
    late_from=days_ago(7),
    whose=sa.or_(Interview.staff_id == ME, looked_after(Interview.advocate_id)),
)
