"""What a file would change, row by row, before anything is changed."""

import enum
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import selectinload

from portal.addresses import name_key
from portal.advocates.columns import LABELS
from portal.advocates.importing import ImportFile, Row
from portal.advocates.models import Advocate, Company, Sector
from portal.advocates.rows import CustomerRow, parse
from portal.db import db
from portal.outbox import actions as outbox
from portal.staff.models import Staff

# What a row may change about a person; their company only by their own page (T29).
PERSONAL = (
    "first_name", "last_name", "email", "external_id", "job_title", "phone", "city", "country",
    "language", "time_zone", "customer_since",
)  # fmt: skip
OF_COMPANY = {"website", "sector", "owner"}
T = TypeVar("T")
BATCH = 500  # values in one IN (…)


class Outcome(enum.StrEnum):
    CREATE = "create"
    UPDATE = "update"
    SAME = "same"
    REFUSED = "refused"

    @property
    def words(self) -> str:
        return WORDS[self]


WORDS = {
    Outcome.CREATE: "new",
    Outcome.UPDATE: "updated",
    Outcome.SAME: "unchanged",
    Outcome.REFUSED: "refused",
}


@dataclass
class Change:
    field: str
    old: Any
    new: Any

    @property
    def label(self) -> str:
        return LABELS[self.field]

    @property
    def before(self) -> str:
        return in_words(self.old)

    @property
    def after(self) -> str:
        return in_words(self.new)


def in_words(value: Any) -> str:
    """A value to read: a colleague by name, tags one after the other."""
    if isinstance(value, Staff):
        return value.name
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    return ", ".join(value) if isinstance(value, list) else str(value or "")


@dataclass
class Planned:
    """One row: what becomes of it, and why."""

    line: int
    outcome: Outcome
    filename: str
    why: str = ""  # of a refusal
    fields: dict[str, Any] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    person: Advocate | None = None  # who is there already
    company: Company | None = None
    replaces: Advocate | None = None  # who left, and gives the customer id to this new person
    note: str = ""  # what is not taken of a row that is
    cells: list[str] = field(default_factory=list)  # of a refused row: all, as they came

    @property
    def sentence(self) -> str:
        """ "Line 7: “nastya” is not a mail address." """
        return f"Line {self.line}: {self.why}" + ("" if self.why.endswith("?") else ".")


def plan(
    file: ImportFile, *, after: int = 0, most: int | None = None, refused: Container[int] = ()
) -> list[Planned]:
    """The fate of every row, from a handful of queries however long the file is.

    Or of at most so many rows after a line, when those up to it are in, but for the ``refused``.
    """
    parsed = parse(file)
    owners = Owners([row.owner for _, row in parsed if isinstance(row, CustomerRow)])
    follow([row for _, row in parsed if isinstance(row, CustomerRow)])
    good = [(row.line, values) for row, values in parsed if isinstance(values, CustomerRow)]
    chosen = [(row, values) for row, values in parsed if row.line > after][:most]
    planner = Planner(
        file.filename,
        [values for _, values in chosen if isinstance(values, CustomerRow)],
        said_of_companies([values for _, values in good], owners),
        owners,
    )
    planner.remember([one for one in good if one[0] <= after and one[0] not in refused])
    return [planner.fate(row, values) for row, values in chosen]


def follow(rows: Sequence[CustomerRow]) -> None:
    """Who is at a company that is the same as another one here is at that one."""
    kept = orm.aliased(Company)
    same = sa.select(Company.name_key, kept.name_key).join(kept, Company.merged_into_id == kept.id)
    keys = dict(db.session.execute(same).all())
    for row in rows:
        row.company_key = keys.get(row.company_key, row.company_key)


