"""Contributions that wait for a decision, and those that wait for being published."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal import clock
from portal.advocates.looking_after import NAMED, looked_after, of_few
from portal.advocates.models import Advocate, Company
from portal.campaigns.models import Action
from portal.consent import queries as permissions
from portal.consent.models import Purpose
from portal.db import db
from portal.events.queries import those_of
from portal.events.told import wish
from portal.publishing.grounds import WORKING_DAYS
from portal.publishing.models import Decision, Proposal
from portal.publishing.queries import PICKED
from portal.queue.kinds import ON_HOLD, SOON, Drawn, Kind, moment, working_days_ago
from portal.submissions.actions import noun
from portal.submissions.models import State, Submission

ANSWERED = {
    Decision.APPROVED: "agreed to your change",
    Decision.REWORDED: "answered your change with a wording of their own",
    Decision.REFUSED: "kept their own words",
}


def draw(found: Sequence[sa.Row]) -> list[Drawn]:
    """What it is, from whom, and what they answered if we had proposed a change."""
    answers = answered([one.id for one in found])
    talks = those_of([f"submission:{one.id}" for one in found if one.action is Action.WEBINAR])
    return [
        Drawn(
            f"{noun(one.action).capitalize()} from {one.named}",
            ". ".join(
                filter(
                    None,
                    (
                        one.company,
                        wish(talks[it]) if (it := f"submission:{one.id}") in talks else "",
                        f"{one.first_name} {answers[one.id]}" if one.id in answers else "",
                    ),
                )
            ),
            "review.show",
            {"submission_id": one.id},
            held=ON_HOLD if one.restricted_at else "",
            bulk=f"{one.id}:{one.version}",
            several="contributions" if one.state is State.SUBMITTED else "publications",
        )
        for one in found
    ]


_ANSWERS = (
    sa.select(Proposal.submission_id, Proposal.decision)
    .where(
        Proposal.submission_id.in_(sa.bindparam("ids", expanding=True, type_=sa.Integer)),
        Proposal.decision.in_(ANSWERED),
    )
    .order_by(Proposal.id)
)


def answered(ids: Sequence[int]) -> dict[int, str]:
    """What the author said to the newest change of ours, in words, by contribution."""
    rows = db.session.execute(_ANSWERS, {"ids": ids})
    return {number: ANSWERED[decision] for number, decision in rows if decision}


SHOWN = (
    sa.select(
        Submission.id,
        Submission.action,
        Submission.state,
        Submission.version,
        NAMED,
        Advocate.first_name,
        Advocate.restricted_at,
        Company.name.label("company"),
    )
    .join(Submission.advocate)
    .join(Advocate.company)
)
# As text, so that both databases see the condition of the index in it.
TO_PUBLISH = (
    Submission.state == sa.literal_column("'approved'"),
    Submission.action.in_([sa.literal_column(f"'{action}'") for action in PICKED]),
)

DECIDE = Kind(
    "decide",
    "To decide",
    Submission,
    Submission.submitted_at,
    lambda: [Submission.state == State.SUBMITTED],
    draw,
    shown=SHOWN,
    late_from=lambda: working_days_ago(WORKING_DAYS),
    soon_from=lambda: working_days_ago(WORKING_DAYS - SOON.days),
    what=Submission.action,
    whose=looked_after(Submission.advocate_id),
    few=of_few(Submission.advocate_id),
)
PUBLISH = Kind(
    "publish",
    "To publish",
    Submission,
    Submission.decided_at,
    lambda: [  # without the permission there is nothing to do but wait
        *TO_PUBLISH,
        permissions.is_in_force(Submission.receipt_id, Purpose.WORDS, moment(clock.now)),
    ],
    draw,
    shown=SHOWN,
    late_from=lambda: working_days_ago(WORKING_DAYS),
    soon_from=lambda: working_days_ago(WORKING_DAYS - SOON.days),
    what=Submission.action,
    whose=looked_after(Submission.advocate_id),
    few=of_few(Submission.advocate_id),
)
