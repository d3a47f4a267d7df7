"""Part D: the staff's lists at two sizes, page after page by one client: `dev.py bench queue`.

The sizes take turns, and the median of the same page at both is compared: the lists must not
grow slower with what lies behind them. Measured in this process, so that only our own code and
the database count.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from portal import clock, create_app
from portal.advocates.models import Advocate, Company
from portal.campaigns.models import Action, Campaign, Invitation
from portal.config import Settings
from portal.db import db
from portal.sessions import actions as sessions
from portal.sessions.models import Who
from portal.staff.models import Role, Staff
from portal.submissions.models import PromptSet, State, Submission
from tests.bench import databases

PAGES = {"queue": "/staff/queue", "customers": "/staff/customers"}
FLAT = 1.2
EACH = list(Action)  # what one customer gives
STATES = [State.SUBMITTED] * 2 + [State.APPROVED] * 3 + [State.DECLINED] * 15
STATES += [State.PUBLISHED] * 80
CHUNK = 10_000


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="dev.py bench queue", description=__doc__)
    parser.add_argument("--small", type=int, default=10_000, help="contributions (10000)")
    parser.add_argument("--large", type=int, default=1_000_000, help="contributions (1000000)")
    parser.add_argument("--pages", type=int, default=40, help="pages of each kind (40)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    parser.add_argument("--no-postgresql", action="store_true", help="measure on SQLite only")
    options = parser.parse_args(arguments)
    rows = []
    for name in ["sqlite"] if options.no_postgresql else ["sqlite", "postgresql"]:
        rows += of_database(name, options)
    for row in rows:
        print("{name:<10} {database:<11} p50 {small_ms:>7.2f} ms {large_ms:>7.2f} ms  "
              "{ratio:.2f} times, goal {goal}".format(**row, goal=FLAT))  # fmt: skip
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n")
    raise SystemExit(0 if all(row["ratio"] <= FLAT for row in rows) else 1)


def of_database(name: str, options) -> list[dict]:
    """Both sizes at once, each page in turn."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="goodword-queue-")))
        readers = {}
        for size in (options.small, options.large):
            print(f"· {size:,} contributions on {name}", flush=True)
            (folder / str(size)).mkdir()
            readers[size] = stack.enter_context(reader(name, folder / str(size), size))
        times = {(size, page): [] for size in readers for page in PAGES}
        for turn in range(options.pages + 3):
            for page, address in PAGES.items():
                for size, read in readers.items():
                    took = read(address)
                    if turn >= 3:  # the first ones warm up
                        times[size, page].append(took)
    found = []
    for page in PAGES:
        small, large = (statistics.median(times[size, page]) for size in readers)
        found.append(
            {"name": page, "database": name, "small_ms": round(small, 2),
             "large_ms": round(large, 2), "ratio": round(large / small, 3)}
        )  # fmt: skip
    return found


@contextmanager
def reader(name: str, folder: Path, size: int) -> Iterator[Callable[[str], float]]:
    """Somebody signed in to a portal of this size; reading an address gives milliseconds."""
    with databases.portal(name, folder) as (env, _):
        values = {key.removeprefix("GOODWORD_").lower(): value for key, value in env.items()}
        del values["env_file"]
        app = create_app(Settings(**values, second_factor_required=False))
        client = app.test_client()
        with app.app_context():
            fill(size)
            editor = Staff(email="ed@acme.example", name="Ed", role=Role.EDITOR, password_hash="x")
            db.session.add(editor)
            db.session.flush()
            token = sessions.begin(Who.STAFF, editor.id)
            db.session.commit()
            db.session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
            db.session.execute(sa.text("ANALYZE"))
            db.session.close()
        with client.session_transaction() as session:
            session |= {"_user_id": token, "staff_seen": int(datetime.now(UTC).timestamp())}

        def read(address: str) -> float:
            began = time.perf_counter()
            answer = client.get(address)
            took = (time.perf_counter() - began) * 1000
            if answer.status_code != 200:
                raise SystemExit(f"{address} answered {answer.status_code}")
            return took

        yield read
        with app.app_context():
            db.engine.dispose()


def fill(size: int) -> None:
    """So many contributions, five from each customer: 2 of 100 wait, 3 are approved."""
    campaign = db.session.scalars(sa.select(Campaign.id)).first()
    prompts = db.session.scalars(sa.select(PromptSet.id)).first()
    if prompts is None:
        prompts = some_prompts()
    people = size // len(EACH)
    first, began = 10_000_000, clock.now() - timedelta(days=900)
    stored(Company, people // 4 + 1, lambda n: {
        "id": first + n, "name": f"Company {n}", "name_key": f"bench company {n}",
    })  # fmt: skip
    stored(Advocate, people, lambda n: {
        "id": first + n, "company_id": first + n // 4, "first_name": "Ada",
        "last_name": f"Name {n * 7919 % 1_000_003}", "email": f"p{n}@bench.example",
        "email_key": f"p{n}@bench.example", "country": f"Country {n % 40}",
    })  # fmt: skip
    stored(Invitation, people, lambda n: {
        "id": first + n, "campaign_id": campaign, "advocate_id": first + n,
    })  # fmt: skip
    stored(Submission, size, lambda n: {
        "id": first + n, "invitation_id": first + n // len(EACH),
        "advocate_id": first + n // len(EACH), "action": EACH[n % len(EACH)],
        "prompt_set_id": prompts, "state": STATES[n * 37 % 100], "version": 1,
        "submitted_at": began + timedelta(seconds=n * 60), "decided_at": began + timedelta(
            seconds=n * 60 + 30),
    })  # fmt: skip
    db.session.commit()


def some_prompts() -> int:
    row = {
        "action": Action.QUOTE, "language": "en", "version": 1, "title": "Give a quote",
        "summary": "", "minutes": 5, "next_step": "", "shown_where": "", "purposes": [],
        "sha256": "", "builtin_sha256": "",
    }  # fmt: skip
    return db.session.execute(sa.insert(PromptSet).values(**row).returning(PromptSet.id)).scalar()


def stored(model, number: int, row: Callable[[int], dict]) -> None:
    table = model.__table__
    for start in range(0, number, CHUNK):
        rows = [row(n) for n in range(start, min(start + CHUNK, number))]
        db.session.execute(sa.insert(table), rows)
