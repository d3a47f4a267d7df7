"""What was answered to somebody who asked about their data, put back within ten seconds."""

from typing import Any

from portal.db import lock_row
from portal.history.actions import record
from portal.privacy.models import DataRequest
from portal.staff.models import Staff
from portal.undo.actions import UNDONE, Way, as_text


def put_back(request: DataRequest, _was: dict[str, Any], *, by: Staff) -> None:
    """Only what waits is ever answered. The words stay in the form, to be mended."""
    request.answered_at = request.answered_by = None
    record(request.advocate, UNDONE, by=by)


REQUEST = Way(
    row=DataRequest,
    hold=lock_row,
    mark=lambda one: [as_text(one.answered_at)],
    snapshot=lambda one: {"answered": False},
    put_back=put_back,
    title=lambda one: f"{one.advocate.name} asks for a correction",
    page=lambda one: ("privacy.show_request", {"id": one.id}),
)
