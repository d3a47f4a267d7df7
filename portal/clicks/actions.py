"""Noting that a page was asked for, counting again, and forgetting who it was."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.clicks import asking
from portal.clicks.log import log_in
from portal.clicks.models import Click, ClickDay, What
from portal.config import settings
from portal.db import changed, db, lock


def record(
    link_id: int, *, source: str, environ: Mapping[str, Any], what: What = What.LINK
) -> None:
    """Note a hit on a page in a file, durably and in microseconds; never raises.

    ``environ`` is the WSGI request. The database is not touched (T37). The address and the
    browser's name go into a hash and are kept nowhere.
    """
    now = clock.now()
    agent = environ.get("HTTP_USER_AGENT", "")
    config = settings()
    salt = salt_of(now.date(), config.secret_key.get_secret_value())
    visitor = hash_of(environ.get("REMOTE_ADDR", ""), agent, salt)
    kind = asking.kind(environ)
    name = link_id if what is What.LINK else f"{what}:{link_id}"
    hour = now.isoformat(" ", "hours")[:13]
    line = f"{hour}\t{name}\t{visitor}\t{kind}\t{source}\n"
    log_in(config.click_log).append(line.encode())


def hash_of(address: str, agent: str, salt: bytes) -> str:
    """The same all day for one browser at one address, and no other day: see ``salt_of``."""
    return hashlib.blake2b(f"{address}\0{agent}".encode(), key=salt, digest_size=12).hexdigest()


@lru_cache(maxsize=4)
def salt_of(day: date, secret: str) -> bytes:
    return hmac.digest(secret.encode(), f"clicks {day}".encode(), "sha256")


def rebuild() -> None:
    """Count the days again from the clicks; changes nothing as long as both agree."""
    lock("clicks")
    day = (Click.what, Click.link_id, Click.day, Click.kind, Click.source)
    counted = sa.select(*day, sa.func.count()).group_by(*day)
    db.session.execute(sa.delete(ClickDay))
    db.session.execute(
        sa.insert(ClickDay).from_select(
            ["what", "link_id", "day", "kind", "source", "visitors"], counted
        )
    )


def forget_visitors(before: datetime) -> int:
    """Blank the hashes that have told repeats apart; the counts stay. Gives how many."""
    seen = sa.update(Click).where(Click.day < before.date(), Click.visitor.is_not(None))
    return changed(seen.values(visitor=None))
