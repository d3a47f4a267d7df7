"""Ten seconds to think again: nothing is sent, nothing is seen, and the history keeps both."""

import threading

import pytest

from portal.campaigns.models import Action
from portal.consent.actions import Circumstances
from portal.db import db
from portal.events import actions as events
from portal.events.models import Event, Speaker
from portal.history.models import Entry
from portal.outbox.models import Message
from portal.outbox.models import State as Mail
from portal.privacy import actions as privacy
from portal.publishing.models import Asset
from portal.staff.models import Staff
from portal.submissions.models import State, Submission
from portal.undo.models import Undo
from tests.contributing import ANSWERS

DECISIONS = {
    "/approval": {},
    "/change-request": {"note": "Leave out the price."},
    "/decline": {"ground": "abuse", "note": "It insults a colleague."},
}


@pytest.fixture
def decide(contribution):
    def decide(client, act="/approval"):
        one = contribution()
        data = {"seen": one.version} | DECISIONS[act]
        return client.post(f"/staff/submissions/{one.id}{act}", data=data)

    return decide


def undo(client, number=1):
    return client.post("/staff/undo", data={"items": f"submission:{number}"})


def as_it_is(one: Submission) -> tuple:
    return one.state, one.note, one.ground, one.decided_at


@pytest.mark.parametrize("move", DECISIONS)
def test_undone_within_ten_seconds_nothing_is_sent_and_all_is_as_it_was(
    sent, as_rosa, contribution, decide, move, post_mail, mailroom, wait, saved
):
    sent()
    post_mail()
    before, mails = as_it_is(contribution()), len(mailroom.mails)
    decide(as_rosa, move)
    assert as_it_is(contribution()) != before
    assert len(post_mail()) == mails  # it waits
    answer = undo(as_rosa)
    assert answer.status_code == 303
    assert "Undone. It waits again, and nothing was sent." in as_rosa.get(answer.location).text
    assert as_it_is(contribution()) == before
    wait(minutes=5)
    assert len(post_mail()) == mails
    assert saved(Message)[-1].state is Mail.STOPPED
    verbs = [entry.verb for entry in saved(Entry) if entry.about == "submission:1"]
    assert verbs[-2:] == [
        {"/approval": "approved", "/change-request": "change asked", "/decline": "declined"}[move],
        "decision undone",
    ]


def test_the_page_after_a_decision_has_the_button_without_a_script(sent, as_rosa, decide):
    sent()
    page = as_rosa.get(decide(as_rosa).location, follow_redirects=True).text
    assert 'action="/staff/undo' in page
    assert 'value="submission:1"' in page
    assert 'name="csrf_token"' in page


@pytest.mark.parametrize("move", DECISIONS)
def test_after_ten_seconds_it_is_refused_with_a_sentence(
    sent, as_rosa, contribution, decide, move, wait, post_mail
):
    sent()
    decide(as_rosa, move)
    after = as_it_is(contribution())
    wait(seconds=10)
    answer = undo(as_rosa)
    assert answer.status_code == 409
    assert "Ten seconds are over" in answer.text
    assert as_it_is(contribution()) == after
    assert "/staff/submissions/1" in answer.text
    assert post_mail()[-1]["To"] == "ada@analytical.example"


def test_a_mail_that_left_early_cannot_be_undone(sent, as_rosa, decide, act, saved, contribution):
    """A worker whose clock is ahead."""
    sent()
    decide(as_rosa)
    number = saved(Message)[-1].id
    act(lambda: setattr(db.session.get(Message, number), "attempts", 1))
    assert undo(as_rosa).status_code == 409
    assert contribution().state is State.APPROVED


def test_an_approved_review_was_never_public_when_it_is_undone(
    sent, as_rosa, as_stranger, decide, contribution, saved, wait, post_mail
):
    sent(Action.REVIEW)
    post_mail()
    decide(as_rosa)
    assert ANSWERS["worked"] not in as_stranger.get("/reviews").text
    assert "About to appear" in as_rosa.get("/staff/published").text
    undo(as_rosa)
    wait(minutes=1)
    assert saved(Asset) == []
    assert contribution().state is State.SUBMITTED
    assert ANSWERS["worked"] not in as_stranger.get("/reviews").text
    decide(as_rosa)  # and it can be approved afterwards
    wait(minutes=1)
    assert ANSWERS["worked"] in as_stranger.get("/reviews").text
    assert post_mail()[-1]["Subject"] == "Your review is published"


def test_only_who_decided_may_undo_and_doing_it_twice_is_harmless(
    sent, as_rosa, as_sam, decide, contribution, saved
):
    sent()
    assert undo(as_rosa).status_code == 409
    decide(as_rosa)
    assert "no decision of yours" in undo(as_sam).text
    assert [undo(as_rosa).status_code for _ in range(2)] == [303, 303]
    assert [entry.verb for entry in saved(Entry)].count("decision undone") == 1
    assert contribution().state is State.SUBMITTED


def test_a_second_click_on_approve_does_not_cost_the_way_back(sent, as_rosa, contribution):
    sent()
    seen = {"seen": contribution().version}
    for _ in range(2):
        assert as_rosa.post("/staff/submissions/1/approval", data=seen).status_code == 303
    assert undo(as_rosa).status_code == 303
    assert contribution().state is State.SUBMITTED


def test_whoever_had_it_open_meanwhile_learns_of_both(sent, as_rosa, as_sam, decide, contribution):
    sent()
    seen = contribution().version
    decide(as_rosa)
    undo(as_rosa)
    answer = as_sam.post("/staff/submissions/1/approval", data={"seen": seen})
    assert answer.status_code == 409
    assert "Rosa decided and undid it while you had this open" in answer.text


def test_two_undo_at_once_and_one_does_it(sent, as_rosa, decide, contribution, saved):
    sent(Action.REVIEW)
    decide(as_rosa)
    start, statuses = threading.Barrier(2), []

    def go():
        start.wait()
        statuses.append(undo(as_rosa).status_code)

    both = [threading.Thread(target=go) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(20)
    assert statuses == [303, 303]
    assert [entry.verb for entry in saved(Entry)].count("decision undone") == 1


def test_a_declined_proposal_gives_back_the_seat_when_it_is_undone(
    sent,
    as_rosa,
    decide,
    act,
    event,
    saved,
    rosa,
    post_mail,
    wait,
):
    sent(Action.WEBINAR)

    def confirm():
        speaker = db.session.query(Speaker).one()
        events.confirm(speaker, db.session.get(Event, event), by=db.session.get(Staff, rosa))

    act(confirm)
    mails = len(post_mail())
    decide(as_rosa, "/decline")
    assert saved(Speaker)[0].state == "released"
    assert saved(Event)[0].state == "open"
    undo(as_rosa)
    assert saved(Speaker)[0].state == "confirmed"
    assert saved(Speaker)[0].confirmed_at
    assert saved(Event)[0].state == "full"
    wait(minutes=1)
    assert len(post_mail()) == mails  # no calendar was told


def test_T36_an_erased_person_leaves_nothing_to_undo(sent, as_rosa, decide, act, saved):
    sent()
    decide(as_rosa, "/decline")

    def erase():
        person = db.session.get(Submission, 1).advocate
        privacy.erase(person, by=person, circumstances=Circumstances())

    act(erase)
    assert saved(Undo) == []
    assert undo(as_rosa).status_code == 409
