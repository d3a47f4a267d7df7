"""The clock on reviews: what nobody decided in ten working days is told to the owners (T17)."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.campaigns.models import Action
from portal.config import settings
from portal.db import db, only
from portal.history.actions import SYSTEM, record
from portal.history.models import Entry
from portal.outbox import actions as outbox
from portal.publishing.grounds import WORKING_DAYS
from portal.queue.kinds import working_days_ago
from portal.staff import queries as staff
from portal.submissions.models import State, Submission

ESCALATED = "told the owners: waits too long"


def escalate() -> int:
    """Mail each owner about reviews past the clock that they were not told of yet; how many.

    The mail says whose they are and for how long they wait; no rating, no word of them (T16).
    """
    late = [one for one in overdue() if not _told(one)]
    if not late:
        return 0
    for owner in staff.owners():
        outbox.email(
            owner.email,
            "reviews-overdue",
            about=late[0],
            first_name=owner.name,
            number=len(late),
            days=WORKING_DAYS,
            customers=[one.advocate.name for one in late],
            url=f"{settings().base_url}/staff/queue?kind=decide",
        )
    for one in late:
        record(one, ESCALATED, by=SYSTEM)
    return len(late)


def overdue() -> Sequence[Submission]:
    """Reviews that have waited for longer than we promise, oldest first."""
    pending = sa.select(Submission).where(
        Submission.state == State.SUBMITTED,
        Submission.action == Action.REVIEW,
        Submission.submitted_at < working_days_ago(WORKING_DAYS),
    )
    return db.session.scalars(pending.order_by(Submission.submitted_at)).all()


def _told(submission: Submission) -> bool:
    """Since it was last sent; sent again, the clock starts again."""
    return only(
        sa.select(
            sa.exists().where(
                Entry.about == submission.subject,
                Entry.verb == ESCALATED,
                Entry.at >= submission.submitted_at,
            )
        )
    )
