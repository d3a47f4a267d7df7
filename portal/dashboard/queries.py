"""Everything that waits for a person, oldest first. Reads all domains, writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal import clock
from portal.campaigns.models import Action
from portal.consent import queries as permissions
from portal.consent.models import Purpose
from portal.db import db
from portal.incentives.models import Reward, RewardEntry, RewardState
from portal.publishing.queries import PICKED
from portal.referrals.models import Lead, Stage
from portal.review.queries import overdue
from portal.submissions.actions import noun
from portal.submissions.models import State, Submission

LIMIT = 50  # what one page holds; those decided make room for the next
CAP = 99  # nobody needs to count further
KINDS = {
    "decide": "To decide",
    "publish": "To publish",
    "rewards": "Rewards",
    "leads": "New leads",
}


@dataclass(frozen=True)
class Waiting:
    """One thing a person has to look at."""

    kind: str
    title: str
    hint: str
    since: datetime
    endpoint: str
    values: dict[str, int] = field(default_factory=dict)
    late: bool = False

    @property
    def age(self) -> str:
        return age(clock.now() - self.since)


def age(span: timedelta) -> str:
    """A length of time in words: ``5 minutes``, ``3 days``, ``6 weeks``."""
    minutes = max(int(span.total_seconds() // 60), 0)
    for word, size in (("week", 7 * 24 * 60), ("day", 24 * 60), ("hour", 60), ("minute", 1)):
        number = minutes // size
        if number >= (2 if word == "week" else 1):
            return f"{number} {word}{'s' if number > 1 else ''}"
    return "less than a minute"


# ── Which ──────────────────────────────────────────────────────────────────────────────────


def waiting_ids(kind: str) -> sa.Select:
    """``id`` and ``since`` of what waits, by kind."""
    if kind == "decide":
        return sa.select(Submission.id, Submission.submitted_at.label("since")).where(
            Submission.state == State.SUBMITTED
        )
    if kind == "publish":  # without the permission there is nothing to do but wait
        return sa.select(Submission.id, Submission.decided_at.label("since")).where(
            Submission.state == State.APPROVED,
            Submission.action.in_(PICKED),
            permissions.is_in_force(Submission.receipt_id, Purpose.WORDS),
        )
    if kind == "rewards":
        newest = sa.select(sa.func.max(RewardEntry.id)).group_by(RewardEntry.reward_id)
        return sa.select(RewardEntry.reward_id.label("id"), RewardEntry.at.label("since")).where(
            RewardEntry.id.in_(newest),
            RewardEntry.state.in_([RewardState.ACCRUED, RewardState.HELD]),
        )
    return sa.select(Lead.id, Lead.created_at.label("since")).where(Lead.stage == Stage.RECEIVED)


def counts() -> dict[str, int]:
    """How much waits, by kind, each counted to CAP + 1."""
    columns = [
        sa.select(sa.func.count())
        .select_from(waiting_ids(kind).limit(CAP + 1).subquery())
        .scalar_subquery()
        for kind in KINDS
    ]
    return dict(zip(KINDS, db.session.execute(sa.select(*columns)).one(), strict=True))


def capped(number: int) -> str:
    return f"{CAP}+" if number > CAP else str(number)


def queue(kind: str | None = None) -> list[Waiting]:
    """The LIMIT oldest things that wait, of one kind or of all."""
    found = [
        sa.select(sa.literal(name).label("kind"), part.c.id, part.c.since)
        for name in ([kind] if kind else KINDS)
        for part in [waiting_ids(name).subquery()]
    ]
    every = sa.union_all(*found).subquery()
    order = (every.c.since, every.c.kind, every.c.id)
    rows = db.session.execute(sa.select(every).order_by(*order).limit(LIMIT)).all()
    drawn: dict[tuple[str, int], Waiting] = {}
    for name in KINDS:
        since = {row.id: row.since for row in rows if row.kind == name}
        if since:
            drawn |= {(name, key): one for key, one in DRAW[name](name, since).items()}
    return [drawn[row.kind, row.id] for row in rows]


# ── In words ───────────────────────────────────────────────────────────────────────────────


def _submissions(kind: str, since: dict[int, datetime]) -> dict[int, Waiting]:
    return {
        one.id: Waiting(
            kind,
            f"{noun(one.action).capitalize()} from {one.advocate.name}",
            one.advocate.company.name,
            since[one.id],
            "review.show",
            {"submission_id": one.id},
            late=one.action is Action.REVIEW and kind == "decide" and overdue(since[one.id]),
        )
        for one in _rows(Submission, since, joinedload(Submission.advocate))
    }


def _rewards(kind: str, since: dict[int, datetime]) -> dict[int, Waiting]:
    return {
        one.id: Waiting(
            kind,
            _opening(f"{one.promise['reward']} for {one.advocate.name}"),
            one.entries[-1].note or one.explanation.replace("Your", "Their", 1),
            since[one.id],
            "incentives.reward",
            {"reward_id": one.id},
        )
        for one in _rows(Reward, since, joinedload(Reward.advocate))
    }


def _leads(kind: str, since: dict[int, datetime]) -> dict[int, Waiting]:
    return {
        one.id: Waiting(
            kind,
            f"{one.name}, {one.company}",
            f"Came through {one.link.referral.advocate.name}",
            since[one.id],
            "referrals.lead",
            {"lead_id": one.id},
        )
        for one in _rows(Lead, since, joinedload(Lead.link))
    }


def _opening(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _rows(model, since: dict[int, datetime], *options) -> Sequence:
    return db.session.scalars(sa.select(model).where(model.id.in_(since)).options(*options)).all()


DRAW = {"decide": _submissions, "publish": _submissions, "rewards": _rewards, "leads": _leads}
