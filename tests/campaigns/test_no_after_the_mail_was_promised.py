"""T38: a no that comes after a mail was promised counts, wherever it was said."""

from datetime import timedelta

import pytest

from portal import clock
from portal.advocates import actions as advocates
from portal.advocates import merging, wishes
from portal.advocates.models import Advocate
from portal.campaigns import actions, inviting, later
from portal.campaigns.models import Campaign, Invitation
from portal.dashboard import funnel
from portal.db import db
from portal.history.actions import SYSTEM
from portal.outbox.models import Message, State

ADA = "ada@analytical.example"


@pytest.fixture
def promised(act, invitation) -> int:
    """The mail of Ada’s invitation, about to leave."""
    act(lambda: inviting.mail_to(db.session.get(Invitation, invitation)))
    return act(lambda: db.session.query(Message).one().id)


@pytest.fixture
def failed(promised, mailroom, post_mail) -> int:
    """The same, after the relay refused it for good."""
    mailroom.refuse[ADA] = "554 refused"
    post_mail()
    mailroom.refuse.clear()
    return promised


def pause(person: Advocate) -> None:
    wishes.pause(person, clock.now().date() + timedelta(days=90), by=person)


def stop(person: Advocate) -> None:
    advocates.stop_inviting(person, by=person)


def take_calls(person: Advocate) -> None:
    wishes.prefer(
        person, paused_until=None, asks_for=[], ask_every=None, wants_updates=True,
        asked_by=["phone"], phone="1", by=person,
    )  # fmt: skip


def leave(person: Advocate) -> None:
    advocates.leave(person, by=SYSTEM)


NO = [
    (pause, "Asked us to wait until after"),
    (stop, "to stop inviting them"),
    (take_calls, "wants no invitations by mail"),
    (leave, "Left Analytical Engines"),
    (lambda person: wishes.restrict(person, by=person), "do nothing with what we hold"),
]


@pytest.mark.parametrize(("says", "why"), NO)
def test_T38_staff_cannot_send_again_what_its_reader_wants_no_more(
    failed, act, ada, as_rosa, campaign, saved, post_mail, says, why
):
    act(lambda: says(db.session.get(Advocate, ada)))
    answer = as_rosa.post(f"/staff/mail/{failed}/retry")
    assert (answer.status_code, why in answer.text) == (409, True)
    assert saved(Message)[0].state is State.FAILED
    assert post_mail() == []
    steps = act(lambda: funnel.steps(db.session.get(Campaign, campaign)))
    assert (steps["undelivered"].count, steps["queued"].count) == (1, 0)


@pytest.mark.parametrize(("says", "why"), NO)
def test_T38_nor_an_invitation_whose_mail_arrived_long_ago(
    promised, act, ada, invitation, browser_of, rosa, post_mail, saved, wait, says, why
):
    """The other way to it: the button beside each person of a campaign."""
    post_mail()
    wait(days=3)
    act(lambda: says(db.session.get(Advocate, ada)))
    told = len(saved(Message))
    answer = browser_of(staff=rosa).post(f"/staff/invitations/{invitation}/mails")
    assert answer.status_code == 409
    assert why in answer.text
    assert len(saved(Message)) == told


def test_T38_nor_what_would_ask_while_the_campaign_is_paused_or_over(
    failed, act, as_rosa, campaign, saved
):
    for end, why in ((actions.pause, "is paused"), (actions.close, "is over")):
        act(lambda end=end: end(db.session.get(Campaign, campaign), by=SYSTEM))
        answer = as_rosa.post(f"/staff/mail/{failed}/retry")
        assert (answer.status_code, why in answer.text) == (409, True)
    assert saved(Message)[0].state is State.FAILED


def test_what_nobody_said_no_to_is_sent_again(failed, as_rosa, post_mail, mailroom):
    assert as_rosa.post(f"/staff/mail/{failed}/retry").status_code == 303
    post_mail()
    assert len(mailroom.to(ADA)) == 1


@pytest.mark.parametrize("says", [pause, stop])
def test_T38_a_no_said_under_another_row_of_the_same_person_stops_the_mail_on_its_way(
    promised, act, ada, charlie, campaign, as_rosa, saved, post_mail, says
):
    def same() -> None:
        into = db.session.get(Advocate, ada)
        merging.merge(db.session.get(Advocate, charlie), into=into, by=SYSTEM)

    act(same)
    act(lambda: says(db.session.get(Advocate, charlie)))
    assert post_mail() == []
    assert saved(Message)[0].state is State.STOPPED
    page = as_rosa.get(f"/staff/campaigns/{campaign}/people?step=unsent").text
    assert "Asked us" in page


def test_T38_ask_me_later_does_not_end_a_longer_pause(act, invitation, ada, wait, saved, post_mail):
    act(lambda: pause(db.session.get(Advocate, ada)))
    act(lambda: later.snooze(db.session.get(Invitation, invitation), 7, by=SYSTEM))
    wait(days=8)
    assert post_mail() == []
    assert saved(Message)[0].state is State.STOPPED
