"""The same decision on several contributions, each with an outcome of its own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.db import db
from portal.errors import Refusal
from portal.publishing.grounds import Ground
from portal.review import actions, undoing
from portal.staff.models import Staff
from portal.submissions.actions import noun
from portal.submissions.models import State, Submission

MOST = 50
SAID = {"approve": "Approved.", "change": "Sent back with your note.", "decline": "Declined."}


@dataclass(frozen=True)
class Result:
    """What became of one of them."""

    id: int
    title: str
    done: bool
    said: str


@dataclass(frozen=True)
class Choice:
    """One that can (still) be decided."""

    id: int
    version: int
    title: str


def decide(
    seen: dict[int, int], decision: str, *, ground: str = "", note: str = "", by: Staff
) -> list[Result]:
    """Decide on each as it was ``seen`` (id → version); a refusal of one stops no other."""

    def act(one: Submission) -> str:
        with undoing.undoable(one, by=by):
            if decision == "approve":
                actions.approve(one, seen=seen[one.id], by=by, note=note)
            elif decision == "change":
                actions.ask_for_change(one, seen=seen[one.id], by=by, note=note)
            else:
                actions.decline(one, seen=seen[one.id], by=by, ground=Ground(ground), note=note)
        return SAID[decision]

    return _each(seen, act)


def undo(ids: Iterable[int], *, by: Staff) -> list[Result]:
    """Take all of them back that still can be."""

    def act(one: Submission) -> str:
        undoing.undo(one, by=by)
        return "Undone. It waits again, and nothing was sent."

    return _each(ids, act)


def _each(ids: Iterable[int], act: Callable[[Submission], str]) -> list[Result]:
    """One after the other in the order of their ids, so that two people never wait in a ring."""
    results = []
    for one in _found(ids):
        title = _title(one)
        try:
            with db.session.begin_nested():
                said = act(one)
            results.append(Result(one.id, title, True, said))
        except Refusal as refusal:
            results.append(Result(one.id, title, False, str(refusal)))
    return results


def open_among(ids: Iterable[int]) -> list[Choice]:
    """Which of them wait for a decision, as they are now."""
    return [
        Choice(one.id, one.version, _title(one))
        for one in _found(ids)
        if one.state is State.SUBMITTED
    ]


def _found(ids: Iterable[int]) -> Sequence[Submission]:
    wanted = sorted(set(ids))[:MOST]
    query = sa.select(Submission).where(Submission.id.in_(wanted), Submission.versions.any())
    return db.session.scalars(query.order_by(Submission.id)).unique().all()


def _title(one: Submission) -> str:
    return f"{noun(one.action).capitalize()} from {one.advocate.name}"
