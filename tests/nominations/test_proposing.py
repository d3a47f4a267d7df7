"""A colleague proposes a customer with a reason; an editor says yes, or why not."""

import pytest
import sqlalchemy as sa

from portal.advocates.models import Advocate, Signal, Tag
from portal.consent.actions import Circumstances
from portal.db import db
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.nominations.models import Nomination, State
from portal.privacy import actions as privacy
from portal.privacy.export import everything
from portal.staff.models import Role, Staff

WHY = "She cut their paperwork in half, and likes to talk about it."


@pytest.fixture
def as_vera(browser_of, save):
    """A colleague who may only look."""
    vera = Staff(email="vera@acme.example", name="Vera", role=Role.VIEWER, password_hash="x")
    return browser_of(staff=save(vera))


@pytest.fixture
def as_sam(browser_of, save):
    sam = Staff(email="sam@acme.example", name="Sam", role=Role.EDITOR, password_hash="x")
    return browser_of(staff=save(sam))


@pytest.fixture
def proposed(as_vera, ada) -> int:
    answer = as_vera.post(f"/staff/customers/{ada}/nomination", data={"reason": WHY})
    assert answer.location == "/staff/nominations/1"
    return 1


def test_who_only_looks_proposes_a_customer_and_it_waits_in_the_queue(proposed, as_rosa, as_vera):
    page = as_rosa.get("/staff/queue?kind=nominations").text
    assert "Vera proposes Ada Lovelace" in page
    assert WHY in page
    assert "acceptance" not in as_vera.get("/staff/nominations/1").text
    for answer in ("acceptance", "decline"):
        assert as_vera.post(f"/staff/nominations/1/{answer}").status_code == 403


def test_accepted_campaigns_find_them_by_the_tag_and_only_the_proposer_is_told(
    proposed, as_rosa, saved, post_mail, wait
):
    for _ in range(2):  # a second click changes nothing
        assert as_rosa.post("/staff/nominations/1/acceptance").status_code == 303
    assert [tag.name for tag in saved(Tag)] == ["nominated"]
    assert [signal.words for signal in saved(Signal)] == [f"Nominated by Vera because: {WHY}"]
    wait(seconds=11)  # it could have been undone
    [mail] = post_mail()
    assert mail["To"] == "vera@acme.example"
    assert "Rosa accepted your proposal" in mail.get_body(("plain",)).get_content()
    assert "nominated" in as_rosa.get("/staff/campaigns/new").text
    assert "proposes" not in as_rosa.get("/staff/queue").text


def test_declined_the_proposer_reads_why(proposed, as_rosa, saved, post_mail, wait):
    empty = as_rosa.post("/staff/nominations/1/decline", data={"note": " "})
    assert empty.status_code == 422
    long = as_rosa.post("/staff/nominations/1/decline", data={"note": "y" * 801})
    assert (long.status_code, "y" * 801 in long.text) == (422, True)
    as_rosa.post("/staff/nominations/1/decline", data={"note": "We asked her in May."})
    wait(seconds=11)
    [mail] = post_mail()
    assert "We asked her in May." in mail.get_body(("plain",)).get_content()
    assert saved(Tag) == saved(Signal) == []


def test_the_second_to_decide_is_told_and_keeps_the_note(proposed, as_rosa, as_sam, saved):
    as_rosa.post("/staff/nominations/1/acceptance")
    answer = as_sam.post("/staff/nominations/1/decline", data={"note": "Not this year."})
    assert answer.status_code == 409
    assert "Rosa accepted it at " in answer.text
    assert "Not this year." in answer.text
    assert saved(Nomination)[0].state is State.ACCEPTED


def test_one_customer_is_proposed_once_at_a_time(proposed, as_vera, as_sam, ada, saved):
    again = as_sam.post(f"/staff/customers/{ada}/nomination", data={"reason": "Me too."})
    assert again.status_code == 409
    assert "Vera has proposed Ada Lovelace already." in again.text
    assert "Me too." in again.text
    as_vera.post(f"/staff/customers/{ada}/nomination", data={"reason": "Better said."})
    assert [one.reason for one in saved(Nomination)] == ["Better said."]


@pytest.mark.parametrize("column", ["stopped_at", "left_at", "restricted_at"])
def test_nobody_is_proposed_whom_we_may_not_ask(as_vera, as_rosa, ada, act, saved, column):
    def close():
        db.session.execute(sa.update(Advocate).values({column: sa.func.now()}))

    as_vera.post(f"/staff/customers/{ada}/nomination", data={"reason": WHY})
    act(close)
    assert as_rosa.post("/staff/nominations/1/acceptance").status_code == 409
    assert saved(Tag) == []
    act(lambda: db.session.execute(sa.delete(Nomination)))
    refused = as_vera.post(f"/staff/customers/{ada}/nomination", data={"reason": WHY})
    assert (refused.status_code, WHY in refused.text) == (409, True)
    assert saved(Nomination) == []


def test_T36_what_a_colleague_wrote_is_theirs_to_read_and_goes_with_them(proposed, act, ada, saved):
    def theirs():
        return everything(db.session.get(Advocate, ada))

    assert act(theirs)["proposed_because"][0]["reason"] == WHY
    person = {"by": SYSTEM, "circumstances": Circumstances()}
    act(lambda: privacy.erase(db.session.get(Advocate, ada), **person))
    assert saved(Nomination) == []
    assert all(WHY not in entry.note for entry in saved(Entry))
