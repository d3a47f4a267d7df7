from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

import sqlalchemy as sa

from portal.db import Model, db
from portal.history.models import Entry


class Actor(Protocol):
    """Whoever acts: a row of ours (staff, advocate, lead …) or ``SYSTEM``."""

    @property
    def subject(self) -> str: ...


class Named(Actor, Protocol):
    """One of them whose name stands in a mail."""

    @property
    def name(self) -> str: ...


class _System:
    subject = "system"
    name = "Goodword"


SYSTEM = _System()


@contextmanager
def apart() -> Iterator[None]:
    """What is written down in here is no part of what the form that is answered was sent for."""
    post = db.session.info.pop("post", None)
    try:
        yield
    finally:
        if post:
            db.session.info["post"] = post


def record(thing: Model, verb: str, *, by: Actor, note: str = "", **data) -> None:
    """Write down that ``by`` did ``verb`` to ``thing``, in the caller's transaction."""
    db.session.flush()  # a new thing has no id before
    entry = Entry(about=thing.subject, verb=verb, by=by.subject, note=note, data=data)
    db.session.add(entry)


def record_all(acts: Iterable[tuple[Model, str, str]], *, by: Actor) -> None:
    """Write down many acts (thing, verb, note) at once, in the caller's transaction."""
    db.session.flush()
    rows = [
        {"about": thing.subject, "verb": verb, "by": by.subject, "note": note, "data": {}}
        for thing, verb, note in acts
    ]
    if rows:
        db.session.execute(sa.insert(Entry), rows)


def forget(names: Iterable[str]) -> None:
    """Empty every note about these things, as ``submission:7`` (T36); the bare acts stay."""
    said = sa.or_(Entry.note != "", sa.cast(Entry.data, sa.Text) != "{}")
    emptying = sa.update(Entry).where(Entry.about.in_(names), said)
    db.session.execute(emptying.values(note="", data={}))
