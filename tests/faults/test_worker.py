"""Mail survives a worker that dies: each invitation arrives, and no one gets two different ones."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from portal import clock
from portal.advocates import actions as advocates
from portal.advocates import importing
from portal.campaigns import actions as campaigns
from portal.db import db
from portal.outbox.models import Message, State
from portal.staff.models import Staff
from tests import processes

HUNDRED = Path(__file__).parent.parent / "data" / "customers-100.csv"


@pytest.mark.faults
def test_100_imported_customers_are_invited_once_each_though_the_worker_is_killed(
    app, database, mailroom, rosa, act, saved, tmp_path
):
    def import_and_send():
        owner = db.session.get(Staff, rosa)
        file = importing.read(HUNDRED.read_bytes(), HUNDRED.name)
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
        )
        campaigns.send(campaign, by=owner)

    act(import_and_send)
    env = processes.environment(database, mailroom.port, 80, tmp_path)
    log = tmp_path / "worker.log"
    worker = processes.start("flask", "--app", "wsgi", "worker", env=env, log=log)
    try:
        processes.eventually(lambda: len(mailroom.mails) >= 30, 60, "the first 30 mails")
        processes.kill(worker)
        assert len(mailroom.mails) < 100
        worker = processes.start("flask", "--app", "wsgi", "worker", env=env, log=log)
        everyone_sent = lambda: {m.state for m in saved(Message)} == {State.SENT}  # noqa: E731
        processes.eventually(everyone_sent, 120, "the rest of the mails")
    finally:
        processes.kill(worker)
    recipients = Counter(mail["To"] for mail in mailroom.mails)
    assert len(recipients) == 100
    # A crash between the relay's 250 and our mark repeats a mail: at most the eight in hand,
    # and always under the same Message-ID, which receivers drop.
    assert len({mail["Message-ID"] for mail in mailroom.mails}) == 100
    assert len(mailroom.mails) <= 108
