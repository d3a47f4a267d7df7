"""Companies that answered and want something changed before they say yes."""

from collections.abc import Sequence

from portal.consent.models import OrgApproval, OrgVerdict
from portal.queue.kinds import Drawn, Kind, days_ago


def draw(found: Sequence[OrgApproval]) -> list[Drawn]:
    return [
        Drawn(
            f"{one.company.name} asks for a change",
            one.note or f"{one.approver} answered your question about the company’s own yes",
            "approvals.show_approvals",
            {"id": one.company_id},
        )
        for one in found
    ]


COMPANIES = Kind(
    "companies",
    "Companies",
    OrgApproval,
    OrgApproval.decided_at,
    lambda: [OrgApproval.verdict == OrgVerdict.CHANGE],
    draw,
    late_from=days_ago(7),
)
