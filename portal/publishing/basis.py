"""What figures in a customer's words rest on: a note of who checked, or a line beside them (T5)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal import clock
from portal.errors import NotAllowed
from portal.staff.models import Staff

# Says that figures mean nothing, and so supports none.
EMPTY_PROMISE = re.compile(
    r"\b(?:results?|outcomes?|mileage|experiences?)\s+(?:may|can|will|might|could)\s+"
    r"(?:vary|differ)|\bresults?\s+(?:are\s+|is\s+)?not\s+typical|"
    r"\bergebnisse\s+können\s+(?:variieren|abweichen)",
    re.IGNORECASE,
)


class Unproven(NotAllowed):
    """A figure would stand in public without a ground; ``field`` is where it is asked for."""

    status = 422

    def __init__(self, sentence: str, field: str = "substantiation"):
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Basis:
    """A note on file, with whoever answers for it and the day; or a line of ours in public."""

    note: str = ""
    owner: Staff | None = None
    checked_on: date | None = None
    expected_results: str = ""

    @property
    def on_file(self) -> dict[str, Any]:
        """What the history keeps of it, a version with each publication."""
        day = self.checked_on.isoformat() if self.checked_on and self.note else ""
        return {
            "substantiation": self.note.strip(),
            "checked_by": self.owner.subject if self.owner and self.note else "",
            "checked_on": day,
            "expected_results": self.expected_results.strip(),
        }


NOTHING = Basis()


def demand(claims: Sequence[str], basis: Basis) -> None:
    """Raise Unproven where these claims would stand on nothing."""
    for field, text in (
        ("substantiation", basis.note),
        ("expected_results", basis.expected_results),
    ):
        if EMPTY_PROMISE.search(text):
            raise Unproven(
                "“Results may vary” proves nothing. Write what the figures rest on, or what "
                "customers generally get.",
                field,
            )
    if not claims or basis.expected_results.strip():
        return
    if not basis.note.strip():
        raise Unproven("Write what the figures rest on, or what customers generally get.")
    if basis.owner is None:
        raise Unproven("Choose who checked the figures.", "checked_by")
    if basis.checked_on is None or basis.checked_on > clock.now().date():
        raise Unproven("Enter the day they were checked, today or before.", "checked_on")
