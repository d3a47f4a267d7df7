"""Whom we may offer anything, and how much at most: by sector, address and country (T13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.addresses import name_key
from portal.advocates.models import Advocate, Company, Sector
from portal.db import db, is_last, lock
from portal.errors import NotAllowed, there
from portal.history.actions import Actor, record
from portal.incentives.models import GiftException, GiftRule, RuleKind
from portal.staff.overtaking import overtaken

NO_GIFTS = {Sector.PUBLIC, Sector.HEALTHCARE, Sector.FINANCE, Sector.EDUCATION}
GOVERNMENT = (
    ".gov", ".mil", ".gc.ca", ".gouv.fr", ".bund.de", ".europa.eu", ".gv.at", ".admin.ch",
    ".govt.nz", ".go.jp", ".go.kr", ".gob.es", ".gob.mx", ".nhs.uk", ".police.uk", ".mod.uk",
)  # fmt: skip


def is_government(email: str) -> bool:
    """Whether this is the address of a public body, by its domain."""
    domain = "." + email.rpartition("@")[2].lower()
    return domain.endswith(GOVERNMENT) or ".gov." in domain


def off_for(person: Advocate) -> str:
    """Why offers are off for this person unless two of us agree; empty when they are not."""
    if person.company.sector in NO_GIFTS:
        return f"No rewards in the {person.company.sector} sector"
    if is_government(person.email):
        return "No rewards at a government address"
    return ""


# ── Rules in force, for many people at once ────────────────────────────────────────────────


@dataclass(frozen=True)
class Book:
    """Every rule and exception in force now; three queries, however many people are asked about."""

    rules: Mapping[tuple[RuleKind, str], GiftRule]
    people: frozenset[int]  # who may be offered something although offers are off
    companies: frozenset[int]  # and whose people all may

    def refusal(self, person: Advocate, *promises: Mapping[str, Any]) -> str:
        """Why this person may be offered none of this, for staff; empty when they may."""
        excepted = person.id in self.people or person.company_id in self.companies
        if (said := off_for(person)) and not excepted:
            return said
        for kind, name, whom in (
            (RuleKind.COUNTRY, person.country, "for people in {}"),
            (RuleKind.SECTOR, person.company.sector, "in the {} sector"),
        ):
            rule = self.rules.get((kind, name_key(name)))
            for promise in promises:
                if rule and (fault := too_much(rule, promise)):
                    return f"No reward {whom.format(rule.name)}: {fault}"
        return ""


def book() -> Book:
    excepted = db.session.execute(
        sa.select(GiftException.advocate_id, GiftException.company_id).where(*in_force())
    ).all()
    return Book(
        {(rule.kind, rule.name_key): rule for rule in rules()},
        frozenset(person for person, _ in excepted if person),
        frozenset(company for _, company in excepted if company),
    )


def in_force() -> list[sa.ColumnElement[bool]]:
    return [GiftException.allowed.is_(True), GiftException.ended_at.is_(None)]


def too_much(rule: GiftRule, promise: Mapping[str, Any]) -> str:
    """What of this promise breaks a rule, as the rest of a sentence; empty when nothing does."""
    if rule.most_cents is None:
        return ""
    if rule.most_cents == 0:
        return f"none may be given. {rule.why}"
    most = in_words(rule.most_cents, rule.currency)
    if promise["currency"] != rule.currency:
        return (
            f"it may be worth {most} at most, and this one is counted in {promise['currency']}, "
            f"so nobody can tell. {rule.why}"
        )
    if promise["value_cents"] > rule.most_cents:
        worth = in_words(promise["value_cents"], promise["currency"])
        return f"it may be worth {most} at most, and this one is worth {worth}. {rule.why}"
    return ""


def in_words(cents: int, currency: str) -> str:
    """25 EUR"""
    return f"{cents / 100:,.2f}".removesuffix(".00") + f" {currency}"


# ── The table of rules ─────────────────────────────────────────────────────────────────────


def rules() -> Sequence[GiftRule]:
    """The newest version of each rule, by name."""
    found = sa.select(GiftRule).where(is_last(GiftRule.kind, GiftRule.name_key))
    return db.session.scalars(found.order_by(GiftRule.kind, GiftRule.name)).all()


def versions() -> Sequence[GiftRule]:
    """All that was ever written down, newest first."""
    return db.session.scalars(sa.select(GiftRule).order_by(GiftRule.id.desc())).all()


def write_down(
    kind: RuleKind,
    name: str,
    most_cents: int | None,
    currency: str,
    why: str,
    *,
    seen: int = 0,
    by: Actor,
) -> GiftRule:
    """A new version of the rule for one country or sector; the ones before stay.

    ``seen`` is the newest row that was on the page; raises Stale when this rule has a newer one.
    """
    lock("gift rules")
    rows = sa.select(GiftRule).where(GiftRule.kind == kind, GiftRule.name_key == name_key(name))
    before = db.session.scalar(rows.order_by(GiftRule.version.desc()).limit(1))
    if before and before.id > seen:
        raise overtaken(before, newest=versions()[0].id)
    if kind is RuleKind.SECTOR and name not in list(Sector):
        raise NotAllowed("Choose one of the sectors.")
    if before is None and most_cents is None:
        raise NotAllowed(f"There is no rule for {name} to take back.")
    rule = GiftRule(
        kind=kind,
        name=" ".join(name.split()),
        name_key=name_key(name),
        version=before.version + 1 if before else 1,
        most_cents=most_cents,
        currency=currency,
        why=why,
        by=by.subject,
    )
    db.session.add(rule)
    record(rule, "written down", by=by, version=rule.version, **{kind.value: rule.name})
    return rule


def countries_without() -> list[str]:
    """Where customers are and no rule is, spelled as in their rows."""
    ruled = {rule.name_key for rule in rules() if rule.kind is RuleKind.COUNTRY}
    found = sa.select(Advocate.country).where(Advocate.country != "").distinct()
    return sorted(name for name in db.session.scalars(found) if name_key(name) not in ruled)


# ── Exceptions: one asks, another agrees ───────────────────────────────────────────────────


def exceptions_for(person: Advocate) -> Sequence[GiftException]:
    """Everything ever asked for this person or their whole company, newest first."""
    theirs = sa.or_(
        GiftException.advocate_id == person.id, GiftException.company_id == person.company_id
    )
    found = sa.select(GiftException).where(theirs)
    return db.session.scalars(found.order_by(GiftException.id.desc())).all()


def whom(exception: GiftException) -> Advocate | Company:
    """The person or the company an exception is for."""
    return exception.advocate or there(exception.company)


def forget(advocate: Advocate) -> None:
    """End what was asked for one person who is being erased, and why (T36)."""
    for one in db.session.scalars(
        sa.select(GiftException).where(GiftException.advocate_id == advocate.id)
    ):
        one.reason, one.ended_at = "", one.ended_at or clock.now()
