"""Whether a company may take a name, and what would show which."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.addresses import name_key
from portal.advocates.models import Advocate, Company
from portal.consent import companies
from portal.consent.models import OrgApproval, OrgVerdict, Receipt
from portal.db import db, only
from portal.history import queries as history
from portal.history.actions import Actor
from portal.history.models import Entry
from portal.placements.models import Placement
from portal.publishing.models import Asset
from portal.publishing.queries import drawn, shown
from portal.staff.overtaking import told
from portal.submissions.models import State, Submission


def objection(company: Company, name: str) -> str:
    """Why it cannot be called so, as a sentence; empty when it can."""
    row = called(name)
    if row is None or row.id == company.id or row == former_row(company, name):
        return ""
    if row.merged_into_id == company.id:
        return (
            f"{row.name} was joined with {company.name} as another company. Part them, and join "
            "them the other way round."
        )
    kept = db.session.get_one(Company, row.merged_into_id or row.id)
    if kept.id == row.id:
        return f"There is a company called {kept.name} already. If they are one, join them."
    return f"{row.name} is a name by which {kept.name} is known here already."


def called(name: str) -> Company | None:
    """The row that has this name now, whether it is a company or another name of one."""
    return db.session.scalar(sa.select(Company).where(Company.name_key == name_key(name)))


def former_row(company: Company, name: str) -> Company | None:
    """The row of a name it had before, when this is one."""
    row = called(name)
    return row if row and row.renamed_at and row.merged_into_id == company.id else None


def overtaken(company: Company, seen: str) -> str:
    """What became of it while somebody had the page open, as a sentence; empty for nothing."""
    if company.merged_into_id:
        kept = db.session.get_one(Company, company.merged_into_id)
        return f"{company.name} was joined with {kept.name} meanwhile. Nothing was changed."
    if company.name == seen:
        return ""
    last = _last(company)
    if last is None:
        return f"It is called {company.name} by now. Nothing was changed."
    return told(last.by, last.note, last.at)


def renamed_by(company: Company, by: Actor) -> bool:
    """Whether its name is the one this person gave it."""
    last = _last(company)
    return last is not None and last.by == by.subject


def _last(company: Company) -> Entry | None:
    return next((one for one in reversed(history.of(company)) if one.verb == "renamed"), None)


@dataclass(frozen=True)
class Preview:
    """What keeps the name it has, and what would take another."""

    shown: list[dict[str, Any]]  # in public now under its name
    places: int  # beyond our pages, that name it
    receipts: int
    answers: Sequence[OrgApproval]  # each a yes in force
    people: int
    drafts: int
    named: bool  # what is said from now on could be shown under the name of today


def preview(company: Company) -> Preview:
    """For a look before anything is changed."""
    people = sa.select(Advocate.id).where(Advocate.company_id == company.id)
    rows = db.session.execute(shown().where(Advocate.company_id == company.id))
    under_it = [one for one in drawn(rows) if one["credit"]["company"] == company.name]
    return Preview(
        shown=under_it,
        places=_count(
            sa.select(Placement.id)
            .join(Placement.asset)
            .join(Asset.submission)
            .join(Submission.receipt)
            .where(
                Submission.advocate_id.in_(people),
                Placement.names_company,
                Placement.ended_at.is_(None),
                Receipt.company_name == "",
            )
        ),
        receipts=_count(
            sa.select(Receipt.id).where(Receipt.advocate_id.in_(people), Receipt.company_name == "")
        ),
        answers=[
            one
            for one in companies.approvals_of(company)
            if one.verdict is OrgVerdict.APPROVED and not one.is_over and not one.company_name
        ],
        people=_count(people.where(Advocate.erased_at.is_(None))),
        drafts=_count(sa.select(Submission.id).where(*unsent(people))),
        named=companies.may_be_named(company),
    )


def unsent(people: sa.Select) -> list[sa.ColumnElement[bool]]:
    """Contributions of these people that are begun and not sent: nothing is agreed to yet."""
    return [
        Submission.advocate_id.in_(people),
        Submission.receipt_id.is_(None),
        Submission.state == State.DRAFT,
    ]


def _count(chosen: sa.Select) -> int:
    return only(sa.select(sa.func.count()).select_from(chosen.subquery()))
