"""Customers whom a colleague has proposed, until somebody says yes or why not."""

from collections.abc import Sequence

from sqlalchemy.orm import joinedload

from portal.advocates.looking_after import looked_after
from portal.nominations.models import Nomination, State
from portal.queue.kinds import ON_HOLD, Drawn, Kind, days_ago


def draw(found: Sequence[Nomination]) -> list[Drawn]:
    return [
        Drawn(
            f"{one.staff.name} proposes {one.advocate.name}",
            one.reason if len(one.reason) < 120 else f"{one.reason[:117]}…",
            "nominations.show",
            {"id": one.id},
            held=ON_HOLD if one.advocate.restricted_at else "",
            bulk=f"{one.id}:{one.id}",
            several="nominations",
        )
        for one in found
    ]


NOMINATIONS = Kind(
    "nominations",
    "Proposed",
    Nomination,
    Nomination.created_at,
    lambda: [Nomination.state == State.WAITING],
    draw,
    (joinedload(Nomination.staff),),
    late_from=days_ago(14),
    whose=looked_after(Nomination.advocate_id),
)
