"""Add one customer by hand, and put right what is written of one: the rules are those of a file."""

from collections.abc import Mapping

import sqlalchemy as sa

from portal import clock
from portal.advocates import actions, planning
from portal.advocates.importing import ImportFile, Row
from portal.advocates.models import Advocate
from portal.advocates.overtaking import demand_newest_details
from portal.advocates.planning import Outcome, Planned
from portal.advocates.rows import CustomerRow, parse
from portal.db import db, lock
from portal.errors import NotAllowed
from portal.history.actions import Actor, record

OF_PERSON = (
    "first_name", "last_name", "email", "job_title", "phone", "city", "country", "language",
    "time_zone",
)  # fmt: skip


class AlreadyHere(NotAllowed):
    """Somebody with this mail address is a customer already."""

    def __init__(self, person: Advocate):
        super().__init__(f"{person.name} of {person.company.name} has this mail address already.")
        self.person = person


def add(said: Mapping[str, str], *, by: Actor) -> Advocate:
    """A new customer; their company is found by its name, or new as well. Nobody is written to.

    ``said``: of ``OF_PERSON``, and the company. Raises NotAllowed, and AlreadyHere.
    """
    lock("advocates.import")
    planned = _plan(said)
    company = planned.company or actions.found(planned)
    person = Advocate(company=company)
    db.session.add(person)
    actions.amend(person, planned)
    record(person, "added", by=by)
    return person


def correct(
    person: Advocate,
    said: Mapping[str, str],
    *,
    same_job: bool,
    by: Actor,
    seen: int | None = None,
) -> list[str]:
    """Let these be their details; the names of those that differ from before. Raises Stale where
    somebody changed them since ``seen``.

    Another job title is another job, and what they said waits for their yes (T29); unless it is
    the ``same_job``, of which the title was written wrongly.
    """
    if person.erased_at or person.merged_into_id:
        raise NotAllowed("Nothing is changed under this address any more.")
    lock("advocates.import")
    demand_newest_details(person, seen)
    row = _plan({**said, "company": person.company.name}, of=person).fields
    changed = [name for name in OF_PERSON if (row[name] or _blank(name)) != getattr(person, name)]
    for name in changed:
        setattr(person, name, row[name] or _blank(name))
    if "email" in changed:
        person.email_key = row["email_key"]
    if "job_title" in changed and not same_job:
        person.moved_at = clock.now()
    if changed:
        record(person, "corrected", by=by, fields=changed)
    return changed


def _plan(said: Mapping[str, str], of: Advocate | None = None) -> Planned:
    """What a file with this one row would do; raises NotAllowed with the reason it would give."""
    file = ImportFile("", {}, [], [Row(1, dict(said))])
    ((_, row),) = parse(file)
    if isinstance(row, CustomerRow):
        known = db.session.scalar(sa.select(Advocate).where(Advocate.email_key == row.email_key))
        if known not in (None, of):
            raise AlreadyHere(known)
    (planned,) = planning.plan(file)
    if planned.outcome is Outcome.REFUSED:
        raise NotAllowed(f"{planned.why[:1].upper()}{planned.why[1:]}.")
    return planned


def _blank(name: str) -> str:
    return {"language": "en", "time_zone": "UTC"}.get(name, "")
