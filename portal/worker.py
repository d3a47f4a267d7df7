"""The worker: a process of its own that does what transactions promised."""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime

from dbos import DBOS, DBOSPortableJSONSerializer
from flask import Flask

from portal import jobs
from portal.advocates import actions as customers
from portal.advocates.models import CustomerImport
from portal.campaigns import rounds
from portal.clicks import loading
from portal.config import settings
from portal.db import be_patient, db
from portal.impact import actions as impact
from portal.incentives import payouts
from portal.outbox import delivery
from portal.placements import actions as placements
from portal.privacy import retention
from portal.publishing import appearing
from portal.referrals import room
from portal.renewals import actions as renewals
from portal.review import escalating

LOAD_EVERY = 2.0  # seconds between two looks at the click log
LOOK_EVERY = 20.0  # and at where words stand that may not


def look_around() -> None:
    """Say what has appeared, open and close takedowns; takes a writer's turn only for that."""
    db.session.connection(execution_options={"read_only": True})
    needed, appeared = placements.is_needed(), appearing.due()
    db.session.rollback()
    for number in appeared:
        appearing.announce(number)
        db.session.commit()
    if needed:
        placements.look_around()
        db.session.commit()


def move_campaigns() -> None:
    """Send what is due; takes a writer's turn only for that. One that fails holds up no other."""
    db.session.connection(execution_options={"read_only": True})
    due = rounds.due()
    db.session.rollback()
    for piece in due:
        try:
            piece()
            db.session.commit()
        except Exception:  # the next round tries it again
            db.session.rollback()
            logging.getLogger("goodword").exception("a campaign could not move on")


BREATH = 0.3  # between two batches of an import, in which other writers get their turn
CAMPAIGNS_EVERY = 3.0  # and at the campaigns on their way


def run(app: Flask) -> None:
    """Work until told to stop (SIGTERM, SIGINT); finish what is in hand, then return."""
    with app.app_context():
        config = settings()
        be_patient(db.engine)
    DBOS(
        config={
            "name": jobs.APPLICATION,
            "system_database_url": config.database_url,
            "executor_id": config.node_name,  # a restart under this name takes its work up again
            "application_version": jobs.APPLICATION_VERSION,
            "serializer": DBOSPortableJSONSerializer(),
            "run_migrations": False,
            "max_executor_threads": 16,
            "log_level": "WARNING",
        }
    )

    # A database that is away or busy for minutes must not end the promise.
    @DBOS.step(name="mail.send", retries_allowed=True, interval_seconds=1, max_attempts=12)
    def send(message_id: int) -> None:
        with app.app_context():
            delivery.deliver(message_id)

    @DBOS.workflow(name="mail.deliver")
    def deliver(message_id: int) -> None:
        send(message_id)

    @DBOS.step(name="reward.order", retries_allowed=True, interval_seconds=1, max_attempts=12)
    def order(payout_id: int) -> None:
        with app.app_context():
            payouts.deliver(payout_id)

    @DBOS.workflow(name="reward.pay")
    def pay(payout_id: int) -> None:
        order(payout_id)

    @DBOS.step(name="rewards.share", retries_allowed=True, interval_seconds=1, max_attempts=12)
    def share(campaign_id: int) -> None:
        with app.app_context():
            for _ in room.share(campaign_id):
                db.session.commit()

    @DBOS.step(name="rewards.where", retries_allowed=True, interval_seconds=1, max_attempts=12)
    def where(reward_id: int) -> int:
        with app.app_context():
            return room.campaign_of(reward_id)

    @DBOS.workflow(name="rewards.room")
    def pass_on(reward_id: int) -> None:
        if campaign_id := where(reward_id):
            share(campaign_id)

    @DBOS.workflow(name="rewards.raised")
    def pass_on_more(campaign_id: int) -> None:
        share(campaign_id)

    @DBOS.step(name="customers.rows", retries_allowed=True, interval_seconds=1, max_attempts=12)
    def take_rows(upload_id: int) -> bool:
        with app.app_context():
            left = customers.apply_more(db.session.get_one(CustomerImport, upload_id))
            db.session.commit()
        stop.wait(BREATH)
        return left

    @DBOS.workflow(name="customers.import")
    def take_customers(upload_id: int) -> None:
        while take_rows(upload_id):
            pass

    @DBOS.step(name="data.purge")
    def let_go() -> None:
        with app.app_context():
            for _ in retention.purge():
                db.session.commit()

    @DBOS.step(name="reviews.escalate")
    def look_at_the_clock() -> None:
        with app.app_context():
            escalating.escalate()
            db.session.commit()

    @DBOS.workflow(name="data.nightly")
    def nightly(_when: datetime, _context: object) -> None:
        let_go()
        look_at_the_clock()

    @DBOS.step(name="renewals.ask")
    def ask_again() -> None:
        with app.app_context():
            renewals.nightly()
            db.session.commit()

    @DBOS.step(name="impact.tell")
    def tell_impact() -> None:
        with app.app_context():
            impact.monthly()
            db.session.commit()

    @DBOS.workflow(name="impact.monthly")
    def tell_monthly(_when: datetime, _context: object) -> None:
        tell_impact()

    @DBOS.workflow(name="renewals.nightly")
    def renew(_when: datetime, _context: object) -> None:
        ask_again()

    def again_and_again(seconds: float, work: Callable[[], object]) -> threading.Thread:
        def rounds_of_work() -> None:
            while not stop.wait(seconds):
                with app.app_context():
                    try:
                        work()
                    except Exception:  # the next round tries again; nothing is lost meanwhile
                        logging.getLogger("goodword").exception("a round of work failed")

        thread = threading.Thread(target=rounds_of_work, name=work.__name__)
        thread.start()
        return thread

    def load_visits() -> None:
        loading.load(config.click_log)

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    DBOS.launch()
    DBOS.register_queue(
        jobs.MAIL, worker_concurrency=8, polling_interval_sec=0.1, on_conflict="always_update"
    )
    DBOS.register_queue(
        jobs.PAYOUTS, worker_concurrency=2, polling_interval_sec=0.5, on_conflict="always_update"
    )
    DBOS.register_queue(
        jobs.REWARDS, concurrency=1, polling_interval_sec=1, on_conflict="always_update"
    )
    DBOS.register_queue(
        jobs.IMPORTS, concurrency=1, polling_interval_sec=1, on_conflict="always_update"
    )
    DBOS.apply_schedules(
        [
            {"schedule_name": "nightly", "workflow_fn": nightly, "schedule": jobs.NIGHTLY},
            {"schedule_name": "renewals", "workflow_fn": renew, "schedule": jobs.MORNING},
            {"schedule_name": "impact", "workflow_fn": tell_monthly, "schedule": jobs.MONTHLY},
        ]
    )
    threads = [
        again_and_again(LOAD_EVERY, load_visits),
        again_and_again(CAMPAIGNS_EVERY, move_campaigns),
        again_and_again(LOOK_EVERY, look_around),
    ]
    logging.getLogger("goodword").info("worker %s is ready", config.node_name)
    stop.wait()
    for thread in threads:
        thread.join()
    DBOS.destroy(workflow_completion_timeout_sec=10)
