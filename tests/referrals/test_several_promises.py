"""Several promises to prospects settled at once: each with an outcome of its own, and undone."""

import re

import pytest
import sqlalchemy as sa

from portal.db import db
from portal.incentives import limits
from portal.incentives.models import RewardState
from portal.referrals.models import Lead
from portal.referrals.prospect_ledger import ProspectReward
from portal.staff.models import Role, Staff
from tests.referrals.test_what_prospects_are_promised import (
    DUE,
    GIVEN,
    REFUSED,
    C,
    Q,
    decide,
    promised,  # noqa: F401
    stands,  # noqa: F401
    told,  # noqa: F401
)

LIST, SEVERAL = "/staff/leads/rewards", "/staff/queue/decisions/prospect-rewards"


@pytest.fixture
def due(come, move) -> list[int]:
    """Three leads to whom something is due."""
    found = [come(email=f"p{n}@k{n}.example", name=f"P {n}", company=f"K{n}") for n in (1, 2, 3)]
    for one in found:
        move(one, Q)
    return found


def sent(*items: str, act="give", **more) -> dict:
    return {
        "items": list(items),
        "act": act,
        "note": "Invoice 7",
        "back": "prospect-rewards",
    } | more


def test_several_are_given_at_once_each_for_itself_and_undone(
    due,
    as_rosa,
    stands,  # noqa: F811
    told,  # noqa: F811
    post_mail,
):
    decide(as_rosa, "refuse", reward=2, ground="terms")
    before = told().count("given")
    answer = as_rosa.post(SEVERAL, data=sent("1:1", "2:1", "3:1"))
    assert answer.status_code == 200
    assert answer.text.count("Written down as given.") == 2
    assert "You were faster: it is refused" in answer.text
    assert f'href="{LIST}"' in answer.text
    assert stands() == [GIVEN, REFUSED, GIVEN]
    assert told().count("given") == before + 2
    undone = as_rosa.post("/staff/undo", data={"items": ["prospect_reward:1", "prospect_reward:3"]})
    assert undone.text.count("It is as it was before") == 2
    assert stands() == [DUE, REFUSED, DUE]


def test_whoever_undoes_several_holds_their_leads_before_they_wait_for_the_budget(
    app, under, due, as_rosa, monkeypatch
):
    """As whoever moves several leads does: else one would wait for a lead of the other’s."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":  # where one writer at a time holds everything
            return
    under(budget_cents=100_000)
    as_rosa.post(SEVERAL, data=sent("1:1", "3:1", act="refuse", ground="terms"))
    wait, free = limits.lock, []

    def look(name: str) -> None:
        with db.engine.connect() as other:
            unlocked = sa.select(Lead.id).with_for_update(skip_locked=True)
            free.append(list(other.scalars(unlocked)))
        wait(name)

    monkeypatch.setattr(limits, "lock", look)
    as_rosa.post("/staff/undo", data={"items": ["prospect_reward:1", "prospect_reward:3"]})
    assert set(map(tuple, free)) == {(due[1],)}


def test_several_are_refused_with_one_reason_that_each_reads(due, as_rosa, saved, stands):  # noqa: F811
    as_rosa.post(SEVERAL, data=sent("1:1", "2:1", act="refuse", ground="gifts"))
    assert stands() == [REFUSED, REFUSED, DUE]
    assert [one.line.ground for one in saved(ProspectReward)] == ["gifts", "gifts", ""]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"items": []}, "Select at least one"),
        ({"act": ""}, "Choose whether it was given"),
        ({"note": ""}, "Say how it was given"),
        ({"act": "refuse", "ground": ""}, "Choose a reason: the prospect reads it"),
    ],
)
def test_an_incomplete_decision_on_several_comes_back_whole(due, as_rosa, stands, more, says):  # noqa: F811
    data = sent("1:1", "2:1", note="A long note") | more
    answer = as_rosa.post(SEVERAL, data=data)
    assert (answer.status_code, says in answer.text) == (422, True)
    assert data["note"] in answer.text
    assert stands() == [DUE] * 3


def test_they_are_selected_on_the_list_and_in_the_queue_by_who_may_decide(
    due, as_rosa, save, browser_of, move
):
    boxes = r'form="several-prospect-rewards" name="items" value="(\d:\d)"'
    assert re.findall(boxes, as_rosa.get(LIST).text) == ["3:1", "2:1", "1:1"]
    queue = as_rosa.get("/staff/queue?kind=prospect-rewards").text
    assert sorted(re.findall(boxes, queue)) == ["1:1", "2:1", "3:1"]
    decide(as_rosa, reward=1)
    move(due[1], C)  # not due any more
    assert re.findall(boxes, as_rosa.get(LIST).text) == ["3:1"]
    viewer = browser_of(staff=save(Staff(email="v@v.example", name="Vic", role=Role.VIEWER)))
    assert "several-prospect-rewards" not in viewer.get(LIST).text
    assert viewer.post(SEVERAL, data=sent("3:1")).status_code == 403


def test_what_is_due_on_a_later_day_says_so_and_has_no_box_until_then(
    under, come, move, as_rosa, wait, saved, browser_of, rosa
):
    under(hold_days=30)
    move(come(), Q)
    day = saved(ProspectReward)[0].not_before
    page = as_rosa.get(LIST).text
    assert f"from {day.day} {day:%B %Y} on" in page
    assert 'name="items"' not in page
    assert 'value="refuse"' not in page  # there is nothing to decide on with others
    one = as_rosa.get(f"{LIST}/1").text
    assert 'value="refuse"' in one
    assert 'value="give"' not in one
    wait(days=31)
    later = browser_of(staff=rosa)
    assert 'name="items"' in later.get(LIST).text
    assert 'value="give"' in later.get(f"{LIST}/1").text


def test_what_is_due_on_a_later_day_is_refused_sooner_all_the_same(under, come, move, as_rosa):
    under(hold_days=30)
    move(come(), Q)
    answer = as_rosa.post(SEVERAL, data=sent("1:1", act="refuse", ground="theirs"))
    assert "Refused, with the reason." in answer.text


def test_a_lead_that_stood_out_is_looked_at_first_and_holds_up_no_other(
    due, come, move, as_rosa, stands  # noqa: F811
):  # fmt: skip
    move(come(email="somebody@mailinator.com", company="K9"), Q)
    answer = as_rosa.post(SEVERAL, data=sent("1:1", "4:2"))
    assert "Decide first about what stood out" in answer.text
    assert stands() == [GIVEN, DUE, DUE, RewardState.HELD]
