"""She is told when a reward waits or is refused: the kind of reason, whom to ask, no name (T35)."""

import pytest

from portal.advocates.models import Advocate
from portal.db import db
from portal.incentives.models import Reward
from portal.outbox.models import Message
from portal.referrals.models import LeadSignal, Severity, Stage

C, Q = Stage.CONTACTED, Stage.QUALIFIED
SECRETS = ["Sina", "sina@", "Kestrel", "mailinator", "Odd story", "throw"]


@pytest.fixture
def mails(saved):
    """The mails to ada about a reward that waits or is refused, by template."""

    def mails() -> list[str]:
        return [one.template for one in saved(Message) if one.template.startswith("reward-")]

    return mails


@pytest.fixture
def read(post_mail, mailroom, wait):
    """The newest mail to ada, as she reads it."""

    def read() -> str:
        wait(seconds=11)  # in which a decision can be undone
        post_mail()
        mail = mailroom.to("ada@analytical.example")[-1]
        return f"{mail['Subject']}\n{' '.join(mailroom.text(mail).split())}"

    return read


@pytest.fixture
def odd(come) -> int:
    """A lead with something a person has to look at."""
    return come(email="sina@mailinator.com")


def decide(client, lead, ruling, note="Odd story"):
    form = {"ruling": ruling, "note": note}
    assert client.post(f"/staff/leads/{lead}/ruling", data=form).status_code == 303


def rule(client, state, note="", **more):
    form = {"state": state, "note": note, **more}
    assert client.post("/staff/rewards/1/moves", data=form).status_code == 303


def test_T35_she_reads_once_that_it_is_checked_why_in_general_and_whom_to_ask(
    odd, move, mails, read
):
    move(odd, C)
    assert mails() == []  # nothing is due yet
    move(odd, Q)
    text = read()
    assert "Being checked: a €25 gift card" in text
    assert "We check that a person filled in the form." in text
    assert "It says nothing about you" in text
    assert "hello@acme.example" in text
    assert not [secret for secret in SECRETS if secret in text]
    move(odd, Stage.MEETING, Q)
    assert mails() == ["reward-held"]


def test_T35_she_is_told_too_where_a_rule_leaves_nothing_in_the_ledger(
    come, save, move, mails, saved
):
    lead = come()
    save(LeadSignal(lead_id=lead, rule="known", severity=Severity.NO_REWARD, reason="On the list."))
    move(lead, Q)
    assert saved(Reward) == []
    assert mails() == ["reward-held"]


def test_T35_refused_she_reads_the_class_of_reasons_and_not_the_note(
    odd, move, as_rosa, mails, read
):
    move(odd, Q)
    decide(as_rosa, odd, "refuse")
    text = read()
    assert "About your reward: a €25 gift card" in text
    assert "it earns none under the terms" in text
    assert "a person will look again" in text
    assert "hello@acme.example" in text
    assert not [secret for secret in SECRETS if secret in text]
    move(odd, Stage.MEETING)
    assert mails() == ["reward-held", "reward-refused"]


def test_what_was_refused_before_it_was_due_is_told_when_it_would_be(odd, move, as_rosa, mails):
    decide(as_rosa, odd, "refuse")
    assert mails() == []
    move(odd, Q)
    assert mails() == ["reward-refused"]


def test_a_colleagues_refusal_is_told_by_its_kind_and_read_in_full_on_her_page(
    lead, move, as_rosa, as_ada, read, wait
):
    move(lead, Q)
    rule(as_rosa, "declined", "Kestrel was in talks with us.", ground="known", seen=1)
    wait(seconds=11)  # it could have been undone
    text = read()
    assert "We knew this person or company before." in text
    assert not [secret for secret in SECRETS if secret in text]
    assert "known to us before" in as_rosa.get("/staff/rewards/1").text
    page = as_ada.get("/me/rewards").text
    assert "We knew this person or company before. Kestrel was in talks with us." in page


def test_a_colleagues_hold_is_told_by_its_kind_and_once(lead, move, as_rosa, mails, read, wait):
    move(lead, Q)
    rule(as_rosa, "held", "Sina has not paid yet.", seen=1)
    wait(seconds=11)
    text = read()
    assert "A colleague wants to look at it again" in text
    assert not [secret for secret in SECRETS if secret in text]
    assert mails() == ["reward-held"]


def test_a_kind_of_reason_that_is_not_on_the_list_is_refused(lead, move, as_rosa):
    move(lead, Q)
    form = {"state": "declined", "note": "No", "ground": "liar", "seen": 1}
    answer = as_rosa.post("/staff/rewards/1/moves", data=form)
    assert answer.status_code == 422
    assert "Choose a kind of reason of the list" in answer.text


def test_when_there_is_none_left_she_is_told(under, come, move, mails, read):
    under(most_all=1)
    first, second = come(), come(email="bo@nordbrot.example", company="Nordbrot")
    move(first, Q)
    move(second, Q)
    assert mails() == ["reward-refused"]
    assert "All rewards there were for this have been given." in read()


def test_who_wants_only_what_needs_them_gets_neither(odd, move, act, ada, as_rosa, mails, as_ada):
    act(lambda: setattr(db.session.get(Advocate, ada), "wants_updates", False))
    move(odd, Q)
    decide(as_rosa, odd, "refuse")
    assert mails() == []
    assert "it earns none under the terms" in as_ada.get("/me/referrals/1").text


def test_where_a_reward_stands_is_read_with_its_date_on_the_page_of_the_link(
    lead, move, as_ada, as_rosa, saved
):
    move(lead, Q)
    rule(as_rosa, "approved", seen=1)
    day = saved(Reward)[0].entries[-1].at
    page = " ".join(as_ada.get("/me/referrals/1").text.split())
    assert f"approved</strong>, since {day.day} {day:%B %Y}." in page
