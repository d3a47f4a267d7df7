"""Words that fell out of use because nobody answered: somebody should call their author."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal import clock
from portal.advocates.looking_after import looked_after
from portal.consent.models import Purpose
from portal.queue.kinds import ON_HOLD, Drawn, Kind, days_ago, moment
from portal.renewals.models import Renewal
from portal.submissions.actions import noun
from portal.submissions.models import Submission

OUT = {
    Purpose.WORDS: "It is off the page.",
    Purpose.SALES: "It may be used in no deck and no offer any more.",
}


def draw(found: Sequence[Renewal]) -> list[Drawn]:
    return [
        Drawn(
            f"{one.submission.advocate.name} has not confirmed their {noun(one.submission.action)}",
            f"{OUT[one.purpose]} Ask them in person whether it is still right.",
            "renewals.index",
            {"renewal": one.id, "_anchor": f"renewal-{one.id}"},
            held=ON_HOLD if one.submission.advocate.restricted_at else "",
        )
        for one in found
    ]


RENEWALS = Kind(
    "renewals",
    "Not confirmed",
    Renewal,
    Renewal.due_at,
    lambda: [Renewal.answered_at.is_(sa.null()), Renewal.due_at <= moment(clock.now)],
    draw,
    (joinedload(Renewal.submission),),
    late_from=days_ago(30),
    whose=sa.exists().where(
        Submission.id == Renewal.submission_id, looked_after(Submission.advocate_id)
    ),
)
