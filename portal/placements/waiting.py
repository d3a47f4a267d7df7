"""Places where words must come down, until someone has taken them down."""

from collections.abc import Sequence

from sqlalchemy.orm import joinedload

from portal.placements.models import Takedown
from portal.placements.words import BECAUSE
from portal.queue.kinds import ME, Drawn, Kind


def draw(found: Sequence[Takedown]) -> list[Drawn]:
    return [
        Drawn(
            f"Take down: {one.placement.place}",
            f"{BECAUSE[one.reason]} {one.owner.name}, by {one.due_on.day} {one.due_on:%B}.",
            "placements.show",
            {"takedown_id": one.id},
        )
        for one in found
    ]


TAKEDOWNS = Kind(
    "takedowns",
    "To take down",
    Takedown,
    Takedown.opened_at,
    lambda: [Takedown.closed_at.is_(None)],
    draw,
    (joinedload(Takedown.placement),),
    due=Takedown.due_on,
    whose=Takedown.owner_id == ME,
)
