"""That words came down somewhere, or whose task it is, put back within ten seconds.

It puts no words anywhere: the task to take them down is open again, what was typed as a proof
stands in its form, and a file stays with it.
"""

from typing import Any

from portal.db import db, lock_row
from portal.placements.models import Takedown
from portal.staff.models import Staff
from portal.undo.actions import Way, as_moment, as_text


def snapshot(takedown: Takedown) -> dict[str, Any]:
    """Only what is open is ever closed or handed over."""
    return {"owner": takedown.owner_id, "ended_at": as_text(takedown.placement.ended_at)}


def put_back(takedown: Takedown, was: dict[str, Any], *, by: Staff) -> None:
    takedown.closed_at = takedown.outcome = None
    takedown.owner = db.session.get_one(Staff, was["owner"])
    takedown.placement.ended_at = as_moment(was["ended_at"])


TAKEDOWN = Way(
    row=Takedown,
    hold=lock_row,
    mark=lambda one: [as_text(one.closed_at), one.owner_id, as_text(one.reminded_at)],
    snapshot=snapshot,
    put_back=put_back,
    title=lambda one: f"Take down: {one.placement.place}",
    page=lambda one: ("placements.show", {"takedown_id": one.id}),
    said="Undone. The task is open again, and nothing was sent.",
)