class Owners:
    """Colleagues by mail address or name, as the cells of a file call them."""

    def __init__(self, cells: Iterable[str]):
        people = db.session.scalars(sa.select(Staff)).all() if any(cells) else []
        self.by_id = {one.id: one for one in people}
        self.called: dict[str, list[Staff]] = defaultdict(list)
        for one in people:
            for name in {one.email.casefold(), name_key(one.name)}:
                self.called[name].append(one)

    def of(self, cell: str) -> Staff | None:
        """Who is meant; None where nobody, or more than one, is called so."""
        found = self.called.get(name_key(cell), []) if cell else []
        return found[0] if len(found) == 1 else None

    def fault(self, cell: str, company: Company | None, taken: Staff | None) -> str:
        """Why what a cell says is not taken, as a sentence; empty when it is."""
        if not cell:
            return ""
        found = self.called.get(name_key(cell), [])
        if len(found) > 1:
            return f"Two colleagues are called “{cell}”; write the mail address."
        if not found:
            return f"No colleague is called “{cell}”, so nobody new looks after the company."
        is_theirs = company is not None and company.owner_id == found[0].id
        if not found[0].is_active and not is_theirs:
            return f"{found[0].name} is no longer here, so nobody new looks after the company."
        return f"An earlier line says {taken.name}." if taken not in (None, found[0]) else ""


class Planner:
    """Knows who is here already and which lines came before."""

    def __init__(
        self,
        filename: str,
        rows: list[CustomerRow],
        said_of: dict[str, dict[str, Any]],
        owners: Owners,
    ):
        self.filename, self.owners = filename, owners
        more = [selectinload(Advocate.tags)] if any(row.tags for row in rows) else []
        people = find(Advocate, Advocate.email_key, (row.email_key for row in rows), more)
        self.by_mail = {person.email_key: person for person in people}
        people = find(Advocate, Advocate.external_id, (row.external_id for row in rows), more)
        self.by_id = {person.external_id: person for person in people}
        companies = find(Company, Company.name_key, (row.company_key for row in rows))
        self.companies = {company.name_key: company for company in companies}
        self.erased = outbox.erased_among(row.email_key for row in rows)
        self.mail_on: dict[str, int] = {}  # mail address → the line that had it first
        self.id_on: dict[str, int] = {}
        self.person_on: dict[int, int] = {}
        self.said_of = said_of
        self.told: set[str] = set()  # companies whose changes an earlier line shows

    def remember(self, earlier: list[tuple[int, CustomerRow]]) -> None:
        """Lines that are in already: what they say may not be said again further down."""
        by_mail = dict(known(Advocate.email_key, (row.email_key for _, row in earlier)))
        by_id = dict(known(Advocate.external_id, (row.external_id for _, row in earlier)))
        for line, row in earlier:
            self.mail_on[row.email_key] = line
            if row.external_id:
                self.id_on[row.external_id] = line
            for person in (by_mail.get(row.email_key), by_id.get(row.external_id)):
                if person:
                    self.person_on[person] = line

    def fate(self, row: Row, values: CustomerRow | str) -> Planned:
        """What becomes of one row; refused, it keeps its cells, unless they are of somebody who
        asked us to erase them."""
        if isinstance(values, str):
            planned = self.refuse(row.line, values, row.cells)
        else:
            planned = self.judge(row.line, values)
            if values.email_key in self.erased:
                return planned
        if planned.outcome is Outcome.REFUSED:
            planned.cells = row.whole
        return planned

    def refuse(self, line: int, why: str, fields: dict[str, Any]) -> Planned:
        return Planned(line, Outcome.REFUSED, self.filename, why, fields)

    def judge(self, line: int, row: CustomerRow) -> Planned:
        person, replaces = self.person(row)
        if why := self.objection(row, person):
            return self.refuse(line, why, row.model_dump())
        self.mail_on[row.email_key] = line
        if row.external_id:
            self.id_on[row.external_id] = line
        company = self.companies.get(row.company_key)
        planned = Planned(
            line, Outcome.CREATE, self.filename, "", row.model_dump(), [], person, company, replaces
        )
        planned.fields |= self.said_of[row.company_key]
        planned.changes = self.company_changes(row.company_key)
        planned.note = self.owners.fault(row.owner, company, planned.fields["owner"])
        if person:
            self.person_on[person.id] = line
            planned.changes = personal_changes(person, row) + planned.changes
            planned.outcome = Outcome.UPDATE if planned.changes else Outcome.SAME
        return planned

    def person(self, row: CustomerRow) -> tuple[Advocate | None, Advocate | None]:
        """Who this row is about; and who left, if their customer id now means someone new."""
        known = self.by_id.get(row.external_id)
        if (
            known
            and known.left_at
            and known.email_key != row.email_key
            and known.company.name_key != row.company_key
        ):
            return self.by_mail.get(row.email_key), known
        return known or self.by_mail.get(row.email_key), None

    def objection(self, row: CustomerRow, person: Advocate | None) -> str:
        """Why this row cannot be taken, as the end of "Line 7: …"."""
        if line := self.mail_on.get(row.email_key):
            return f"the mail address “{row.email}” is already on line {line}"
        if line := self.id_on.get(row.external_id):
            return f"the customer id “{row.external_id}” is already on line {line}"
        if person is None and row.email_key in self.erased:
            return f"whoever has the mail address “{row.email}” asked us to erase them"
        if person is None:
            return ""
        if person.merged_into_id:
            return f"“{person.email}” is the same person as another customer here"
        if line := self.person_on.get(person.id):
            return f"this is {person.name}, who is already on line {line}"
        owner = self.by_mail.get(row.email_key, person)
        if owner is not person:
            return (
                f"the customer id is {person.name}’s, but the mail address is {owner.name}’s;"
                " two people are never merged"
            )
        if row.external_id and person.external_id not in (None, row.external_id):
            return (
                f"“{row.email}” has the customer id “{person.external_id}” here,"
                f" and “{row.external_id}” in the file"
            )
        if row.company_key != person.company.name_key:
            return (
                f"{person.name} is at {person.company.name} here, and at {row.company} in the"
                " file; an import moves nobody to another company"
            )
        return ""

    def company_changes(self, key: str) -> list[Change]:
        """What the file says of a company that is new here, told once: on its first line."""
        company = self.companies.get(key)
        if company is None or key in self.told:
            return []
        self.told.add(key)
        here = {"owner": self.owners.by_id.get(company.owner_id or 0)}
        changes = []
        for name, value in self.said_of[key].items():
            old = here[name] if name in here else getattr(company, name)
            if value and value != old:
                changes.append(Change(name, old, value))
        return changes


