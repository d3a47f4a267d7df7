"""Part D: the staff's lists at two sizes, page after page by one client: `dev.py bench queue`.

The sizes take turns, and the median of the same page at both is compared: the lists must not
grow slower with what lies behind them. Django admin lists the same rows of the larger database, in
its turn. Each is measured inside one process, so that only the code and the database count.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from portal import create_app
from portal.config import Settings
from portal.db import db
from portal.sessions import actions as sessions
from portal.sessions.models import Who
from portal.staff.models import Role, Staff
from tests.bench import admin, crowd, databases

PAGES = {
    "queue": "/staff/queue",
    "to decide": "/staff/queue?kind=decide",
    "customers": "/staff/customers",
}
FLAT, FASTER = 1.2, 10.0
WARM = 5
SMALL, LARGE, ADMIN = "small", "large", "admin"
Read = Callable[[str], float]  # the name of a page; gives milliseconds


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="dev.py bench queue", description=__doc__)
    parser.add_argument("--small", type=int, default=10_000, help="contributions (10000)")
    parser.add_argument("--large", type=int, default=1_000_000, help="contributions (1000000)")
    parser.add_argument("--pages", type=int, default=40, help="pages of each kind (40)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    parser.add_argument("--no-peer", action="store_true", help="leave Django admin out")
    parser.add_argument("--no-postgresql", action="store_true", help="measure on SQLite only")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="goodword-queue-")))
        names = ["sqlite"] if options.no_postgresql else ["sqlite", "postgresql"]
        readers = {name: readers_of(name, folder / name, options, stack) for name in names}
        rows = [row for name in names for row in measure(name, readers[name], options.pages)]
    show(rows)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n")
    raise SystemExit(0 if all(row["flat"] and row["faster"] is not False for row in rows) else 1)


def readers_of(name: str, folder: Path, options, stack: ExitStack) -> dict[str, Read]:
    """Fill a portal of each size; the larger one is read by Django admin, too."""
    readers = {}
    for key, size in ((SMALL, options.small), (LARGE, options.large)):
        began = time.monotonic()
        (folder / key).mkdir(parents=True)
        readers[key], url = stack.enter_context(reader(name, folder / key, size))
        took = time.monotonic() - began
        print(f"· {size:,} contributions on {name}, in {took:.0f} seconds", flush=True)
    if not options.no_peer:
        readers[ADMIN] = stack.enter_context(admin.reader(url))
    return readers


def measure(name: str, readers: dict[str, Read], pages: int) -> list[dict]:
    """Each page in turn by each reader."""
    times = {(page, key): [] for page in PAGES for key in readers}
    for turn in range(pages + WARM):
        for page, key in times:
            took = readers[key](page)
            if turn >= WARM:
                times[page, key].append(took)
    middle = {at: statistics.median(seen) for at, seen in times.items()}
    return [row(name, page, *(middle.get((page, key)) for key in (SMALL, LARGE, ADMIN)))
            for page in PAGES]  # fmt: skip


def row(database: str, page: str, small: float, large: float, other: float | None) -> dict:
    """What was found, and whether it is what we want."""
    return {
        "name": page,
        "database": database,
        "small_ms": round(small, 2),
        "large_ms": round(large, 2),
        "ratio": round(large / small, 3),
        "flat": large / small <= FLAT,
        "admin_ms": other and round(other, 2),
        "times_faster": other and round(other / large, 2),
        "faster": other and other / large >= FASTER,
    }


def show(rows: list[dict]) -> None:
    print(f"\n{'p50 in ms':<10} {'database':<11} {'small':>8} {'large':>8} {'ratio':>7} "
          f"{'admin':>8} {'times':>7}   goals {FLAT:g} and {FASTER:g}")  # fmt: skip
    for one in rows:
        words = [f"{'flat' if one['flat'] else 'NOT FLAT'}"]
        if one["admin_ms"]:
            words.append("faster" if one["faster"] else "NOT SO MUCH FASTER")
        print(f"{one['name']:<10} {one['database']:<11} {one['small_ms']:>8.2f} "
              f"{one['large_ms']:>8.2f} {one['ratio']:>7.2f} {one['admin_ms'] or 0:>8.2f} "
              f"{one['times_faster'] or 0:>7.2f}   {', '.join(words)}")  # fmt: skip


@contextmanager
def reader(name: str, folder: Path, size: int) -> Iterator[tuple[Read, str]]:
    """Somebody signed in to a portal of this size, and where its database is."""
    with databases.portal(name, folder) as (env, _):
        values = {key.removeprefix("GOODWORD_").lower(): value for key, value in env.items()}
        del values["env_file"]
        app = create_app(Settings(**values, second_factor_required=False))
        client = app.test_client()
        with app.app_context():
            crowd.fill(size)
            editor = Staff(email="ed@acme.example", name="Ed", role=Role.EDITOR, password_hash="x")
            db.session.add(editor)
            db.session.flush()
            token = sessions.begin(Who.STAFF, editor.id)
            db.session.commit()
            tidy(db.engine)
        with client.session_transaction() as session:
            session |= {"_user_id": token, "staff_seen": int(datetime.now(UTC).timestamp())}

        def read(page: str) -> float:
            began = time.perf_counter()
            answer = client.get(PAGES[page])
            took = (time.perf_counter() - began) * 1000
            if answer.status_code != 200:
                raise SystemExit(f"{PAGES[page]} answered {answer.status_code}")
            return took

        yield read, env["GOODWORD_DATABASE_URL"]
        with app.app_context():
            db.engine.dispose()


def tidy(engine: sa.Engine) -> None:
    """What the databases do by themselves after some time; SQLite gathers no statistics."""
    words = "VACUUM ANALYZE"
    if engine.dialect.name == "sqlite":
        words = "PRAGMA wal_checkpoint(TRUNCATE)"
    db.session.close()
    driver = engine.raw_connection()
    driver.rollback()
    if words.startswith("VACUUM"):
        driver.driver_connection.autocommit = True
    driver.cursor().execute(words)
    driver.close()
    engine.dispose()
