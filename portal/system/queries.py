"""Is this installation well?"""

from dataclasses import dataclass

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal.config import ROOT
from portal.consent import checking
from portal.db import db
from portal.outbox import queries as outbox
from portal.prompts import queries as prompts
from portal.proof import signing
from portal.publishing import integrity
from portal.submissions import prompting


def faults() -> list[str]:
    """Why a write would fail just now; empty when it would not."""
    try:
        with db.engine.connect().execution_options(read_only=False) as connection:
            transaction = connection.begin()
            connection.execute(sa.text("UPDATE alembic_version SET version_num = version_num"))
            at = MigrationContext.configure(connection).get_current_revision()
            transaction.rollback()
    except sa.exc.SQLAlchemyError as error:
        return [f"the database does not take writes ({type(error).__name__})"]
    head = head_revision()
    return [] if at == head else [f"the database is at schema {at}, this code needs {head}"]


def head_revision() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()


@dataclass(frozen=True)
class Check:
    """One promise, whether it holds, and what was seen."""

    name: str
    ok: bool
    found: str


def checkup() -> list[Check]:
    """The promises of promises.md that can be seen on a live system."""
    not_ready = faults()
    checks = [
        Check("database takes writes, schema current", not not_ready, "; ".join(not_ready) or "yes")
    ]
    if not_ready:
        return checks
    broken = list(checking.faults())
    checks.append(Check("consent chain", not broken, "; ".join(broken) or "unbroken"))
    changed = [f"{slug}: {fault}" for slug, fault in integrity.faults()]
    checks.append(
        Check("published words", not changed, "; ".join(changed) or "all as they were sent")
    )
    return [*checks, signing_key(), mail(), questions()]


def mail() -> Check:
    """Mail that waits for the worker, or for our own mail server to be mended."""
    late, held = outbox.late(), outbox.held_up()
    found = [f"{late} waited for the worker for more than an hour"] if late else []
    found += [f"{held.waiting} wait for our mail server. {held.error}"] if held.waiting else []
    return Check("mail leaves", not found, "; ".join(found) or "nothing is stuck")


def questions() -> Check:
    """Newer built-in questions never replace edited ones by themselves; here it is said."""
    newer = [one.title for one in prompts.newest() if prompting.newer_builtin(one)]
    found = f"newer ones than yours came for: {', '.join(newer)}; see Questions" if newer else "yes"
    return Check("questions as new as ours", True, found)


def signing_key() -> Check:
    """Proofs outlive us only under a key of their own."""
    name = "signing key"
    if not signing.is_lasting():
        return Check(name, False, "GOODWORD_SIGNING_KEYS is not set; see docs/operating.md")
    try:
        return Check(name, True, signing.newest().kid)
    except ValueError as error:
        return Check(name, False, str(error))
