"""What has a day of its own is overdue after that day, and due soon shortly before it."""

import re
from datetime import timedelta

import pytest

from portal.placements.models import Takedown
from tests.dashboard.test_working_through_a_filter import takedown


@pytest.fixture
def due_in(act, campaign, ada, saved):
    """Words must come down somewhere, so many days from now."""

    def due_in(days: int) -> None:
        def open_one():
            one = takedown(campaign, 1)
            one.due_on = one.opened_at.date() + timedelta(days=days)

        act(open_one)
        assert len(saved(Takedown)) == 1

    return due_in


def shown(as_rosa, show: str = "") -> list[str]:
    page = as_rosa.get(f"/staff/queue?kind=takedowns&show={show}").text
    return re.findall(r">(Due soon|Overdue)</span>", page) if "Take down: Deck 1" in page else []


@pytest.mark.parametrize(
    ("days", "passed", "mark"),
    [
        (14, 8, ""), (14, 12, "Due soon"), (14, 14, "Due soon"), (14, 15, "Overdue"),
        (3, 4, "Overdue"), (3, 0, ""),
    ],
)  # fmt: skip
def test_a_takedown_is_overdue_after_its_own_day(
    due_in, browser_of, rosa, wait, days, passed, mark
):
    due_in(days)
    wait(days=passed)
    as_rosa = browser_of(staff=rosa)
    assert shown(as_rosa) == [mark] * bool(mark)
    assert shown(as_rosa, "late") == [mark] * (mark == "Overdue")
    assert shown(as_rosa, "soon") == [mark] * (mark == "Due soon")
    if mark:
        assert f">{mark}</span>" in as_rosa.get("/staff/takedowns/1").text
