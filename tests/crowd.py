"""Many people who press at the same moment: none goes on before all of them stand at the door."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

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
