"""Nobody who said no is ever asked: whatever happens, in whatever order (T38, T36).

Hypothesis makes up what people, staff and time do. After each step two things are looked at: what
was promised to whom, and what the SMTP server was really given.
"""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portal import clock, worker
from portal.advocates import actions as advocates
from portal.advocates import wishes
from portal.advocates.models import Advocate, Company
from portal.campaigns import actions
from portal.campaigns.models import Action, Ask, Campaign, CampaignState, Invitation
from portal.consent.actions import Circumstances
from portal.consent.models import Purpose
from portal.db import db
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM
from portal.incentives.models import Choice
from portal.outbox import actions as outbox
from portal.outbox import bounces
from portal.outbox.models import MailClass, Message, State, Suppression
from portal.publishing import actions as publishing
from portal.publishing.basis import Basis
from portal.referrals import actions as referrals
from portal.referrals.models import Lead, Stage
from portal.renewals import actions as renewals
from portal.review import actions as review
from portal.staff.models import Staff
from portal.submissions.models import Submission
from tests.contributing import contribute

PEOPLE = 3
REMINDERS = [2, 7, 14]
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


class World:
    """Three customers, some campaigns, and what each of the three said; in one test's app."""

    def __init__(self, app, owner: int, post_mail, mailroom, traveller):
        self.app, self.post_mail, self.mailroom = app, post_mail, mailroom
        self.traveller = traveller
        self.said: dict[str, set[int]] = {
            name: set() for name in ("stopped", "restricted", "bounced")
        }
        self.until: dict[int, date] = {}  # who wants no asks before then
        self.held: set[int] = set()  # the campaigns that are paused
        self.campaign_of: dict[int, int] = {}  # by the number of a mail
        with app.app_context():
            self.owner = owner
            self.campaigns: list[int] = []
            self.ids = self.invite_three()
            newest = db.session.scalar(sa.select(sa.func.max(Message.id)))
            self.looked_at = newest or 0

    def invite_three(self) -> list[int]:
        mark = f"{db.session.scalar(sa.select(sa.func.count()).select_from(Advocate))}"
        company = Company(name=f"Y{mark}", name_key=f"y{mark}")
        people = [
            Advocate(company=company, first_name=f"P{n}", last_name="",
                     email=f"p{n}@y{mark}.example", email_key=f"p{n}@y{mark}.example")
            for n in range(PEOPLE)
        ]  # fmt: skip
        db.session.add_all(people)
        db.session.flush()
        self.began = [self.take_part(person) for person in people]
        db.session.commit()
        self.addresses = [person.email for person in people]
        return [person.id for person in people]

    def take_part(self, person: Advocate) -> int:
        """An older invitation, which they took up: their words and leads hang on it."""
        old = self.draft([person.id], actions=["quote", "referral"])
        old.state, old.sent_at = CampaignState.SENT, clock.now()
        invitation = Invitation(campaign=old, advocate=person)
        db.session.add(invitation)
        db.session.flush()
        return invitation.id

    def draft(self, ids: list[int], **more) -> Campaign:
        found = actions.draft(**{
            "name": "Voices", "actions": ["quote"], "audience": {"ids": ids}, "offer": None,
            "referral_offer": None, "rewarding_stage": "won",
            "deadline": clock.now().date() + timedelta(days=60), "subject_line": "A question",
            "body": "Dear {first_name}, …", "why": "", "reminders": REMINDERS,
            "owner": db.session.get(Staff, self.owner),
        } | more)  # fmt: skip
        db.session.flush()
        return found

    # ── What people say ────────────────────────────────────────────────────────────────────

    def stop(self, person, number):
        advocates.stop_inviting(person, by=SYSTEM)
        self.said["stopped"].add(number)

    def again(self, person, number):
        advocates.invite_again(person, by=SYSTEM, note="asked for it")
        if number in self.said["stopped"]:  # they say so with their own mailbox
            self.said["bounced"].discard(number)
        self.said["stopped"].discard(number)

    def restrict(self, person, number):
        wishes.restrict(person, by=SYSTEM)
        self.said["restricted"].add(number)

    def lift(self, person, number):
        wishes.lift_restriction(person, by=SYSTEM)
        self.said["restricted"].discard(number)

    def wait(self, person, number):
        """No asks for ten days."""
        self.until[number] = clock.now().date() + timedelta(days=10)
        self.prefer(person, self.until[number])

    def welcome(self, person, number):
        self.until.pop(number, None)
        self.prefer(person, None)

    def prefer(self, person, day):
        wishes.prefer(
            person, paused_until=day, asks_for=[], ask_every=None, wants_updates=True, by=SYSTEM
        )

    def bounce(self, person, number):
        bounces.suppress(person.email, "550 5.1.1 no such user")
        self.said["bounced"].add(number)

    def works(self, person, number):
        found = db.session.get(Suppression, outbox.hash_of(person.email))
        if found and found.reason == outbox.BOUNCED:
            outbox.works_again(found, by=person)
            self.said["bounced"].discard(number)

    # ── What we do ─────────────────────────────────────────────────────────────────────────

    def send(self, person, number):
        db.session.execute(sa.delete(Ask))
        with suppress(NotAllowed):
            found = self.draft(self.ids)
            actions.send(found, by=SYSTEM)
            self.campaigns.append(found.id)

    def plan(self, person, number):
        db.session.execute(sa.delete(Ask))
        found = self.draft(self.ids)
        actions.schedule(found, clock.now() + timedelta(hours=12), by=SYSTEM)
        self.campaigns.append(found.id)

    def pause(self, person, number):
        for found in self.running():
            actions.pause(found, by=SYSTEM)
            self.held.add(found.id)

    def resume(self, person, number):
        for found in self.running():
            actions.resume(found, by=SYSTEM)
        self.held.clear()

    def running(self) -> list[Campaign]:
        found = [db.session.get(Campaign, one) for one in self.campaigns]
        return [one for one in found if one and one.state is CampaignState.SENT]

    def renewal(self, person, number):
        with suppress(NotAllowed):
            renewals.ask(self.published(number), by=SYSTEM)

    def published(self, number: int) -> Submission:
        found = self.of(number, Submission, Submission.invitation_id)
        if found is None:
            me = db.session.get(Staff, self.owner)
            found = contribute(self.began[number], Action.QUOTE, allows={Purpose.WORDS})
            review.approve(found, seen=found.version, by=me)
            basis = Basis("The log", me, clock.now().date())
            publishing.publish(found, headline="", excerpt="", basis=basis, fair_cut=True, by=me)
            db.session.flush()
        return found

    def lead(self, person, number):
        """Somebody comes through their link, and moves on: both are told by mail."""
        invitation = db.session.get(Invitation, self.began[number])
        with suppress(NotAllowed):
            joined = referrals.join(
                invitation, choice=Choice.DECLINED, employer_allows=True, share_text="",
                show_name=False, circumstances=Circumstances(), by=person,
            )  # fmt: skip
            db.session.flush()
            count = db.session.scalar(sa.select(sa.func.count()).select_from(Lead))
            lead = referrals.receive(
                joined.links[0], name="Sina", email=f"s{count}@k{count}.example", company="K",
                message="", wants_marketing=False, tells_referrer=True,
            )  # fmt: skip
            db.session.flush()
            by = db.session.get(Staff, self.owner)
            referrals.move(lead, Stage.CONTACTED, seen=lead.version, by=by)

    def of(self, number: int, model, column):
        return db.session.scalars(sa.select(model).where(column == self.began[number])).first()

    # ── What time, the worker and the relay do ─────────────────────────────────────────────

    def busy(self, person, number):
        """Their relay says "not now", until something was delivered to others."""
        self.mailroom.refuse[person.email] = "451 later"

    def refused(self, person, number):
        """Their relay refuses what comes, though the mailbox is there."""
        self.mailroom.refuse[person.email] = "554 refused"

    def retry(self, person, number):
        """Staff press “Send again” in the mail log, on each mail to them that was given up."""
        given_up = Message.recipient == person.email, Message.state == State.FAILED
        for mail in db.session.scalars(sa.select(Message).where(*given_up)).all():
            with suppress(NotAllowed):
                outbox.send_again(mail, by=SYSTEM)

    def ready(self, person, number):
        self.mailroom.refuse.clear()

    def days(self, person, number):
        self.traveller.shift(timedelta(days=(1, 2, 5)[number]))
        self.worker(person, number)

    def worker(self, person, number):
        db.session.commit()
        worker.move_campaigns()

    def deliver(self, person, number):
        """Looked at by what really arrived."""
        before = len(self.mailroom.mails)
        db.session.commit()
        self.post_mail()
        for mail in self.mailroom.mails[before:]:
            number = int(mail["Message-ID"].strip("<").partition(".")[0])
            self.allowed(mail["To"], bool(mail["List-Unsubscribe"]), number, "delivered")

    def end(self) -> None:
        """So that the next example begins with none of this on its way."""
        with self.app.app_context():
            plans = sa.update(Campaign).where(Campaign.scheduled_for.is_not(None))
            db.session.execute(plans.values(scheduled_for=None))
            for found in self.running():
                actions.close(found, by=SYSTEM)
            db.session.execute(sa.delete(Message))
            db.session.commit()

    # ── Was that right? ────────────────────────────────────────────────────────────────────

    def live(self, steps) -> None:
        for step, number in steps:
            with self.app.app_context():
                getattr(self, step)(db.session.get(Advocate, self.ids[number]), number)
                db.session.commit()
                self.look_at_promises()

    def look_at_promises(self) -> None:
        """No ask was promised to who had said no by then, nor by a campaign that is paused."""
        new = sa.select(Message).where(Message.id > self.looked_at).order_by(Message.id)
        for message in db.session.scalars(new).all():
            self.looked_at = message.id
            if message.mail_class is MailClass.MARKETING:
                invitation = db.session.get(Invitation, int(message.about.rpartition(":")[2]))
                self.campaign_of[message.id] = invitation.campaign_id
                self.allowed(message.recipient, True, message.id, "promised")

    def allowed(self, address: str, asks: bool, mail: int, what: str) -> None:
        """Restricted: no mail at all. Stopped, bounced, paused, or the campaign is: no ask."""
        if address not in self.addresses:
            return  # the prospect of a lead, or a colleague
        number = self.addresses.index(address)
        no = {"restricted"} | ({"stopped", "bounced"} if asks else set())
        broken = [name for name in sorted(no) if number in self.said[name]]
        if asks and number in self.until and self.until[number] >= clock.now().date():
            broken.append("paused")
        if asks and self.campaign_of[mail] in self.held:
            broken.append("the campaign paused")
        assert not broken, f"{what} to {address}: {broken}"


