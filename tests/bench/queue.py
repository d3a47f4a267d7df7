"""Part D: the staff's lists at two sizes, page after page by one client: `dev.py bench queue`.

The sizes take turns, and the median of the same page at both is compared: the lists must not
grow slower with what lies behind them. Django admin, as it comes and tuned, lists the same rows of
the larger database, in its turn. Each is measured inside one process, so that only the code and the
database count.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from portal import create_app
from portal.advocates import queries as customers
from portal.advocates.models import Advocate
from portal.config import Settings
from portal.db import db
from portal.queue.queries import Place
from portal.sessions import actions as sessions
from portal.sessions.models import Who
from portal.staff.models import Role, Staff
from portal.submissions.models import State, Submission
from tests.bench import admin, crowd, databases

PAGES = {
    "queue": "/staff/queue",
    "to decide": "/staff/queue?kind=decide",
    "to decide, further on": "/staff/queue?kind=decide&after={waiting}",
    "customers": "/staff/customers",
    "customers, further on": "/staff/customers?after={customer}",
    "own of 40 companies": "/staff/queue?show=own",
    "own of none": "/staff/queue?show=own",
    "own of a tenth": "/staff/queue?show=own",
}
PEOPLE = ("own of 40 companies", "own of none", "own of a tenth")  # the first reads the other pages
FURTHER = 200  # the page that is further on, or the one in the middle where there are fewer
FLAT, FASTER = 1.2, 10.0
WARM = 5
SMALL, LARGE = "small", "large"
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
    wanted = ("flat", "faster_than_plain", "faster_than_tuned")
    reached = all(row[name] is not False for row in rows for name in wanted)
    raise SystemExit(0 if reached else 1)


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
        read = stack.enter_context(admin.reader(url, further(options.large)))
        readers |= {key: partial(read, key) for key in (admin.PLAIN, admin.TUNED)}
    return readers


def measure(name: str, readers: dict[str, Read], pages: int) -> list[dict]:
    """Each page in turn by each reader."""
    ours = {SMALL, LARGE}
    times = {
        (page, key): []
        for page in PAGES
        for key in readers
        if key in ours or page in admin.PAGES
    }  # fmt: skip
    for turn in range(pages + WARM):
        for page, key in times:
            took = readers[key](page)
            if turn >= WARM:
                times[page, key].append(took)
    middle = {at: statistics.median(seen) for at, seen in times.items()}
    keys = (SMALL, LARGE, admin.PLAIN, admin.TUNED)
    return [row(name, page, *(middle.get((page, key)) for key in keys)) for page in PAGES]


def row(
    database: str, page: str, small: float, large: float, plain: float | None, tuned: float | None
) -> dict:
    """What was found, and whether it is what we want."""
    found = {
        "name": page,
        "database": database,
        "small_ms": round(small, 2),
        "large_ms": round(large, 2),
        "ratio": round(large / small, 3),
        "flat": large / small <= FLAT,
    }
    for key, other in ((admin.PLAIN, plain), (admin.TUNED, tuned)):
        found[f"{key}_ms"] = other and round(other, 2)
        found[f"times_{key}"] = other and round(other / large, 2)
        found[f"faster_than_{key}"] = other and other / large >= FASTER
    return found


def show(rows: list[dict]) -> None:
    heads = f"{'p50 in ms':<22} {'database':<11} {'small':>8} {'large':>8} {'ratio':>6}"
    heads += f" {'plain':>8} {'times':>6} {'tuned':>8} {'times':>6}"
    print(f"\ngoals {FLAT:g} and {FASTER:g}\n{heads}")
    for one in rows:
        words = [f"{'flat' if one['flat'] else 'NOT FLAT'}"]
        for key in (admin.PLAIN, admin.TUNED):
            if one[f"{key}_ms"]:
                least = "" if one[f"faster_than_{key}"] else "NOT "
                words.append(f"{least}{FASTER:g} times {key}")
        print(f"{one['name']:<22} {one['database']:<11} {one['small_ms']:>8.2f} "
              f"{one['large_ms']:>8.2f} {one['ratio']:>6.2f} {one['plain_ms'] or 0:>8.2f} "
              f"{one['times_plain'] or 0:>6.2f} {one['tuned_ms'] or 0:>8.2f} "
              f"{one['times_tuned'] or 0:>6.2f}   {', '.join(words)}")  # fmt: skip


@contextmanager
def reader(name: str, folder: Path, size: int) -> Iterator[tuple[Read, str]]:
    """Somebody signed in to a portal of this size, and where its database is."""
    with databases.portal(name, folder) as (env, _):
        values = {key.removeprefix("GOODWORD_").lower(): value for key, value in env.items()}
        del values["env_file"]
        app = create_app(Settings(**values, second_factor_required=False))
        with app.app_context():
            crowd.fill(size)
            tokens = signed_in(size)
            at = places(size)
            tidy(db.engine)
        clients = {name: app.test_client() for name in PEOPLE}
        for name, client in clients.items():
            with client.session_transaction() as session:
                seen = int(datetime.now(UTC).timestamp())
                session |= {"_user_id": tokens[name], "staff_seen": seen}

        def read(page: str) -> float:
            client, address = clients.get(page, clients[PEOPLE[0]]), PAGES[page].format(**at)
            began = time.perf_counter()
            answer = client.get(address)
            took = (time.perf_counter() - began) * 1000
            if answer.status_code != 200:
                raise SystemExit(f"{address} answered {answer.status_code}")
            return took

        yield read, env["GOODWORD_DATABASE_URL"]
        with app.app_context():
            db.engine.dispose()


def signed_in(size: int) -> dict[str, str]:
    """Three colleagues, who look after 40 companies, none and a tenth of all; their tokens."""
    companies, tokens = size // len(crowd.ACTIONS) // 4, {}
    for name, every in zip(PEOPLE, (companies // 40, 0, 10), strict=True):
        mail = f"{name.replace(' ', '.')}@acme.example"
        person = Staff(email=mail, name=name, role=Role.EDITOR, password_hash="x")
        db.session.add(person)
        db.session.flush()
        if every:
            crowd.looked_after(person.id, every)
        tokens[name] = sessions.begin(Who.STAFF, person.id)
    db.session.commit()
    return tokens


def further(size: int) -> int:
    """Which page is further on, fifty to a page and one of fifty waiting."""
    return max(2, min(FURTHER, size // 50 // 50 // 2))


def places(size: int) -> dict[str, str]:
    """After what the pages begin that are further on."""

    def last_before(what: sa.Select) -> sa.Row:
        return db.session.execute(what.limit(1).offset((further(size) - 1) * 50 - 1)).one()

    waiting = sa.select(Submission.submitted_at, Submission.id)
    waiting = waiting.where(Submission.state == State.SUBMITTED)
    waiting = waiting.order_by(Submission.submitted_at, Submission.id)
    since, number = last_before(waiting)
    people = sa.select(Advocate.id).where(*customers.HERE).order_by(*customers.NAME)
    person = last_before(people)
    return {"waiting": quote(str(Place(since, "decide", number))), "customer": str(person.id)}


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
