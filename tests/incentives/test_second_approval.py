"""A large reward needs two people, and the one who approved first cannot be the second."""

import pytest

from portal.incentives.models import Reward, RewardEntry, RewardState

LARGE = {"promise": {"value_cents": 500_01}}


def approve(client, seen: int):
    data = {"state": "approved", "seen": seen}
    return client.post("/staff/rewards/1/moves", data=data, follow_redirects=True)


def test_above_the_limit_two_different_people_have_to_approve(as_rosa, as_theo, earn, saved):
    earn(**LARGE)
    assert "two different people" in as_rosa.get("/staff/rewards/1").text
    assert "Somebody else has to approve it too." in approve(as_rosa, 1).text
    assert saved(Reward)[0].state is RewardState.HELD
    assert 'value="approved"' not in as_rosa.get("/staff/rewards/1").text
    again = approve(as_rosa, 2)
    assert again.status_code == 409
    assert "You approved this one already. Above 500 EUR somebody else" in again.text
    page = as_theo.get("/staff/rewards/1").text
    assert "Rosa approved this one. Because of its value it needs yours as well." in page
    assert approve(as_theo, 2).status_code == 200
    assert [(e.state.value, e.how, e.by) for e in saved(RewardEntry)] == [
        ("accrued", "", "system"),
        ("held", "first yes", "staff:1"),
        ("approved", "", "staff:2"),
    ]


def test_at_the_limit_one_is_enough(as_rosa, earn, saved):
    earn(promise={"value_cents": 500_00})
    approve(as_rosa, 1)
    assert saved(Reward)[0].state is RewardState.APPROVED


def test_the_limit_is_a_setting_by_currency(as_rosa, earn, saved, setting):
    setting(second_approval={"USD": 1})
    earn(**LARGE)
    approve(as_rosa, 1)
    assert saved(Reward)[0].state is RewardState.APPROVED


def test_a_hold_after_the_first_yes_begins_again(as_rosa, as_theo, earn, saved):
    earn(**LARGE)
    approve(as_rosa, 1)
    hold = {"state": "held", "note": "Their employer has to say yes first.", "seen": 2}
    assert as_theo.post("/staff/rewards/1/moves", data=hold).status_code == 303
    approve(as_theo, 3)
    assert saved(Reward)[0].state is RewardState.HELD
    approve(as_rosa, 4)
    assert saved(Reward)[0].state is RewardState.APPROVED


def test_she_reads_that_two_people_look_and_who_they_are_stays_here(as_ada, as_rosa, earn):
    earn(**LARGE)
    approve(as_rosa, 1)
    page = as_ada.get("/me/rewards").text
    assert "Two people look at rewards of this size. The first has said yes." in page
    assert "Rosa" not in page


@pytest.mark.parametrize("figure", ["EUR", "EUR:", "EUR:many", ":5"])
def test_a_limit_that_is_none_stops_the_start(figure):
    from pydantic import ValidationError

    from portal.config import Settings

    with pytest.raises(ValidationError, match="pairs of a name and a whole number"):
        Settings(
            base_url="http://localhost", secret_key="x" * 32, link_keys=["x" * 32],
            second_approval=figure,
        )  # fmt: skip
