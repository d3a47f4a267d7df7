"""However the mail of somebody invited ends, exactly one number of the funnel counts them."""

import csv
import io
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from portal import clock
from portal.advocates import actions as advocates
from portal.advocates import wishes
from portal.campaigns import inviting, later, sending
from portal.campaigns.models import Campaign, Invitation
from portal.dashboard import funnel
from portal.db import db
from portal.history.actions import SYSTEM
from portal.outbox import actions as outbox
from portal.outbox import bounces
from portal.outbox.models import Message, State
from tests.contributing import invited

MAIL = ("queued", "sent", "undelivered", "unsent")


def newest(one: Invitation) -> Message:
    """The mail promised last, whatever became of the others."""
    mails = sa.select(Message).where(Message.about == one.subject).order_by(Message.id.desc())
    return db.session.scalars(mails.limit(1)).one()


def promise(one: Invitation) -> None:
    inviting.mail_to(one)


def sends(one: Invitation) -> None:
    promise(one)
    mail = newest(one)
    mail.state, mail.sent_at = State.SENT, clock.now()


def fails(one: Invitation, fault: str = "451 try later") -> None:
    promise(one)
    mail = newest(one)
    mail.state, mail.error, mail.attempts = State.FAILED, fault, 1


def waits(one: Invitation) -> None:
    one.waits_since = clock.now()


def waits_barred(one: Invitation, bar) -> None:
    """Its turn comes after something came between."""
    waits(one)
    db.session.flush()
    bar(one)
    db.session.flush()
    assert not list(sending.askable(one.campaign, [one]))


def stop(one: Invitation) -> None:
    advocates.stop_inviting(one.advocate, by=SYSTEM)


def decline(one: Invitation) -> None:
    inviting.decline(one, by=one.advocate)


def restrict(one: Invitation) -> None:
    wishes.restrict(one.advocate, by=SYSTEM)


def pause(one: Invitation) -> None:
    wishes.pause(one.advocate, clock.now().date() + timedelta(days=200), by=one.advocate)


def leave(one: Invitation) -> None:
    one.advocate.left_at = clock.now()


def suppressed(one: Invitation) -> None:
    bounces.suppress(one.advocate.email, "550 5.1.1 no such user")


def no_mail(one: Invitation) -> None:
    one.advocate.asked_by = ["portal"]


def leaves_late(one: Invitation, bar) -> None:
    """Its mail was promised, and when it is about to leave its address may get none."""
    promise(one)
    db.session.flush()
    bar(one)
    mail = newest(one)
    if outbox.refuses(mail):
        mail.state = State.STOPPED


def puts_off(one: Invitation) -> None:
    promise(one)
    later.snooze(one, 91, by=one.advocate)


def purged(one: Invitation) -> None:
    fails(one)
    newest(one).created_at = clock.now() - timedelta(days=400)
    db.session.flush()
    outbox.purge(clock.now() - timedelta(days=300))


def reminder_stopped(one: Invitation) -> None:
    sends(one)
    leaves_late(one, stop)


def reminder_waits(one: Invitation) -> None:
    sends(one)
    promise(one)


def sent_again(one: Invitation) -> None:
    fails(one)
    sends(one)


def failed_again(one: Invitation) -> None:
    sends(one)
    fails(one)


def held_back(one: Invitation) -> None:
    """The campaign was paused before it left, and it waits again."""
    promise(one)
    newest(one).state = State.STOPPED
    waits(one)


def revoked(one: Invitation) -> None:
    inviting.mail_to(one, not_before=clock.now() + timedelta(days=1))
    inviting.revoke(one, by=SYSTEM)


def called_off(one: Invitation) -> None:
    promise(one)
    outbox.call_off_asks(one.advocate.email)


def sent_then_left(one: Invitation) -> None:
    sends(one)
    leave(one)


def opened_by_hand(one: Invitation) -> None:
    inviting.open(one)


