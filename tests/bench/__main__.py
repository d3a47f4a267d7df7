"""Measure the portal on this machine, each page beside a Flask that only says hello.

Every slice is paired with a hello slice right before and after it, and the median of the ratios is
what counts: absolute figures drift with whatever else the machine does. Two identical hellos are
compared first; when they differ by more than 15 %, nothing is judged.
"""

import argparse
import itertools
import json
import re
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

from portal.config import ROOT
from tests.bench import databases, load, peer, queue
from tests.bench.load import Speed
from tests.bench.servers import Server, granian

LUA = Path(__file__).with_name("lead.lua")
FAIR = (0.85, 1.15)
LANDING, QUIET, LEAD = "landing, recorded", "landing, not recorded", "lead POST"
PEER = "pinax-referrals, first visit"


@dataclass
class Slice:
    """Something to measure, and what the rounds showed."""

    name: str
    database: str
    go: Callable[[float], Speed]
    seen: list[Speed] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    def row(self) -> dict:
        """The medians over all rounds, as the table and the JSON show them."""
        middle = statistics.median
        return {
            "name": self.name,
            "database": self.database,
            "requests_per_second": round(middle(one.per_second for one in self.seen), 1),
            "p50_ms": round(middle(one.p50 for one in self.seen), 2),
            "p99_ms": round(middle(one.p99 for one in self.seen), 2),
            "ratio_to_hello": round(middle(self.ratios), 3),
        }


def main() -> None:
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # and the servers with us
    load.install()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="goodword-bench-")))
        slices, hello, other = cast(options, folder, stack)
        say(f"warming up {len(slices) + 2} servers")
        for one in slices:
            one.go(1)
        fair = compare(hello, other, options)
        rounds(slices, hello, options)
    rows = [one.row() for one in slices]
    rows.insert(0, hello.row())
    show(rows, fair)
    verdicts = judge(rows, fair)
    if options.json:
        told = {"a_to_a": round(fair, 3), "rows": rows, "goals": verdicts}
        options.json.write_text(json.dumps(told, indent=2) + "\n")
    sys.exit(0 if all(goal["met"] is not False for goal in verdicts) else 1)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    parser.add_argument("--seconds", type=float, default=3, help="length of a slice (3)")
    parser.add_argument("--rounds", type=int, default=5, help="slices of each kind (5)")
    parser.add_argument("--no-peer", action="store_true", help="leave pinax-referrals out")
    parser.add_argument("--no-postgresql", action="store_true", help="measure on SQLite only")
    return parser.parse_args()


# ── What is measured ───────────────────────────────────────────────────────────────────────


def cast(options, folder: Path, stack: ExitStack) -> tuple[list[Slice], Slice, Slice]:
    """Start every server; gives the slices, hello, and hello's twin."""

    def start(app: str, env: dict[str, str] | None = None) -> Server:
        server = granian(app, folder / "servers.log", env)
        stack.callback(server.stop)
        return server

    twins = [start("tests.bench.app_hello:app") for _ in range(2)]
    for server in twins:
        server.wait_for("/")
    hello, other = (
        Slice("bare Flask hello", "none", getting(itertools.repeat(server.url + "/")))
        for server in twins
    )
    slices = []
    for name in ["sqlite"] if options.no_postgresql else ["sqlite", "postgresql"]:
        say(f"filling a portal on {name}")
        env, codes = stack.enter_context(databases.portal(name, folder))
        slices += of_portal(name, codes, start, env)
    if not options.no_peer:
        slices.append(of_peer(folder, stack))
    return slices, hello, other


def of_portal(name: str, codes: list[str], start: Callable, env: dict[str, str]) -> list[Slice]:
    quiet, recorded, forms = (
        start(app, env)
        for app in ("tests.bench.app_quiet:app", "wsgi:app", "tests.bench.app_open:app")
    )
    for server in (quiet, recorded, forms):
        server.wait_for(f"/r/{codes[0]}")
    return [
        Slice(QUIET, name, getting(f"{quiet.url}/r/{code}" for code in itertools.cycle(codes))),
        Slice(
            LANDING, name, getting(f"{recorded.url}/r/{code}" for code in itertools.cycle(codes))
        ),
        Slice(LEAD, name, sending(forms.url, codes)),
    ]


