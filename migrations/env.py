"""Alembic environment: one engine of its own; several nodes may migrate at once."""

import os

import sqlalchemy as sa
from alembic import context
from sqlalchemy import event, pool

from portal.config import load
from portal.db import Model, render_item
from portal.tables import load_models

load_models()
MIGRATION_LOCK = 712_044_551  # any constant
DBOS_TABLES = {
    "application_versions",
    "dbos_migrations",
    "event_dispatch_kv",
    "notifications",
    "operation_outputs",
    "queues",
    "streams",
    "workflow_events",
    "workflow_events_history",
    "workflow_input",
    "workflow_output",
    "workflow_schedules",
    "workflow_status",
}


def ours(name, kind, _parent) -> bool:
    return kind != "table" or name not in DBOS_TABLES


def url() -> str:
    return context.config.attributes.get("url") or os.environ.get("URL") or load().database_url


def options(dialect: str) -> dict:
    return {
        "target_metadata": Model.metadata,
        "compare_type": True,
        "compare_server_default": True,
        "include_name": ours,
        "render_item": render_item,
        "render_as_batch": dialect == "sqlite",
    }


def run() -> None:
    engine = sa.create_engine(url(), poolclass=pool.NullPool)
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:

        @event.listens_for(engine, "connect")
        def _connect(connection, _record):
            connection.isolation_level = None
            connection.execute("PRAGMA busy_timeout=60000")
            connection.execute("PRAGMA journal_mode=WAL")
            # On, a table rebuild would delete the children of a cascading foreign key.
            connection.execute("PRAGMA foreign_keys=OFF")

        @event.listens_for(engine, "begin")
        def _begin(connection):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.connect() as connection:
        context.configure(
            connection=connection, transactional_ddl=True, **options(engine.dialect.name)
        )
        with context.begin_transaction():
            if not sqlite:
                connection.execute(
                    sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK}
                )
            context.run_migrations()
            if sqlite and (
                broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            ):
                raise RuntimeError(f"foreign keys broken by a migration: {broken[:5]}")


if context.is_offline_mode():
    context.configure(
        url=url(), literal_binds=True, **options(sa.make_url(url()).get_backend_name())
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    run()
