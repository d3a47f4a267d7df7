"""From the log's segments into the database, each hit once, in small transactions."""

import fcntl
import logging
import os
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from portal.clicks.log import ENDING
from portal.clicks.models import Click, ClickDay, ClickSegment, Kind, What
from portal.db import Given, db, glance, lock

BATCH = 500  # rows in one transaction: more would keep writers waiting
LOADED = sa.select(ClickSegment.loaded).where(ClickSegment.name == Given("name"))
PAUSE = 0.02  # seconds between two, in which they get their turn


@dataclass(frozen=True, order=True)
class Who:
    """What makes two hits one: the same visitor on the same page in the same hour."""

    what: What
    link_id: int
    day: date
    hour: int
    visitor: str
    kind: Kind


def load(folder: Path) -> int:
    """Load what the web processes of this machine wrote; gives the number of hits.

    Safe to kill and to repeat: how far a file is loaded is committed with its hits. Commits.
    """
    if not folder.is_dir():
        return 0
    with (folder / "loading").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # one loader a folder, or a file could end under another
        return sum(load_segment(path) for path in sorted(folder.glob(f"*{ENDING}")))


def load_segment(path: Path) -> int:
    """Load the rest of one file, and remove it when its process is done with it."""
    total = 0
    with path.open("rb") as file:
        ended = has_ended(file)
        if not ended and os.fstat(file.fileno()).st_size == loaded(path.name):
            return 0
        while count := load_batch(path.name, file):
            total += count
            time.sleep(PAUSE)
        if ended:
            path.unlink()
            db.session.execute(sa.delete(ClickSegment).where(ClickSegment.name == path.name))
            db.session.commit()
    return total


def has_ended(file: BinaryIO) -> bool:
    """Did the process that wrote it let go of it, by moving on or by dying?"""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def loaded(name: str) -> int:
    """How many bytes of a segment are in the database; takes no writer's turn."""
    row = glance(LOADED, name=name)
    return row[0] if row else 0


def load_batch(name: str, file: BinaryIO) -> int:
    """One transaction: some lines, and how far we are. Gives the number of lines."""
    lock("clicks")
    segment = db.session.get(ClickSegment, name)
    if segment is None:
        segment = ClickSegment(name=name, loaded=0)
        db.session.add(segment)
    file.seek(segment.loaded)
    lines = list(islice(file, BATCH))
    if lines and not lines[-1].endswith(b"\n"):
        lines.pop()  # being written, or cut off by a power cut
    if lines:
        store(hit for line in lines if (hit := read(line)))
        segment.loaded += sum(map(len, lines))
    db.session.commit()
    return len(lines)


def read(line: bytes) -> tuple[Who, str] | None:
    """A line of the log; nothing for one that a power cut garbled."""
    try:
        moment, name, visitor, kind, source = line.decode("ascii").rstrip("\n").split("\t")
        day, hour = moment.split(" ")
        what, _, number = name.rpartition(":")  # a bare number is a link's
        who = Who(
            What(what or What.LINK),
            int(number),
            date.fromisoformat(day),
            int(hour),
            visitor[:24],
            Kind(kind),
        )
    except ValueError:
        logging.getLogger("goodword").warning("skipped a line of the click log that makes no sense")
        return None
    return who, source[:8]


def store(hits: Iterable[tuple[Who, str]]) -> None:
    """Add hits to the clicks, and whoever is new among them to their day."""
    seen: Counter[Who] = Counter()
    sources: dict[Who, str] = {}
    for who, source in hits:
        seen[who] += 1
        sources.setdefault(who, source)
    if not seen:
        return
    key = [Click.what, Click.link_id, Click.day, Click.hour, Click.visitor, Click.kind]
    insert = upsert(Click, key, "hits").returning(*key, Click.source, Click.hits)
    rows = [vars(who) | {"source": sources[who], "hits": seen[who]} for who in sorted(seen)]
    days = Counter(
        (row.what, row.link_id, row.day, row.kind, row.source)
        for row in db.session.execute(insert, rows)
        if row.hits == seen[Who(*row[:6])]  # were they here before, it would be more
    )
    if days:
        names = ("what", "link_id", "day", "kind", "source", "visitors")
        rows = [dict(zip(names, (*day, count), strict=True)) for day, count in sorted(days.items())]
        db.session.execute(upsert(ClickDay, list(ClickDay.__table__.primary_key), "visitors"), rows)


def upsert(model, key: list, counted: str):
    """An insert that adds to the row already there."""
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(model.__table__)
    more = model.__table__.c[counted] + insert.excluded[counted]
    return insert.on_conflict_do_update(
        index_elements=[column.name for column in key], set_={counted: more}
    )