def of_peer(folder: Path, stack: ExitStack) -> Slice:
    home = ROOT / "var" / "bench" / "pinax"
    code = peer.prepare(home)
    server = peer.serve(home, folder / "peer.log")
    stack.callback(server.stop)
    server.wait_for("/")
    return Slice(PEER, "sqlite", getting(itertools.repeat(f"{server.url}/referrals/{code}/")))


def getting(urls) -> Callable[[float], Speed]:
    """Open pages, each slice the next one."""
    found = iter(urls)
    return lambda seconds: load.run(next(found), seconds)


def sending(url: str, codes: list[str]) -> Callable[[float], Speed]:
    """Send the prospect's form, stamped when the page was opened, as people would."""
    page = urlopen(f"{url}/r/{codes[0]}").read().decode()
    stamp = re.search(r'name="stamp"[^>]* value="([^"]+)"', page)[1]
    runs = itertools.count(time.time_ns())

    def go(seconds: float) -> Speed:
        return load.run(url, seconds, LUA, (stamp, str(next(runs)), *codes))

    return go


# ── How ────────────────────────────────────────────────────────────────────────────────────


def compare(hello: Slice, other: Slice, options) -> float:
    """How much two identical servers differ here, just now: the noise of this run."""
    say("comparing hello with itself")
    ratios = []
    for _ in range(max(3, options.rounds)):
        before, twin, after = (one.go(options.seconds) for one in (hello, other, hello))
        ratios.append(2 * twin.per_second / (before.per_second + after.per_second))
    return statistics.median(ratios)


def rounds(slices: list[Slice], hello: Slice, options) -> None:
    """Measure each in turn, between two hellos."""
    for number in range(options.rounds):
        say(f"round {number + 1} of {options.rounds}")
        before = hello.go(options.seconds)
        hello.seen.append(before)
        hello.ratios.append(1.0)
        for one in slices:
            seen = one.go(options.seconds)
            after = hello.go(options.seconds)
            hello.seen.append(after)
            one.seen.append(seen)
            one.ratios.append(2 * seen.per_second / (before.per_second + after.per_second))
            before = after


# ── What it means ──────────────────────────────────────────────────────────────────────────


def show(rows: list[dict], fair: float) -> None:
    print(f"\nhello to itself: {fair:.2f}\n")
    head = ("name", "database", "requests/s", "p50 ms", "p99 ms", "to hello")
    print("{:<30} {:<11} {:>11} {:>9} {:>9} {:>9}".format(*head))
    for row in rows:
        print(
            f"{row['name']:<30} {row['database']:<11} {row['requests_per_second']:>11,.0f} "
            f"{row['p50_ms']:>9.2f} {row['p99_ms']:>9.2f} {row['ratio_to_hello']:>9.2f}"
        )


def judge(rows: list[dict], fair: float) -> list[dict]:
    """The goals, and whether they are met; None where this run cannot tell."""
    speeds = {(row["name"], row["database"]): row["ratio_to_hello"] for row in rows}
    landing = speeds[LANDING, "sqlite"]
    goals = [("recorded landing to hello, SQLite in FULL sync", landing, 0.40)]
    if (PEER, "sqlite") in speeds:
        times = landing / speeds[PEER, "sqlite"]
        goals.append(("recorded landing to pinax-referrals' first visit", times, 5.0))
    can_tell = FAIR[0] <= fair <= FAIR[1]
    print()
    if not can_tell:
        print("The machine is too busy: hello differs from itself, so nothing is judged.")
    verdicts = []
    for name, value, goal in goals:
        met = value >= goal if can_tell else None
        word = {True: "met", False: "MISSED", None: "not judged"}[met]
        print(f"{name}: {value:.2f}, goal {goal:.2f}: {word}")
        verdicts.append({"name": name, "value": round(value, 3), "goal": goal, "met": met})
    return verdicts


def say(line: str) -> None:
    print(f"· {line}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["queue"]:
        queue.main(sys.argv[2:])
    main()
