"""Give a company another name. What was agreed to under the old one keeps it, sign for sign."""

import sqlalchemy as sa

from portal import clock
from portal.addresses import name_key
from portal.advocates.models import Advocate, Company
from portal.consent.models import OrgApproval, Receipt
from portal.db import db, lock
from portal.errors import NotAllowed, Stale
from portal.history.actions import Actor, record
from portal.renaming import queries
from portal.submissions.models import Submission

RENAMED = "renamed"


def rename(company: Company, name: str, *, seen: str, by: Actor) -> None:
    """From now on it is called ``name``; the old name stays one it is found by. Twice is harmless.

    ``seen`` is the name that stood on the page; raises Stale when it is another by now.
    """
    for one in ("advocates.import", "companies.merge"):  # no file and no question meanwhile
        lock(one)
    db.session.refresh(company)
    if company.name == name and seen != name and queries.renamed_by(company, by):
        return
    if sentence := queries.overtaken(company, seen):
        raise Stale(sentence)
    if name == company.name:
        raise NotAllowed("That is its name already.")
    former = queries.former_row(company, name)
    if sentence := queries.objection(company, name):
        raise NotAllowed(sentence)
    old = company.name
    _hold_drafts(company)
    _freeze(company, old, name)
    _swap(company, name, former)
    record(company, RENAMED, by=by, note=f"{old} is now {name}", was=old)


def _hold_drafts(company: Company) -> None:
    """Whoever has the last page of a contribution open reads it once more before sending it: the
    name they would agree to there is another by now."""
    unsent = sa.update(Submission).where(*queries.unsent(_people(company)))
    _run(unsent.values(version=Submission.version + 1))


def _freeze(company: Company, old: str, new: str) -> None:
    """What was signed up to now names the company as it was called; what it signed under the new
    name, when it once had it, names it as it is called again."""
    for model, theirs in (
        (Receipt, Receipt.advocate_id.in_(_people(company))),
        (OrgApproval, OrgApproval.company_id == company.id),
    ):
        for is_now, will_be in (("", old), (new, "")):
            these = sa.update(model).where(theirs, model.company_name == is_now)
            _run(these.values(company_name=will_be))


def _swap(company: Company, name: str, former: Company | None) -> None:
    """The old name becomes a row that stands for this company, as those of joined companies do."""
    old, key = company.name, company.name_key
    if former:
        former.name_key = f"#{former.id}"  # its own is needed now; no two rows have one
        db.session.flush()
    company.name, company.name_key = name, name_key(name)
    db.session.flush()
    if company.name_key == key:
        return
    former = former or Company(sector=company.sector, merged_into_id=company.id)
    former.name, former.name_key, former.renamed_at = old, key, clock.now()
    db.session.add(former)


def _people(company: Company) -> sa.Select:
    return sa.select(Advocate.id).where(Advocate.company_id == company.id)


def _run(statement: sa.Update) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()
