"""Events that are over, until somebody says how it went."""

from collections.abc import Sequence

from portal.events.models import Event, State
from portal.queue.kinds import ME, Drawn, Kind, days_ago, moment


def draw(found: Sequence[Event]) -> list[Drawn]:
    return [
        Drawn(
            f"Did it take place? {one.title}",
            "Then everyone who spoke is thanked by mail.",
            "events.show",
            {"id": one.id},
        )
        for one in found
    ]


EVENTS = Kind(
    "events",
    "Events over",
    Event,
    Event.starts_at,
    lambda: [
        Event.state.in_([State.OPEN, State.FULL]),
        Event.starts_at < moment(days_ago(1)),  # none is longer
    ],
    draw,
    late_from=days_ago(7),
    whose=Event.staff_id == ME,
)
