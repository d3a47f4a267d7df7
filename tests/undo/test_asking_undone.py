"""Proposals of colleagues, and what is asked of a company: undone, nobody heard of it."""

import pytest

from portal.advocates.models import Signal, Tag
from portal.consent.models import OrgApproval, OrgVerdict
from portal.nominations.models import Nomination, State
from portal.outbox.models import Message
from portal.outbox.models import State as Mail

ASK = {
    "name": "Jo Press",
    "email": "jo@analytical.example",
    "scopes": ["name"],
    "clause": "silent",
    "about": "0",
}


@pytest.fixture
def proposed(as_vera, ada):
    as_vera.post(f"/staff/customers/{ada}/nomination", data={"reason": "She likes it."})


@pytest.mark.parametrize(
    ("answer", "data"), [("acceptance", {}), ("decline", {"note": "We asked her in May."})]
)
def test_a_proposal_waits_again_and_its_proposer_hears_nothing(
    proposed, as_rosa, saved, take_back, post_mail, wait, answer, data
):
    done = as_rosa.post(f"/staff/nominations/1/{answer}", data=data)
    assert 'value="nomination:1"' in as_rosa.get(done.location).text
    take_back(as_rosa, "nomination:1")
    one = saved(Nomination)[0]
    assert (one.state, one.note, one.decided_at) == (State.WAITING, "", None)
    assert saved(Tag) == saved(Signal) == []
    wait(minutes=5)
    assert post_mail() == []


def test_what_was_known_of_a_person_before_stays(
    proposed, as_rosa, act, ada, saved, take_back, as_vera
):
    as_rosa.post("/staff/nominations/1/acceptance")
    as_vera.post(f"/staff/customers/{ada}/nomination", data={"reason": "She likes it still."})
    as_rosa.post("/staff/nominations/2/acceptance")
    take_back(as_rosa, "nomination:2")
    assert [tag.name for tag in saved(Tag)] == ["nominated"]
    assert len(saved(Signal)) == 1


def test_proposed_anew_meanwhile_the_first_one_stands(proposed, as_rosa, as_vera, ada, take_back):
    as_rosa.post("/staff/nominations/1/decline", data={"note": "Not now."})
    as_vera.post(f"/staff/customers/{ada}/nomination", data={"reason": "Please!"})
    assert "has proposed Ada Lovelace anew" in take_back(as_rosa, "nomination:1").text


def test_several_proposals_are_decided_at_once(proposed, as_rosa, saved, take_back):
    assert 'form="several-nominations"' in as_rosa.get("/staff/queue?kind=nominations").text
    sent = {"items": ["1:1"], "decision": "decline", "note": ""}
    path = "/staff/queue/decisions/nominations"
    assert as_rosa.post(path, data=sent).status_code == 422
    as_rosa.post(path, data=sent | {"note": "We asked her in May."})
    assert saved(Nomination)[0].state is State.DECLINED
    take_back(as_rosa, "nomination:1")
    assert saved(Nomination)[0].state is State.WAITING


def test_T28_a_company_that_was_asked_by_mistake_hears_nothing(
    ada, as_rosa, saved, take_back, post_mail, wait
):
    answer = as_rosa.post("/staff/companies/1/approvals", data=ASK)
    assert answer.status_code == 303, answer.text
    assert 'value="company:1"' in as_rosa.get(answer.location).text
    assert take_back(as_rosa, "company:1").status_code == 303
    assert saved(OrgApproval)[0].verdict is OrgVerdict.CLOSED
    wait(days=6)
    assert post_mail() == []


def test_T28_closed_by_mistake_it_is_asked_still_and_its_reminder_comes(
    ada, as_rosa, saved, take_back, post_mail, wait
):
    as_rosa.post("/staff/companies/1/approvals", data=ASK)
    wait(minutes=1)
    assert len(post_mail()) == 1
    as_rosa.post("/staff/approvals/1/closing")
    take_back(as_rosa, "company:1")
    assert saved(OrgApproval)[0].verdict is OrgVerdict.PENDING
    wait(days=6)
    assert len(post_mail()) == 2


def test_T28_a_reminder_sent_by_mistake_is_not_and_the_one_to_come_is(
    ada, rosa, as_rosa, browser_of, saved, take_back, post_mail, wait
):
    as_rosa.post("/staff/companies/1/approvals", data=ASK)
    wait(days=4)
    assert len(post_mail()) == 1
    as_rosa = browser_of(staff=rosa)  # signed in again
    as_rosa.post("/staff/approvals/1/reminder")
    take_back(as_rosa, "company:1")
    assert saved(OrgApproval)[0].last_reminded_at is None
    assert len(post_mail()) == 1
    wait(days=2)
    assert len(post_mail()) == 2
    assert [mail.state for mail in saved(Message)].count(Mail.STOPPED) == 1


def test_only_what_can_be_undone_is_named(as_rosa, take_back):
    for nonsense in ("staff:1", "submission:x", "submission:99", ""):
        assert take_back(as_rosa, nonsense).status_code == 404
