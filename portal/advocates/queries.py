"""What pages list of customers and imports."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, load_only, selectinload

from portal.addresses import name_key
from portal.advocates.models import Advocate, Company, CustomerImport, Tag
from portal.advocates.narrowing import ANY, Narrow, called
from portal.db import db
from portal.errors import NotFound
from portal.staff.models import Staff

PAGE = 50
CAP = 999
SUGGESTED = 100


class Standing(enum.StrEnum):
    """Whether someone may be asked, as far as their own row says."""

    OPEN = "open"
    STOPPED = "stopped"
    LEFT = "left"


CONDITION: dict[Standing, sa.ColumnElement[bool]] = {
    Standing.OPEN: Advocate.stopped_at.is_(None) & Advocate.left_at.is_(None),
    Standing.STOPPED: Advocate.left_at.is_(None) & Advocate.stopped_at.is_not(None),
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


def names_of(company: Company) -> Sequence[str]:
    """Its name and those of the rows that are the same company, as ``name_key`` has them."""
    rows = sa.select(Company.name_key).where(Company.merged_into_id == company.id)
    return [company.name_key, *db.session.scalars(rows)]


def people_of(company: Company) -> Sequence[Advocate]:
    """Whom we know there, by name, at most 200."""
    there = sa.select(Advocate).where(
        Advocate.company_id == company.id, Advocate.erased_at.is_(None)
    )
    return db.session.scalars(there.order_by(Advocate.last_name, Advocate.id).limit(200)).all()


SHOWN = (
    load_only(
        Advocate.company_id,
        Advocate.first_name,
        Advocate.last_name,
        Advocate.email,
        Advocate.job_title,
        Advocate.country,
        Advocate.customer_since,
        Advocate.stopped_at,
        Advocate.left_at,
    ),
    contains_eager(Advocate.company).load_only(Company.name),
)
HERE = (Advocate.erased_at.is_(None), Advocate.merged_into_id.is_(None))  # as in the indexes
NAME = (sa.func.lower(Advocate.last_name), Advocate.id)


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
    chosen = narrow.apply(matching(search, country)).options(*SHOWN)
    if standing:
        chosen = chosen.where(CONDITION[standing])
    back = before is not None
    pivot = db.session.get(Advocate, before or after) if before or after else None
    if pivot:
        place = sa.tuple_(sa.func.lower(sa.literal(pivot.last_name)), sa.literal(pivot.id))
        chosen = chosen.where(sa.tuple_(*NAME) < place if back else sa.tuple_(*NAME) > place)
        name = sa.func.lower(sa.literal(pivot.last_name))  # by which SQLite enters the index
        chosen = chosen.where(NAME[0] <= name if back else NAME[0] >= name)
    chosen = chosen.order_by(*(column.desc() for column in NAME) if back else NAME)
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
    chosen = narrow.apply(matching(search, country))
    with_owner = contains_eager(Advocate.company).selectinload(Company.owner)
    chosen = chosen.options(with_owner, selectinload(Advocate.tags))
    return db.session.scalars(chosen.order_by(Advocate.id)).all()


def mailboxes_of(name: str) -> Sequence[str]:
    """Of people who are called so, or whose companies are: a few hundred at most."""
    people = matching(name, "").with_only_columns(Advocate.email_key)
    return db.session.scalars(people.limit(500)).all()


def matching(search: str, country: str) -> sa.Select:
    chosen = sa.select(Advocate).join(Advocate.company).where(*HERE)
    if country:
        chosen = chosen.where(Advocate.country == country)
    if words := " ".join(search.split()):
        name = Advocate.first_name + " " + Advocate.last_name
        chosen = chosen.where(
            sa.func.lower(name).contains(words.lower(), autoescape=True)
            | name.contains(words, autoescape=True)  # SQLite lowers no “Ö”
            | Advocate.company_id.in_(called(name_key(words)))  # found once, not for each person
            | Advocate.email_key.contains(words.lower(), autoescape=True)
        )
    return chosen


def counts(search: str = "", country: str = "", narrow: Narrow = ANY) -> dict[Standing | None, int]:
    """How many of the matching customers stand how, and (under None) how many there are, each
    counted to CAP + 1: nobody needs to count further, and a list is as fast with a million."""
    if search.split() or narrow != ANY:  # every customer is looked at anyway: once will do
        stopped, left = Advocate.stopped_at.is_not(None), Advocate.left_at.is_not(None)
        standing = sa.case((left, "left"), (stopped, "stopped"), else_="open").label("standing")
        each = narrow.apply(matching(search, country)).with_only_columns(standing).subquery()
        rows = db.session.execute(
            sa.select(each.c.standing, sa.func.count()).group_by(each.c.standing)
        )
        found: dict[Standing | None, int] = {Standing(name): count for name, count in rows}
        return {name: found.get(name, 0) for name in Standing} | {None: sum(found.values())}
    given = {"country": country, "most": CAP + 1}
    row = db.session.execute(_counting(bool(country)), given).one()
    of_each: dict[Standing | None, int] = dict(zip(Standing, row, strict=True))
    return of_each | {None: min(sum(row), CAP + 1)}  # each stands in one way, so that is everyone


@cache
def _counting(in_country: bool) -> sa.Select:
    """How many stand how, each to ``most``; kept: to put it together costs as much as to ask."""
    where = [*HERE, Advocate.country == sa.bindparam("country")] if in_country else HERE
    most = sa.bindparam("most", type_=sa.Integer)
    each = [sa.select(Advocate.id).where(*where, CONDITION[one]).limit(most) for one in Standing]
    count = sa.select(sa.func.count())
    return sa.select(*(count.select_from(one.subquery()).scalar_subquery() for one in each))


def capped(number: int) -> str:
    """A count as it is shown."""
    return f"{CAP:,}+" if number > CAP else f"{number:,}"


def countries() -> Sequence[str]:
    """Every country some customer is in."""
    return db.session.scalars(_countries()).all()


@cache
def _countries() -> sa.Select[str]:
    """Each is found in the index right after the one before."""
    first = sa.select(sa.func.min(Advocate.country)).where(*HERE, Advocate.country > "")
    each = sa.select(first.scalar_subquery().label("country")).cte("each", recursive=True)
    following = sa.select(sa.func.min(Advocate.country))
    following = following.where(*HERE, Advocate.country > each.c.country)
    each = each.union_all(sa.select(following.scalar_subquery()).where(each.c.country.is_not(None)))
    return sa.select(each.c.country).where(each.c.country.is_not(None))


@dataclass
class Choices:
    """What people can be found by: the values there are."""

    countries: Sequence[str]
    companies: Sequence[str]  # the first few that fit what was typed
    languages: Sequence[str]
    tags: Sequence[str]
    owners: Sequence[Staff]


def choices(company: str = "") -> Choices:
    """What a filter of customers may name; of companies, some whose names hold the words."""
    return Choices(
        countries=countries(),
        companies=companies(company),
        languages=_values(Advocate.language),
        tags=tags(),
        owners=owners(),
    )


def tags() -> Sequence[str]:
    """Every word somebody is tagged with."""
    return _values(Tag.name)


def owners() -> Sequence[Staff]:
    """Colleagues who look after a company."""
    looking = sa.select(Staff).where(sa.exists().where(Company.owner_id == Staff.id))
    return db.session.scalars(looking.order_by(Staff.name)).all()


def companies(words: str = "") -> Sequence[str]:
    """The first names of companies that hold the words."""
    held = Company.name_key.contains(name_key(words), autoescape=True)
    held &= Company.merged_into_id.is_(None)
    return db.session.scalars(
        sa.select(Company.name).where(held).order_by(Company.name_key).limit(SUGGESTED)
    ).all()


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
