"""What staff answer to somebody who would rather talk, put back within ten seconds."""

from datetime import datetime
from typing import Any

from portal.db import lock_row
from portal.interviews.models import Interview, State
from portal.staff.models import Staff
from portal.undo.actions import Way, as_moment, as_text

SAID = ("slots", "place", "note", "reminder", "staff_id")
WHEN = ("starts_at", "held_at")


def snapshot(interview: Interview) -> dict[str, Any]:
    said = {name: getattr(interview, name) for name in SAID}
    when = {name: as_text(getattr(interview, name)) for name in WHEN}
    return {"state": interview.state.value} | said | when


def put_back(interview: Interview, was: dict[str, Any], *, by: Staff) -> None:
    """Its number for calendars stays the higher one: none has seen either."""
    interview.state = State(was["state"])
    for name in SAID:
        setattr(interview, name, was[name])
    for name in WHEN:
        moment: datetime | None = as_moment(was[name])
        setattr(interview, name, moment)


INTERVIEW = Way(
    row=Interview,
    hold=lock_row,
    mark=lambda one: [one.version],
    snapshot=snapshot,
    put_back=put_back,
    title=lambda one: f"Interview with {one.advocate.name}",
    page=lambda one: ("interviews.show", {"id": one.id}),
    said="Undone. It is as it was before, and nothing was sent.",
)
