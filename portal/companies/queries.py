"""Which companies may be here twice, and what would become of two that are one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.addresses import name_key
from portal.advocates.models import Advocate, Company, Sector, Signal
from portal.advocates.queries import names_of
from portal.consent import companies
from portal.consent.models import OrgApproval
from portal.db import db, only

MOST = 50
ALIKE, SITE = "One name, but for the legal form", "One website or mail domain"
FORMS = """
    ltd limited plc llp llc inc incorporated corp corporation co company gmbh mbh ag kg ohg ug se
    sa sas sarl srl spa sl bv nv ab as asa oy oyj aps pty pte holding group the
"""
LEGAL_FORMS = frozenset(FORMS.split())


def core(name: str) -> str:
    """What is left of a company’s name without its legal form: ``acme`` of “The Acme Co., Ltd.”"""
    bare = name_key(name).replace(".", "").replace("&", " and ")
    words = "".join(sign if sign.isalnum() else " " for sign in bare).split()
    return " ".join([word for word in words if word not in LEGAL_FORMS] or words)


@dataclass(frozen=True)
class Twin:
    """A company that may be the same one, and what makes us think so."""

    company: Company
    because: str


def twins(company: Company) -> list[Twin]:
    """Companies that may be this one, by any name of either; nobody is joined by a machine."""
    mine = {core(name) for name in names_of(company)}
    begun = [Company.name_key.contains(one.split(" ")[0], autoescape=True) for one in mine]
    alike = [row for row in _rows_of_others(company, sa.or_(*begun)) if core(row.name) in mine]
    found = [Twin(row, ALIKE) for row in _standing_for(alike)]
    if domains := companies.domains(company):
        same = [Company.website.icontains(domain, autoescape=True) for domain in domains]
        known = {twin.company.id for twin in found}
        found += [
            Twin(row, SITE)
            for row in _others(company, sa.or_(*same))
            if row.id not in known and set(companies.domains(row)) & set(domains)
        ]
    return found


def named(company: Company, words: str) -> list[Twin]:
    """Other companies whose names hold these words, for whoever knows better."""
    key = name_key(words)
    held = Company.name_key.contains(key, autoescape=True)
    return [Twin(row, "") for row in _standing_for(_rows_of_others(company, held))] if key else []


def _rows_of_others(company: Company, *conditions: sa.ColumnElement[bool]) -> Sequence[Company]:
    """The same with the rows that are only another name of one, or a former one."""
    itself = sa.func.coalesce(Company.merged_into_id, Company.id) == company.id
    chosen = sa.select(Company).where(~itself, *conditions).order_by(Company.name_key)
    return db.session.scalars(chosen.limit(MOST)).all()


def _standing_for(rows: Sequence[Company]) -> list[Company]:
    """The companies these rows are names of, each once."""
    ids = dict.fromkeys(row.merged_into_id or row.id for row in rows)
    return [db.session.get_one(Company, number) for number in ids]


def _others(company: Company, *conditions: sa.ColumnElement[bool]) -> Sequence[Company]:
    here = Company.merged_into_id.is_(None) & (Company.id != company.id)
    chosen = sa.select(Company).where(here, *conditions).order_by(Company.name_key)
    return db.session.scalars(chosen.limit(MOST)).all()


def pairs() -> list[tuple[Company, Company]]:
    """Companies whose names, of today or before, differ by the legal form alone, at most 50."""
    by_core: dict[str, dict[int, None]] = defaultdict(dict)
    itself = sa.func.coalesce(Company.merged_into_id, Company.id)
    for number, name in db.session.execute(sa.select(itself, Company.name).order_by(Company.id)):
        by_core[core(name)][number] = None
    alike = [list(ids) for ids in by_core.values()]
    found = list(dict.fromkeys((ids[0], number) for ids in alike for number in ids[1:]))[:MOST]
    numbers = {number for pair in found for number in pair}
    rows = db.session.scalars(sa.select(Company).where(Company.id.in_(numbers)))
    company = {row.id: row for row in rows}
    return [(company[first], company[second]) for first, second in found]


def joined(company: Company) -> Sequence[Company]:
    """The other names it is known by here, former ones among them."""
    rows = sa.select(Company).where(Company.merged_into_id == company.id)
    return db.session.scalars(rows.order_by(Company.name_key)).all()


def moves(into: Company, other: Company) -> list[tuple[str, int, int]]:
    """How much hangs on each of the two, kind by kind, for a look before any of it moves."""
    kinds = (
        ("People", Advocate.company_id),
        ("Facts about them", Signal.company_id),
        ("Questions to the company, and its answers", OrgApproval.company_id),
    )
    return [(name, _count(column, into), _count(column, other)) for name, column in kinds]


def _count(column, company: Company) -> int:
    return only(sa.select(sa.func.count()).where(column == company.id))


def consequences(other: Company, into: Company) -> list[str]:
    """What would be different in public and when we ask, as sentences."""
    said = [
        f"Everyone at {other.name} is at {into.name} from then on, also in the credit of what they "
        "said and in the copies of what they allowed.",
        _about_the_name(other, into),
    ]
    if into.sector is Sector.PRIVATE and other.sector is not Sector.PRIVATE:
        said.append(f"The gift rules of the {other.sector} sector hold for both.")
    return [
        *said,
        "How many of one company may be asked is counted over both.",
        f"Files that name {other.name} bring its people to {into.name}.",
    ]


def _about_the_name(other: Company, into: Company) -> str:
    """What becomes of the yes and the no of each (T28)."""
    for one in (other, into):
        if companies.forbids(one):
            return f"{one.name} does not want to be named: then neither is, on any page."
    allowed = [one.name for one in (into, other) if companies.may_be_named(one)]
    if not allowed:
        return "Neither allowed its name yet, so none is shown. What waits for an answer goes on."
    if len(allowed) == 2:
        return f"Both allowed their name; {into.name} is the one that is shown."
    return (
        f"{allowed[0]} allowed its name. That yes then covers the people of both: where they "
        f"agreed themselves, their words stand under the name of {into.name}."
    )