WHAT = [
    "stop", "again", "restrict", "lift", "wait", "welcome", "bounce", "works", "send", "plan",
    "pause", "resume", "renewal", "lead", "busy", "refused", "retry", "ready", "days", "worker",
    "deliver",
]  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(WHAT), st.integers(0, PEOPLE - 1)), max_size=24)
NO = ["stop", "restrict", "wait", "bounce"]


def told(*steps: str) -> list[tuple[str, int]]:
    return [(step, 1) for step in steps]


def with_examples(test):
    """The stories everyone would think of: a no between each two steps a mail takes."""
    for no in NO:
        for story in (
            told("send", no, "deliver"),
            told("busy", "send", "deliver", no, "ready", "deliver"),
            told("refused", "send", "deliver", no, "ready", "retry", "deliver"),
            told("refused", "send", "deliver", "ready", "retry", no, "deliver"),
            told("send", "deliver", no, "days", "days", "deliver"),
            told("plan", no, "days", "deliver"),
            told(no, "send", "deliver", "days", "deliver"),
            told("send", "pause", "deliver", no, "resume", "worker", "deliver"),
            told("send", "deliver", "days", no, "deliver", "days", "days", "days", "deliver"),
        ):
            test = example(steps=story)(test)
    for story in (
        told("send", "pause", "deliver", "days", "days", "deliver", "resume", "worker", "deliver"),
        told("send", "deliver", "pause", "days", "days", "deliver"),
        told("refused", "send", "deliver", "pause", "ready", "retry", "deliver"),
        told("restrict", "renewal", "lead", "deliver"),
        told("renewal", "lead", "restrict", "deliver"),
        told("bounce", "restrict", "lift", "send", "deliver"),
        told("restrict", "bounce", "lift", "send", "deliver"),
        told("restrict", "bounce", "works", "lead", "deliver"),
        told("stop", "restrict", "lift", "send", "deliver"),
        told("restrict", "stop", "again", "renewal", "send", "deliver"),
        told("stop", "bounce", "works", "send", "deliver"),
    ):
        test = example(steps=story)(test)
    return test


@with_examples
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_T38_nobody_who_opted_out_is_ever_mailed(
    app, rosa, mailroom, post_mail, monkeypatch, steps
):
    """Whatever order people say no, come back, are invited, reminded and mailed in."""
    monkeypatch.setattr(app.extensions["goodword"], "ask_every_days", 1)
    mailroom.refuse.clear()
    with time_machine.travel(BEGIN, tick=True) as traveller:
        world = World(app, rosa, post_mail, mailroom, traveller)
        try:
            world.live([*steps, ("deliver", 0)])
        finally:
            world.end()


@pytest.mark.parametrize(
    "steps",
    [
        told("send", "deliver", "days", "days", "deliver"),
        told("refused", "send", "deliver", "ready", "retry", "deliver", "days", "days", "deliver"),
    ],
)
def test_who_said_nothing_is_invited_and_reminded(app, rosa, mailroom, post_mail, steps):
    """So that the test above is not kept by mailing nobody."""
    with time_machine.travel(BEGIN, tick=True) as traveller:
        World(app, rosa, post_mail, mailroom, traveller).live(steps)
    asks = [mail["To"] for mail in mailroom.mails if mail["List-Unsubscribe"]]
    assert len(asks) == 2 * PEOPLE
