"""Reminders and “Send again” go by the mail that really left, not by one that was called off."""

from datetime import timedelta

import pytest

from portal import clock, worker
from portal.advocates import wishes
from portal.campaigns import actions, inviting
from portal.campaigns.models import Ask, Campaign, Invitation
from portal.dashboard import funnel
from portal.db import db
from portal.history.actions import SYSTEM
from portal.outbox.models import Message, State

TOO_SOON = "less than two days old"


@pytest.fixture
def go_round(app):
    """One round of the worker."""

    def go_round() -> None:
        with app.app_context():
            worker.move_campaigns()

    return go_round


@pytest.fixture
def sent(act, draft):
    """The draft, sent to Ada and Charlie, with reminders after two and seven days; its id."""

    def send() -> int:
        campaign = db.session.get(Campaign, draft)
        campaign.reminders = [2, 7]
        actions.send(campaign, by=SYSTEM)
        return draft

    return act(send)


@pytest.fixture
def pause(act, sent):
    return lambda: act(lambda: actions.pause(db.session.get(Campaign, sent), by=SYSTEM))


@pytest.fixture
def resume(act, sent):
    return lambda: act(lambda: actions.resume(db.session.get(Campaign, sent), by=SYSTEM))


def became(saved) -> list[str]:
    """What became of each mail to Ada, in the order they were promised."""
    hers = [one for one in saved(Message) if one.recipient.startswith("ada@")]
    return [one.state.value for one in hers]


@pytest.fixture
def one(saved, sent, ada) -> int:
    return next(invited.id for invited in saved(Invitation) if invited.advocate_id == ada)


def test_a_reminder_is_counted_from_the_day_the_mail_left_not_from_its_promise(
    sent, go_round, wait, post_mail, mailroom
):
    wait(days=3)  # nothing could be delivered until today
    post_mail()
    go_round()
    post_mail()
    assert len(mailroom.mails) == 2
    wait(days=1)
    go_round()
    post_mail()
    assert len(mailroom.mails) == 2
    wait(days=1)
    go_round()
    post_mail()
    assert len(mailroom.mails) == 4


def test_a_reminder_called_off_by_a_pause_is_due_again_and_the_next_one_too(
    sent, go_round, wait, post_mail, mailroom, pause, resume, saved
):
    post_mail()
    wait(days=2)
    go_round()
    pause()
    assert became(saved) == ["sent", "stopped"]
    wait(days=3)
    resume()
    go_round()
    post_mail()
    assert became(saved) == ["sent", "stopped", "sent"]
    wait(days=7)
    go_round()
    post_mail()
    assert became(saved) == ["sent", "stopped", "sent", "sent"]


def test_a_reminder_that_was_stopped_on_its_way_hides_no_later_one(
    sent, go_round, wait, post_mail, act, saved
):
    post_mail()
    wait(days=2)
    go_round()
    act(lambda: [setattr(mail, "state", State.STOPPED) for mail in waiting()])
    wait(days=7)
    go_round()
    post_mail()
    assert became(saved) == ["sent", "stopped", "sent"]


def waiting() -> list[Message]:
    return db.session.query(Message).filter_by(state=State.QUEUED).all()


def test_a_link_they_asked_for_themselves_holds_up_no_reminder(
    sent, one, go_round, wait, post_mail, act, saved
):
    post_mail()
    wait(days=2)
    act(lambda: inviting.renew(db.session.get(Invitation, one)))
    go_round()
    assert [m.template for m in saved(Message)].count("invitation") == 4


def test_no_reminder_follows_on_the_heels_of_what_a_colleague_sent_again(
    sent, one, go_round, wait, post_mail, act, saved
):
    post_mail()
    wait(days=2)
    act(lambda: inviting.send_again(db.session.get(Invitation, one)))
    go_round()
    assert became(saved) == ["sent", "queued"]
    post_mail()
    go_round()
    assert became(saved) == ["sent", "sent"]
    wait(days=3)
    go_round()
    assert became(saved) == ["sent", "sent", "queued"]


def offered(browser, campaign: int) -> bool:
    return "Send again to Ada" in browser.get(f"/staff/campaigns/{campaign}").text


def test_send_again_is_there_when_nothing_left_lately_and_works(
    sent, one, as_rosa, wait, post_mail, saved, browser_of, rosa
):
    post_mail()
    assert not offered(as_rosa, sent)
    assert TOO_SOON in as_rosa.post(f"/staff/invitations/{one}/mails").text
    wait(days=2)
    later = browser_of(staff=rosa)
    assert offered(later, sent)
    assert later.post(f"/staff/invitations/{one}/mails").status_code == 303
    assert not offered(later, sent)


def test_a_mail_called_off_an_hour_ago_is_no_mail_that_was_sent(sent, one, as_rosa, act, saved):
    act(lambda: [setattr(mail, "state", State.STOPPED) for mail in waiting()])
    assert offered(as_rosa, sent)
    assert as_rosa.post(f"/staff/invitations/{one}/mails").status_code == 303
    assert became(saved) == ["stopped", "queued"]
    assert len(saved(Ask)) == 2  # each was asked once


def test_a_reminder_called_off_leaves_the_day_of_the_mail_that_went(
    sent, one, go_round, wait, post_mail, browser_of, rosa, pause, resume
):
    post_mail()
    wait(days=2)
    go_round()
    pause()
    as_rosa = browser_of(staff=rosa)
    assert not offered(as_rosa, sent)  # it is paused
    resume()
    assert offered(as_rosa, sent)
    assert as_rosa.post(f"/staff/invitations/{one}/mails").status_code == 303


def test_the_page_and_the_funnel_count_what_left(
    app, sent, go_round, wait, post_mail, pause, resume, browser_of, rosa
):
    post_mail()
    wait(days=2)
    go_round()
    pause()
    page = browser_of(staff=rosa).get(f"/staff/campaigns/{sent}").text
    assert "Reminded" not in page
    with app.app_context():
        steps = funnel.steps(db.session.get(Campaign, sent))
    assert (steps["sent"].count, steps["queued"].count, steps["unsent"].count) == (2, 0, 0)
    resume()
    go_round()
    post_mail()
    assert "Reminded once" in browser_of(staff=rosa).get(f"/staff/campaigns/{sent}").text


def test_a_pause_of_ones_own_calls_the_reminder_off_and_none_follows(
    sent, one, go_round, wait, post_mail, act, saved, ada
):
    post_mail()
    wait(days=2)
    go_round()

    def rests():
        person = db.session.get(Invitation, one).advocate
        until = clock.now().date() + timedelta(days=60)
        wishes.prefer(
            person, paused_until=until, asks_for=[], ask_every=None, wants_updates=True, by=person
        )

    act(rests)
    assert became(saved) == ["sent", "stopped"]
    wait(days=8)
    go_round()
    assert became(saved) == ["sent", "stopped"]
