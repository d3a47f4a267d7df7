"""What pages list of customers and imports."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from portal.addresses import name_key
from portal.advocates.models import Advocate, Company, CustomerImport, Tag
from portal.advocates.narrowing import ANY, Narrow
from portal.db import db
from portal.errors import NotFound
from portal.staff.models import Staff

PAGE = 50


class Standing(enum.StrEnum):
    """Whether someone may be asked, as far as their own row says."""

    OPEN = "open"
    STOPPED = "stopped"
    LEFT = "left"


CONDITION = {
    Standing.OPEN: Advocate.stopped_at.is_(None) & Advocate.left_at.is_(None),
    Standing.STOPPED: Advocate.stopped_at.is_not(None) & Advocate.left_at.is_(None),
    Standing.LEFT: Advocate.left_at.is_not(None),
}


@dataclass
class Page:
    """One page of people in the order of their names; the ids from which to go on or back."""

    people: Sequence[Advocate]
    next: int | None
    previous: int | None


def get(advocate_id: int) -> Advocate:
    """One customer; raises NotFound."""
    if person := db.session.get(Advocate, advocate_id):
        return person
    raise NotFound("There is no such customer.")


def company(company_id: int) -> Company:
    """One company; raises NotFound."""
    if found := db.session.get(Company, company_id):
        return found
    raise NotFound("There is no such company.")


def people_of(company: Company) -> Sequence[Advocate]:
    """Whom we know there, by name, at most 200."""
    there = sa.select(Advocate).where(
        Advocate.company_id == company.id, Advocate.erased_at.is_(None)
    )
    return db.session.scalars(there.order_by(Advocate.last_name, Advocate.id).limit(200)).all()


def people(
    search: str = "",
    country: str = "",
    standing: Standing | None = None,
    *,
    narrow: Narrow = ANY,
    after: int | None = None,
    before: int | None = None,
) -> Page:
    """Customers whose name, company or mail address holds the words, 50 to a page."""
    key = sa.tuple_(sa.func.lower(Advocate.last_name), Advocate.id)
    chosen = narrow.apply(matching(search, country))
    if standing:
        chosen = chosen.where(CONDITION[standing])
    back = before is not None
    if pivot := db.session.get(Advocate, before or after or 0):
        place = sa.tuple_(sa.func.lower(sa.literal(pivot.last_name)), sa.literal(pivot.id))
        chosen = chosen.where(key < place if back else key > place)
    order = (sa.func.lower(Advocate.last_name), Advocate.id)
    chosen = chosen.order_by(*(column.desc() for column in order) if back else order)
    found = list(db.session.scalars(chosen.limit(PAGE + 1)))
    more, found = len(found) > PAGE, found[:PAGE]
    if back:
        found.reverse()
    return Page(
        found,
        next=found[-1].id if found and (more or back) else None,
        previous=found[0].id if found and (more if back else pivot) else None,
    )


def everyone(search: str = "", country: str = "", narrow: Narrow = ANY) -> Sequence[Advocate]:
    """All the customers a search finds, with their tags, for a table to take away."""
    chosen = narrow.apply(matching(search, country)).options(selectinload(Advocate.tags))
    return db.session.scalars(chosen.order_by(Advocate.id)).all()


def matching(search: str, country: str) -> sa.Select:
    chosen = (
        sa.select(Advocate)
        .join(Advocate.company)
        .where(Advocate.erased_at.is_(None), Advocate.merged_into_id.is_(None))
        .options(contains_eager(Advocate.company))
    )
    if country:
        chosen = chosen.where(Advocate.country == country)
    if words := " ".join(search.split()):
        name = Advocate.first_name + " " + Advocate.last_name
        chosen = chosen.where(
            sa.func.lower(name).contains(words.lower(), autoescape=True)
            | name.contains(words, autoescape=True)  # SQLite lowers no “Ö”
            | Company.name_key.contains(name_key(words), autoescape=True)
            | Advocate.email_key.contains(words.lower(), autoescape=True)
        )
    return chosen


def counts(search: str = "", country: str = "", narrow: Narrow = ANY) -> dict[Standing, int]:
    """How many of the matching customers stand how."""
    chosen = narrow.apply(matching(search, country)).subquery()
    stopped, left = chosen.c.stopped_at.is_not(None), chosen.c.left_at.is_not(None)
    standing = sa.case((left, "left"), (stopped, "stopped"), else_="open")
    rows = db.session.execute(sa.select(standing, sa.func.count()).group_by(standing))
    found = {Standing(name): count for name, count in rows}
    return {name: found.get(name, 0) for name in Standing}


def countries() -> Sequence[str]:
    """Every country some customer is in."""
    return db.session.scalars(
        sa.select(Advocate.country)
        .where(Advocate.country != "")
        .distinct()
        .order_by(Advocate.country)
    ).all()


@dataclass
class Choices:
    """What people can be found by: the values there are."""

    countries: Sequence[str]
    companies: Sequence[str]
    languages: Sequence[str]
    tags: Sequence[str]
    owners: Sequence[Staff]


def choices() -> Choices:
    """Everything a filter of customers may name."""
    return Choices(
        countries=countries(),
        companies=_values(Company.name),
        languages=_values(Advocate.language),
        tags=tags(),
        owners=owners(),
    )


def tags() -> Sequence[str]:
    """Every word somebody is tagged with."""
    return _values(Tag.name)


def owners() -> Sequence[Staff]:
    """Colleagues who look after a company."""
    looking = sa.select(Staff).where(Staff.id.in_(sa.select(Company.owner_id)))
    return db.session.scalars(looking.order_by(Staff.name)).all()


def _values(column) -> Sequence[str]:
    return db.session.scalars(sa.select(column).distinct().order_by(column)).all()


def get_import(import_id: int) -> CustomerImport:
    """One uploaded file; raises NotFound."""
    if upload := db.session.get(CustomerImport, import_id):
        return upload
    raise NotFound("This file is no longer here. Files nobody imports are let go after 7 days.")


def recent_imports() -> Sequence[CustomerImport]:
    """The last ten uploaded files, newest first."""
    return db.session.scalars(
        sa.select(CustomerImport).order_by(CustomerImport.id.desc()).limit(10)
    ).all()
