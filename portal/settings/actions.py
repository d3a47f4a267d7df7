"""Choosing, and going back to what the environment says."""

from collections.abc import Iterable

from portal.colours import is_readable, readable
from portal.config import Settings, laid_over
from portal.db import db, lock
from portal.errors import Unfit
from portal.history.actions import Actor, record
from portal.settings import queries
from portal.settings.models import Setting
from portal.staff import overtaking


def change(
    now: Settings,
    said: dict[str, str],
    *,
    section: Iterable[str] = (),
    seen: int | None = None,
    by: Actor,
) -> list[str]:
    """Let these settings be so from now on; the names of those that differ from before.

    ``now`` is what holds; a value that cannot be leaves it so. Raises Unfit; and Stale where
    any of the ``section`` was chosen otherwise since ``seen``, the newest choice on the page.
    """
    _demand_newest(section, seen, overtaking.KEPT)
    then = laid_over(now, said)
    changed = [name for name in said if getattr(then, name) != getattr(now, name)]
    for name in changed:
        refuse_unreadable(name, said[name])
        _write(name, said[name], getattr(now, name), getattr(then, name), by=by)
    return changed


def refuse_unreadable(name: str, value: str) -> None:
    """A colour is chosen only if words can be read on it."""
    if name == "brand_colour" and not is_readable(value):
        raise Unfit(
            f"Words cannot be read well on {value}, neither in white nor in black. "
            f"{readable(value)} is the nearest shade that works."
        )


def put_back(
    given: Settings, now: Settings, name: str, *, seen: int | None = None, by: Actor
) -> None:
    """Let the environment say this one again; raises Stale as ``change`` does."""
    _demand_newest([name], seen, overtaking.NOTHING)
    _write(name, None, getattr(now, name), getattr(given, name), by=by)


def _demand_newest(names: Iterable[str], seen: int | None, so: str) -> None:
    lock("settings")
    row = queries.newest(names)
    if row and seen not in (None, row.id):
        raise overtaking.overtaken(row, newest=row.id, so=so)


def _write(name: str, value: str | None, before, after, *, by: Actor) -> None:
    row = Setting(name=name, value=value, by=by.subject)
    db.session.add(row)
    note = f"{in_words(before)} → {in_words(after)}"
    record(row, "changed" if value is not None else "put back", by=by, note=note)


def in_words(value) -> str:
    """A setting as people read it in the history."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value != "" else "nothing"
