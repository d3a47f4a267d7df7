"""The worker: a process of its own that does what transactions promised."""

import logging
import signal
import threading

from dbos import DBOS, DBOSPortableJSONSerializer
from flask import Flask

from portal import jobs
from portal.config import settings
from portal.outbox import delivery


def run(app: Flask) -> None:
    """Work until told to stop (SIGTERM, SIGINT); finish what is in hand, then return."""
    with app.app_context():
        config = settings()
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

    @DBOS.step(name="mail.send")
    def send(message_id: int) -> None:
        with app.app_context():
            delivery.deliver(message_id)

    @DBOS.workflow(name="mail.deliver")
    def deliver(message_id: int) -> None:
        send(message_id)

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    DBOS.launch()
    DBOS.register_queue(
        jobs.MAIL, worker_concurrency=8, polling_interval_sec=0.5, on_conflict="always_update"
    )
    logging.getLogger("goodword").info("worker %s is ready", config.node_name)
    stop.wait()
    DBOS.destroy(workflow_completion_timeout_sec=10)
