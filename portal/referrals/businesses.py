"""Which business a lead is about: one we had a lead from before, or a customer’s.

A legal form or the spelling of a name makes no other business of it; a person has the last word.
"""

from collections.abc import Callable

import sqlalchemy as sa

from portal.addresses import akin, parents
from portal.advocates.models import Advocate, Company
from portal.advocates.queries import names_of
from portal.companies.queries import core
from portal.consent import companies
from portal.db import db


def key_of(company: str) -> str:
    """The form under which two spellings of one business meet; empty for none."""
    return core(company)[:200] if company.strip() else ""


def is_named(company: Company, key: str) -> bool:
    """Is this a customer’s company, by its name?"""
    return bool(key) and key in map(core, names_of(company))


def customers(key: str, domain: str, *, but: Company) -> bool:
    """Is it the company of a customer other than ``but``, by its name or its own domain,
    of which the one here may be a part?"""
    alike = roughly(key, domain)
    if not alike:
        return False
    found = db.session.scalars(sa.select(Company).where(sa.or_(*alike)))
    return any(is_this(one, key, domain) for one in found if one_of(one) != one_of(but))


def roughly(key: str, domain: str) -> list[sa.ColumnElement[bool]]:
    """Which companies it may be; ``is_this`` says which of them it is."""
    by_name = [Company.name_key.contains(key.split(" ")[0], autoescape=True)] if key else []
    return by_name + (_by_domain(domain) if domain else [])


def _by_domain(domain: str) -> list[sa.ColumnElement[bool]]:
    """Whose mail or website is there, at a part of it, or at what it is a part of."""
    ends = [f".{domain}", *(f"@{one}" for one in parents(domain))]
    at_domain = sa.select(Advocate.company_id).where(
        sa.or_(*(Advocate.email_key.endswith(end, autoescape=True) for end in ends)),
        Advocate.erased_at.is_(None),
    )
    site = sa.func.replace(sa.func.lower(Company.website), "www.", "")
    begins = [f"{how}{one}" for one in parents(domain) for how in ("", "http://", "https://")]
    there = [site.startswith(begin, autoescape=True) for begin in begins]
    return [Company.id.in_(at_domain), site.contains(f".{domain}", autoescape=True), *there]


def is_this(
    company: Company,
    key: str,
    domain: str,
    domains: Callable[[Company], list[str]] = companies.domains,
) -> bool:
    """For certain, after the database’s rough guess."""
    if key and core(company.name) == key:
        return True
    return bool(domain) and any(akin(domain, one) for one in domains(company))


def one_of(company: Company) -> int:
    """The row that stands for it, where the same company is here twice."""
    return company.merged_into_id or company.id
