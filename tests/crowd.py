"""Many people who press at the same moment: none goes on before all of them stand at the door."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier
from typing import TypeVar

from flask import Flask

from portal.db import db

T = TypeVar("T")
PATIENCE = 60  # seconds until the last of them has come


def at_once(number: int, act: Callable[[int], T]) -> list[T]:
    """What each of them got, in the order of their numbers."""
    door = Barrier(number, timeout=PATIENCE)

    def come(one: int) -> T:
        door.wait()
        return act(one)

    with ThreadPoolExecutor(number) as people:
        return list(people.map(come, range(number)))


def overlapping(app: Flask, first: Callable[[], object], second: Callable[[], T]) -> T:
    """What the second of two got, who begins while what the first did is not committed yet: whoever
    takes no lock is through by then."""

    def other() -> T:
        with app.app_context():
            got = second()
            db.session.commit()
            return got

    with ThreadPoolExecutor(1) as beside, app.app_context():
        first()
        db.session.flush()
        late = beside.submit(other)
        wait([late], timeout=1)
        db.session.commit()
        return late.result(PATIENCE)
