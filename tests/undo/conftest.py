import pytest

from portal.incentives.models import RewardEntry, RewardState
from tests.approvals.conftest import as_vera, published, the_asset  # noqa: F401
from tests.incentives.conftest import as_theo, earn, rule, setting, theo  # noqa: F401
from tests.publishing.conftest import approved  # noqa: F401
from tests.review.conftest import as_sam, sam, sent  # noqa: F401


@pytest.fixture
def take_back():
    """Press Undo beside what was said; the answer."""

    def take_back(client, *things: str):
        return client.post("/staff/undo", data={"items": list(things)})

    return take_back


@pytest.fixture
def ruled(as_rosa, saved):
    """Rosa rules on the newest reward in her browser."""

    def ruled(state: RewardState, note: str = "Order 4711", number: int = 1):
        lines = len(saved_lines(saved, number))
        data = {"state": state.value, "note": note, "seen": lines}
        return as_rosa.post(f"/staff/rewards/{number}/moves", data=data)

    return ruled


def saved_lines(saved, number: int) -> list:
    return [line for line in saved(RewardEntry) if line.reward_id == number]