def personal_changes(person: Advocate, row: CustomerRow) -> list[Change]:
    """What the row says that is not so here. A blank cell says nothing."""
    changes = []
    for name in PERSONAL:
        old, new = getattr(person, name), getattr(row, name)
        if not new or old == new or (name == "email" and person.email_key == row.email_key):
            continue
        changes.append(Change(name, old, new))
    if row.tags and row.tags != (tags := [tag.name for tag in person.tags]):
        changes.append(Change("tags", tags, row.tags))
    for name, since in (("stopped", person.stopped_at), ("left", person.left_at)):
        if since is None and (day := getattr(row, name)):
            changes.append(Change(name, None, day))
    return changes


def said_of_companies(rows: list[CustomerRow], owners: Owners) -> dict[str, dict[str, Any]]:
    """One answer per company, though its people’s rows may differ: the first website and the first
    colleague named, and the first sector under gift rules (T13), so that a second import changes
    nothing."""
    said: dict[str, dict[str, Any]] = {}
    for row in rows:
        of = said.setdefault(row.company_key, {"website": "", "sector": None, "owner": None})
        of["website"] = of["website"] or row.website
        named = owners.of(row.owner)
        of["owner"] = of["owner"] or (named if named and named.is_active else None)
        if of["sector"] in (None, Sector.PRIVATE):
            of["sector"] = row.sector or of["sector"]
    return said


def known(column, values: Iterable[str]) -> list[tuple[str, int]]:
    """Which of these values people have, and who."""
    wanted = sorted({value for value in values if value})
    return [
        (value, person)
        for start in range(0, len(wanted), BATCH)
        for value, person in db.session.execute(
            sa.select(column, Advocate.id).where(column.in_(wanted[start : start + BATCH]))
        )
    ]


def find(model: type[T], column, values: Iterable[str], more: Sequence[Any] = ()) -> list[T]:
    """The rows whose column has one of these values."""
    wanted = sorted({value for value in values if value})
    return [
        thing
        for start in range(0, len(wanted), BATCH)
        for thing in db.session.scalars(
            sa.select(model).where(column.in_(wanted[start : start + BATCH])).options(*more)
        )
    ]
