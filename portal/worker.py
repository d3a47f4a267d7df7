"""The worker: a process of its own that does what transactions promised."""

import logging
import signal
import threading
from datetime import datetime

from dbos import DBOS, DBOSPortableJSONSerializer
from flask import Flask

from portal import jobs
from portal.clicks import loading
from portal.config import settings
from portal.db import be_patient, db
from portal.outbox import delivery
from portal.placements import actions as placements
from portal.privacy import retention
from portal.renewals import actions as renewals

LOAD_EVERY = 2.0  # seconds between two looks at the click log
LOOK_EVERY = 20.0  # and at where words stand that may not


def look_around() -> None:
    """Open and close takedowns; takes a writer's turn only when there is something to do."""
    db.session.connection(execution_options={"read_only": True})
    needed = placements.is_needed()
    db.session.rollback()
    if needed:
        placements.look_around()
        db.session.commit()


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

    @DBOS.step(name="data.purge")
    def let_go() -> None:
        with app.app_context():
            for _ in retention.purge():
                db.session.commit()

    @DBOS.workflow(name="data.nightly")
    def nightly(_when: datetime, _context: object) -> None:
        let_go()

    @DBOS.step(name="renewals.ask")
    def ask_again() -> None:
        with app.app_context():
            renewals.nightly()
            db.session.commit()

    @DBOS.workflow(name="renewals.nightly")
    def renew(_when: datetime, _context: object) -> None:
        ask_again()

    def load_visits() -> None:
        while not stop.wait(LOAD_EVERY):
            with app.app_context():
                try:
                    loading.load(config.click_log)
                except Exception:  # the next round tries again; nothing is lost meanwhile
                    logging.getLogger("goodword").exception("visits could not be loaded")

    def watch_places() -> None:
        while not stop.wait(LOOK_EVERY):
            with app.app_context():
                try:
                    look_around()
                except Exception:  # the next round tries again
                    logging.getLogger("goodword").exception("takedowns could not be looked for")

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    DBOS.launch()
    DBOS.register_queue(
        jobs.MAIL, worker_concurrency=8, polling_interval_sec=0.5, on_conflict="always_update"
    )
    DBOS.apply_schedules(
        [
            {"schedule_name": "nightly", "workflow_fn": nightly, "schedule": jobs.NIGHTLY},
            {"schedule_name": "renewals", "workflow_fn": renew, "schedule": jobs.MORNING},
        ]
    )
    loader = threading.Thread(target=load_visits, name="visits")
    loader.start()
    watcher = threading.Thread(target=watch_places, name="places")
    watcher.start()
    logging.getLogger("goodword").info("worker %s is ready", config.node_name)
    stop.wait()
    loader.join()
    watcher.join()
    DBOS.destroy(workflow_completion_timeout_sec=10)
