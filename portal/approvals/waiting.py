"""Companies that answered and want something changed before they say yes."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.advocates.models import Company
from portal.consent.models import OrgApproval, OrgVerdict
from portal.queue.kinds import ME, Drawn, Kind, days_ago


def draw(found: Sequence[OrgApproval]) -> list[Drawn]:
    return [
        Drawn(
            f"{one.under_name} asks for a change",
            one.note or f"{one.approver} answered your question about the company’s own yes",
            "approvals.show_approvals",
            {"id": one.company_id, "approval": one.id},
        )
        for one in found
    ]


def waits() -> list[sa.ColumnElement[bool]]:
    """Until the company is asked about the same words once more. A question that was undone was
    closed in the moment it was asked."""
    later = aliased(OrgApproval)
    asked_again = sa.exists().where(
        later.company_id == OrgApproval.company_id,
        later.receipt_id.is_not_distinct_from(OrgApproval.receipt_id),
        later.id > OrgApproval.id,
        sa.or_(later.verdict != OrgVerdict.CLOSED, later.decided_at != later.requested_at),
    )
    return [OrgApproval.verdict == OrgVerdict.CHANGE, ~asked_again]


COMPANIES = Kind(
    "companies",
    "Companies",
    OrgApproval,
    OrgApproval.decided_at,
    waits,
    draw,
    late_from=days_ago(7),
    whose=OrgApproval.company_id.in_(sa.select(Company.id).where(Company.owner_id == ME)),
)
