"""Ten seconds to think again: until then no mail leaves and nothing is seen by anyone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.db import db
from portal.errors import NotAllowed
from portal.events import actions as events
from portal.history.actions import record
from portal.outbox import actions as outbox
from portal.publishing import actions as publishing
from portal.publishing.queries import asset_of
from portal.review.models import Undo
from portal.staff.models import Staff
from portal.submissions.models import State, Submission

WINDOW = timedelta(seconds=10)


@contextmanager
def undoable(submission: Submission, *, by: Staff) -> Iterator[None]:
    """A decision made in here can be undone by the same person while WINDOW lasts."""
    publishing.hold(submission)
    was, version, until = _snapshot(submission), submission.version, clock.now() + WINDOW
    with outbox.held_until(until) as mails:
        yield
    db.session.flush()
    if submission.version == version:  # it was made before: a second click on the same button
        return
    db.session.merge(
        Undo(
            submission_id=submission.id,
            staff_id=by.id,
            until=until,
            version=submission.version,
            was=was,
            mails=[mail.id for mail in mails],
        )
    )


def undo(submission: Submission, *, by: Staff) -> None:
    """Put back exactly what was; the history keeps both. Twice is harmless.

    Raises NotAllowed when it is too late, or something else has happened since.
    """
    publishing.hold(submission)
    found = db.session.get(Undo, submission.id, populate_existing=True)
    if found is None or found.staff_id != by.id:
        raise NotAllowed("There is no decision of yours to undo here.")
    if not found.was:
        return
    if found.version != submission.version:
        raise NotAllowed("Something else happened since, so this cannot be undone any more.")
    if clock.now() >= found.until or not outbox.call_off_all(found.mails):
        raise NotAllowed(
            "Ten seconds are over: the decision stands, and the mail about it is on its way."
        )
    _put_back(submission, found.was, by=by)
    found.was, found.mails = {}, []
    record(submission, "decision undone", by=by)


def _snapshot(submission: Submission) -> dict[str, Any]:
    decided = submission.decided_at
    return {
        "state": submission.state.value,
        "note": submission.note,
        "ground": submission.ground,
        "decided_at": decided and decided.isoformat(),
        "published": asset_of(submission) is not None,
        "speaker": events.standing_of(submission.subject),
    }


def _put_back(submission: Submission, was: dict[str, Any], *, by: Staff) -> None:
    submission.state = State(was["state"])
    submission.note, submission.ground = was["note"], was["ground"]
    decided = was["decided_at"]
    submission.decided_at = datetime.fromisoformat(decided) if decided else None
    asset = asset_of(submission)
    if asset and not was["published"]:  # nobody has seen it
        db.session.delete(asset)
    if was["speaker"]:
        events.put_back(submission.subject, was["speaker"], by=by)


def forget(advocate: Advocate) -> None:
    """Nothing of an erased person is kept for an undo (T36)."""
    theirs = sa.select(Submission.id).where(Submission.advocate_id == advocate.id)
    db.session.execute(sa.delete(Undo).where(Undo.submission_id.in_(theirs)))
