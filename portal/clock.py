"""What time it is. Everything asks here, so that a test or the demo can tell another time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_ago: ContextVar[timedelta] = ContextVar("ago", default=timedelta())


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC) - _ago.get()


@contextmanager
def ago(**how_long: float) -> Iterator[None]:
    """Tell a story that happened earlier: ``with clock.ago(days=30): …``."""
    token = _ago.set(timedelta(**how_long))
    try:
        yield
    finally:
        _ago.reset(token)
