"""A large campaign survives a worker that dies again and again: nobody missed, nobody asked twice.

``CAMPAIGN_MAILS=10000`` runs it at full size, as docs/speed.md tells; ``-s`` shows the figures.
"""

import os
import time
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import clock
from portal.advocates import actions as advocates
from portal.advocates import importing
from portal.campaigns import actions as campaigns
from portal.campaigns.models import Invitation
from portal.db import db
from portal.outbox.models import Message, State
from portal.staff.models import Staff
from tests import processes

PEOPLE = int(os.environ.get("CAMPAIGN_MAILS", "300"))
KILLS = 5 if PEOPLE >= 1_000 else 2
IN_HAND = 8  # mails one worker hands over at the same time


def customers() -> bytes:
    lines = ["First name,Last name,Company,Email"]
    lines += [f"P{n},Last,Company {n % 700},p{n}@x{n % 700}.example" for n in range(PEOPLE)]
    return "\n".join(lines).encode()


@pytest.mark.faults
def test_a_large_campaign_reaches_everyone_once_though_its_worker_is_killed_again_and_again(
    app, database, mailroom, rosa, act, tmp_path
):
    act(lambda: invite_everyone(db.session.get(Staff, rosa)))
    env = processes.environment(database, mailroom.port, 80, tmp_path)
    log = tmp_path / "worker.log"
    begun = time.monotonic()
    for number in range(1, KILLS + 1):
        worker = processes.start("flask", "--app", "wsgi", "worker", env=env, log=log)
        try:
            far = PEOPLE * number // (KILLS + 1)
            processes.eventually(lambda far=far: len(mailroom.mails) >= far, 600, f"{far} mails")
        finally:
            processes.kill(worker)
        assert waiting(app) > 0, "the worker was done before it could be killed"
    worker = processes.start("flask", "--app", "wsgi", "worker", env=env, log=log)
    try:
        processes.eventually(lambda: waiting(app) == 0, 1200, "the rest of the mails")
    finally:
        processes.kill(worker)
    repeated = len(mailroom.mails) - PEOPLE
    print(f"{PEOPLE} mails, {KILLS} kills, {repeated} repeated: {time.monotonic() - begun:.0f} s")
    # A crash between the relay's 250 and our mark repeats a mail under the same Message-ID, which
    # receivers drop: at most what was in hand at each of the crashes.
    assert 0 <= repeated <= KILLS * IN_HAND
    asked = {(mail["To"], mail["Message-ID"]) for mail in mailroom.mails}
    assert len(asked) == PEOPLE  # one mail for each, in however many copies
    assert set(Counter(to for to, _ in asked).values()) == {1}


def invite_everyone(owner: Staff) -> None:
    file = importing.read(customers(), "customers.csv")
    advocates.apply_import(advocates.plan_import(file), by=owner)
    campaign = campaigns.draft(
        name="Everyone",
        actions=["quote"],
        audience={"search": ""},
        offer=None,
        referral_offer=None,
        rewarding_stage="won",
        deadline=(clock.now() + timedelta(days=30)).date(),
        subject_line="A question, {first_name}",
        body="Dear {first_name}, would you tell others what changed?",
        why="",
        owner=owner,
        mails_per_minute=2000,
    )
    campaigns.send(campaign, by=owner)


def waiting(app) -> int:
    """How many people the campaign has yet to reach: not promised a mail, or not sent it."""
    with app.test_request_context():  # as a page reads: beside the writer
        unsent = sa.select(sa.func.count()).where(Message.state != State.SENT)
        unpromised = sa.select(sa.func.count()).where(Invitation.waits_since.is_not(None))
        return db.session.scalar(unsent) + db.session.scalar(unpromised)