WAYS = [
    (lambda one: None, "unsent", "Let in by hand"),
    (opened_by_hand, "unsent", "Let in by hand"),
    (waits, "queued", ""),
    (promise, "queued", ""),
    (sends, "sent", ""),
    (fails, "undelivered", ""),
    (sent_again, "sent", ""),
    (failed_again, "undelivered", ""),
    (reminder_waits, "queued", ""),
    (reminder_stopped, "sent", ""),
    (sent_then_left, "sent", ""),
    (held_back, "queued", ""),
    (revoked, "unsent", "Taken back before it left."),
    (called_off, "unsent", "Called off before it left."),
    (purged, "unsent", "Could not be delivered"),
    (puts_off, "unsent", "Asked us to wait until after"),
    (partial(waits_barred, bar=decline), "unsent", "Answered before it left."),
    (partial(waits_barred, bar=stop), "unsent", "to stop inviting them."),
    (partial(waits_barred, bar=restrict), "unsent", "do nothing with what we hold"),
    (partial(waits_barred, bar=leave), "unsent", "Left "),
    (partial(waits_barred, bar=suppressed), "unsent", "Mail to this address came back"),
    (partial(waits_barred, bar=pause), "unsent", "Asked us to wait until after"),
    (lambda one: (no_mail(one), promise(one)), "unsent", "Wants no invitations by mail."),
    (partial(leaves_late, bar=stop), "unsent", "to stop inviting them."),
    (partial(leaves_late, bar=restrict), "unsent", "do nothing with what we hold"),
    (partial(leaves_late, bar=suppressed), "unsent", "Mail to this address came back"),
    (partial(leaves_late, bar=pause), "unsent", "Asked us to wait until after"),
]


@pytest.fixture
def everyone(act, campaign, ada):
    """One customer for each way a mail can end, by the id of the invitation."""

    def happen() -> dict[int, tuple[str, str]]:
        ids = [invited(campaign, number) for number in range(2, len(WAYS) + 2)]
        for number, (way, _, _) in zip(ids, WAYS, strict=True):
            way(db.session.get(Invitation, number))
            db.session.flush()
        return {number: way[1:] for number, way in zip(ids, WAYS, strict=True)}

    return act(happen)


def test_everyone_invited_is_in_exactly_one_number_of_what_became_of_the_mail(
    act, campaign, everyone
):
    def look() -> None:
        one = db.session.get(Campaign, campaign)
        steps = funnel.steps(one)
        found = {
            step: [line.invitation.id for line in funnel.every(one, step)]
            for step in (*MAIL, "invited")
        }
        assert sorted(number for step in MAIL for number in found[step]) == found["invited"]
        assert sum(steps[step].count for step in MAIL) == steps["invited"].count == len(WAYS)
        for number, (step, why) in everyone.items():
            assert number in found[step], (number, step, why)

    act(look)


def test_of_everyone_not_sent_the_list_and_the_table_say_why(campaign, everyone, as_rosa):
    page = as_rosa.get(f"/staff/campaigns/{campaign}/people?step=unsent").text
    text = as_rosa.post(f"/staff/campaigns/{campaign}/people/export?step=unsent").text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    wanted = [why for step, why in everyone.values() if step == "unsent"]
    assert len(rows) == len(wanted)
    for row, why in zip(rows, wanted, strict=True):
        assert why in row["Why no mail left"]
        assert why in page or why == "Wants no invitations by mail."  # it says so, and how else
    sent = as_rosa.post(f"/staff/campaigns/{campaign}/people/export?step=sent").text
    rows = csv.DictReader(io.StringIO(sent.removeprefix("\ufeff")))
    assert not any(row["Why no mail left"] for row in rows)


def test_who_stopped_before_the_mail_left_counts_among_the_stopped(act, campaign, everyone):
    def look() -> None:
        one = db.session.get(Campaign, campaign)
        stopped = {line.invitation.id for line in funnel.every(one, "stopped")}
        unsent = {line.invitation.id for line in funnel.every(one, "unsent")}
        asked = {number for number, (_, why) in everyone.items() if "stop inviting" in why}
        assert len(asked) == 2  # and one whose reminder was stopped, to whom a mail had gone
        assert asked <= stopped & unsent

    act(look)


def test_a_mail_that_waits_until_the_campaign_goes_on_is_called_waiting(
    act, campaign, everyone, as_rosa
):
    page = as_rosa.get(f"/staff/campaigns/{campaign}/people?step=queued").text
    assert page.count("Mail waiting</span>") == 4
    assert "Not sent</span>" not in page
