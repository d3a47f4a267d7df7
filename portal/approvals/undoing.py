"""What staff ask of a company, or stop asking, put back within ten seconds (T28).

A question that was made is closed again and its mails never leave; the row stays, as the history
speaks of it, and what waited before it waits again.
"""

from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Company
from portal.consent import companies
from portal.consent.models import OrgApproval, OrgVerdict
from portal.db import db, lock
from portal.outbox import actions as outbox
from portal.staff.models import Staff
from portal.undo.actions import Way, as_moment, as_text

WHEN = ("decided_at", "last_reminded_at")


def hold(company: Company) -> None:
    """First the lock of whoever asks or joins companies, then the rows: no ring."""
    lock("companies.merge")
    db.session.flush()
    asked = sa.select(OrgApproval).where(OrgApproval.company_id == company.id)
    rows = asked.order_by(OrgApproval.id).with_for_update()
    db.session.scalars(rows.execution_options(populate_existing=True)).all()


def mark(company: Company) -> list[Any]:
    return [[one.id, one.version] for one in _asked(company)]


def snapshot(company: Company) -> dict[str, Any]:
    asked = _asked(company)
    return {
        "asked": {str(one.id): _of(one) for one in asked},
        "mails": outbox.put_off([one.subject for one in asked]),
    }


def _of(one: OrgApproval) -> dict[str, Any]:
    return {"verdict": one.verdict.value} | {name: as_text(getattr(one, name)) for name in WHEN}


def put_back(company: Company, was: dict[str, Any], *, by: Staff) -> None:
    for one in _asked(company):
        before = was["asked"].get(str(one.id))
        if before is None:
            one.verdict = OrgVerdict.CLOSED
            one.requested_at = one.decided_at = clock.now()  # so nobody was ever asked
        elif before != _of(one):
            one.verdict = OrgVerdict(before["verdict"])
            for name in WHEN:
                setattr(one, name, as_moment(before[name]))
    outbox.call_back(was["mails"])


def _asked(company: Company):
    return sorted(companies.approvals_of(company), key=lambda one: one.id)


QUESTIONS = Way(
    row=Company,
    hold=hold,
    mark=mark,
    snapshot=snapshot,
    put_back=put_back,
    title=lambda one: f"Question to {one.name}",
    page=lambda one: ("approvals.show_approvals", {"id": one.id}),
    said="Undone. It is as it was before, and nothing was sent.",
)
