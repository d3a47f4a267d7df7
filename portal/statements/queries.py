"""The wordings of each permission: the one in use, those before it, and ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from portal import seeds
from portal.advocates.models import Advocate, Company
from portal.consent import actions as consent
from portal.consent import queries as permissions
from portal.consent.models import Purpose, Statement
from portal.db import db, is_last
from portal.errors import NotFound
from portal.history import queries as history
from portal.publishing import wording
from portal.staff.queries import name_of

# Of each person: what is filled in. The brand is ours, and may be said in other words.
OF_PEOPLE = {"{company}", "{credit}", "{first_name}", "{name}", "{title}"}


def newest() -> list[Statement]:
    """The wording in use for each permission, in the order customers are asked."""
    found = db.session.scalars(
        sa.select(Statement).where(is_last(Statement.purpose, Statement.language))
    ).all()
    order = list(Purpose)
    return sorted(found, key=lambda one: (one.language, order.index(one.purpose)))


def current(language: str, purpose: str) -> Statement:
    """The wording in use for one permission."""
    found = permissions.statement(Purpose(purpose), language) if purpose in set(Purpose) else None
    if found is None or found.language != language:
        raise NotFound("There are no such words at this address.")
    return found


def builtin(one: Statement) -> dict | None:
    """What we bring for it."""
    found = (item for item in _file(one.language) if item["purpose"] == one.purpose.value)
    return next(found, None)


def newer_builtin(one: Statement) -> dict | None:
    """Our own words, when they are newer than any that were ever in use here."""
    item = builtin(one)
    if item is None or seeds.digest(item) in {version.sha256 for version in versions(one)}:
        return None
    return item


def needed(one: Statement) -> set[str]:
    """The gaps that must stay, because each customer reads in them what is theirs."""
    item = builtin(one) or {"label": one.label, "detail": one.detail}
    return {gap for gap in OF_PEOPLE if gap in f"{item['label']} {item['detail']}"}


def versions(one: Statement) -> Sequence[Statement]:
    """Every wording of this permission, the newest first."""
    return db.session.scalars(
        sa.select(Statement)
        .where(Statement.purpose == one.purpose, Statement.language == one.language)
        .order_by(Statement.version.desc())
    ).all()


@dataclass(frozen=True)
class Told:
    """One version as its page tells it."""

    version: Statement
    author: str
    label: wording.Parts
    detail: wording.Parts
    months: tuple[int, int] | None  # before and after, where it changed


def story(one: Statement) -> list[Told]:
    """Each version, who wrote it, and how it differs from the one before; the newest first."""
    found = versions(one)
    entries = {entry.about: entry for entry in history.of(*found)}
    told = []
    for place, version in enumerate(found):
        before = found[place + 1] if place + 1 < len(found) else version
        entry = entries.get(version.subject)
        told.append(
            Told(
                version,
                name_of(entry.by) if entry else "Goodword",
                wording.differences(before.label, version.label),
                wording.differences(before.detail, version.detail),
                (before.months, version.months) if before.months != version.months else None,
            )
        )
    return told


def is_ours(one: Statement) -> bool:
    """Whether it is a wording of Goodword’s, not of the owners of this portal."""
    return not consent.is_reworded(one)


def as_read(label: str, detail: str) -> tuple[str, str]:
    """How somebody would read it: a person nobody is."""
    person = Advocate(
        first_name="Kim",
        last_name="Okafor",
        job_title="Head of Operations",
        company=Company(name="Example Ltd"),
    )
    return permissions.fill(label, person), permissions.fill(detail, person)


@cache
def _file(language: str) -> list[dict]:
    path = Path(consent.__file__).parent / f"statements.{language}.json"
    return seeds.read(path) if path.exists() else []
