"""Of two colleagues who change one customer, the later is told: by what the history says was done.

A customer has no version of their own: much happens to them that no form of ours shows.
"""

from portal.advocates.models import Advocate
from portal.db import Model, lock_row
from portal.history import queries as history
from portal.history.models import Entry
from portal.staff.overtaking import KEPT, overtaken_by

BY_FILE = ("created by import", "updated by import")
DETAILS = ("added", "corrected", "job title corrected", *BY_FILE)
CARE = ("tagged", "given to a colleague", *BY_FILE)


def newest_details(person: Advocate) -> int:
    """Which version of someone’s details it is now."""
    return _number(_last([person], DETAILS))


def newest_care(person: Advocate) -> int:
    """Which version of their tags, and of who looks after their company."""
    return _number(_last([person, person.company], CARE))


def demand_newest_details(person: Advocate, seen: int | None) -> None:
    """Raise Stale where the details were changed since ``seen``; nobody else can from here on."""
    _demand([person], DETAILS, seen)


def demand_newest_care(person: Advocate, seen: int | None) -> None:
    """The same of tags and of who looks after the company."""
    _demand([person, person.company], CARE, seen)


def _demand(things: list[Model], verbs: tuple[str, ...], seen: int | None) -> None:
    for thing in reversed(things):  # the company first: more of us change one than the other
        lock_row(thing)
    last = _last(things, verbs)
    if last and seen not in (None, last.id):
        raise overtaken_by(last, last.id, KEPT)


def _last(things: list[Model], verbs: tuple[str, ...]) -> Entry | None:
    return history.last(*things, among=verbs)


def _number(entry: Entry | None) -> int:
    return entry.id if entry else 0
