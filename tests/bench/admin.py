"""Django admin on the same rows of the same database, in an environment of its own.

It lists the same things in the same order, fifty to a page: contributions that wait, the oldest
first, and customers by name. It is there twice. As it comes, it is registered as Django's tutorial
shows it. Tuned, it is set up as someone who knows that there are a million rows would: in an order
that the indexes have, and without counting the rows that no filter asked for. Each page is asked by
Django's own test client inside one process, as ours is, so that only the code and the database
count. Our indexes are there for all three.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from portal.config import ROOT

PACKAGES = ["Django", "psycopg[binary]"]
HOME = ROOT / "var" / "bench" / "admin"
PLAIN, TUNED = "plain", "tuned"
QUEUE = "crowd/submission/?state__exact=submitted"
PAGES = {
    "queue": QUEUE,  # it has no list of several kinds of thing, so of those that wait to be decided
    "to decide": QUEUE,
    "to decide, further on": QUEUE + "&p={page}",
    "customers": "crowd/advocate/",
    "customers, further on": "crowd/advocate/?p={page}",
}
SERVER = Path(__file__).with_name("admin_site.py")


@contextmanager
def reader(url: str, page: int) -> Iterator[Callable[[str, str], float]]:
    """Reading a page of either admin, by its name, gives milliseconds; ``page`` is the one that is
    further on."""
    python = prepare()
    process = subprocess.Popen(
        [python, "-P", "-W", "ignore", SERVER],  # -P: beside it is a queue.py
        env=os.environ | variables(sa.make_url(url)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def read(admin: str, name: str) -> float:
        process.stdin.write(f"/{admin}/{PAGES[name].format(page=page)}\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise SystemExit(f"Django admin could not show {PAGES[name]}")
        return float(answer)

    try:
        yield read
    finally:
        process.terminate()
        process.wait(30)


def prepare() -> Path:
    """Install it once; gives its Python."""
    python = HOME / "env" / "bin" / "python"
    if not (HOME / "env" / "done").exists():
        print("· fetching Django into an environment of its own", flush=True)
        HOME.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", HOME / "env"], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
        (HOME / "env" / "done").touch()
    return python


def variables(url: sa.URL) -> dict[str, str]:
    """Where the database is, for the site."""
    if url.get_backend_name() == "sqlite":
        return {"BENCH_ENGINE": "sqlite3", "BENCH_NAME": url.database or ""}
    return {
        "BENCH_ENGINE": "postgresql",
        "BENCH_NAME": url.database or "",
        "BENCH_USER": url.username or "",
        "BENCH_PASSWORD": url.password or "",
        "BENCH_HOST": str(url.query.get("host") or url.host or ""),
        "BENCH_PORT": str(url.port or ""),
    }
