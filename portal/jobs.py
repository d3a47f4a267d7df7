"""Work promised in a transaction and done by the worker. The only module that knows DBOS.

A job's arguments are row ids, never personal data: they are kept in DBOS's own tables.
"""

from functools import cache
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.config import settings
from portal.db import db

if TYPE_CHECKING:
    from dbos import EnqueueOptions

APPLICATION = "goodword"
# Pinned: by default it is a hash of the source, and an upgrade would strand waiting jobs.
APPLICATION_VERSION = "1"
MAIL = "mail"
IMPORTS = "imports"
PAYOUTS = "payouts"
REWARDS = "rewards"
NIGHTLY = "17 3 * * *"  # UTC
MORNING = "41 6 * * *"
MONTHLY = "7 8 1 * *"


@cache
def _client(engine: sa.Engine):
    from dbos import DBOSClient  # half a second to import, and most commands need no jobs
    from dbos import DBOSPortableJSONSerializer as Json

    return DBOSClient(
        system_database_engine=engine, application_name=APPLICATION, serializer=Json(), lazy=True
    )


def enqueue(name: str, *ids: int, queue: str, key: str, delay: float = 0) -> None:
    """Promise that ``name(*ids)`` will run once for this key, if the transaction commits.

    ``delay`` is in seconds. A key seen before is the same promise, and changes nothing.
    """
    options: EnqueueOptions = {
        "workflow_name": name,
        "queue_name": queue,
        "workflow_id": key,
        "app_version": APPLICATION_VERSION,
    }
    if delay:
        options["delay_seconds"] = delay
    db.session.flush()
    _client(db.engine).enqueue_in_transaction(db.session, options, *ids)


def create_tables() -> None:
    """Create or upgrade DBOS's own tables, beside ours in the same database."""
    from dbos import run_dbos_database_migrations

    run_dbos_database_migrations(settings().database_url)
