"""What is left of a contribution when the person who gave it is erased (T36)."""

from portal.advocates.models import Advocate
from portal.consent.actions import Circumstances
from portal.db import db
from portal.events import actions as events
from portal.history.actions import Actor
from portal.history.actions import forget as forget_notes
from portal.interviews import actions as interviews
from portal.outbox import actions as outbox
from portal.submissions import actions, queries
from portal.submissions.models import State, Submission


def forget(advocate: Advocate, *, by: Actor, circumstances: Circumstances) -> None:
    """Take everything of theirs back, and empty every word they ever typed or sent."""
    found = queries.all_of(advocate.id)
    for submission in found:
        if submission.state is not State.DECLINED:
            actions.withdraw(submission, by=by, circumstances=circumstances)
        empty(submission)
    events.forget(advocate)
    interviews.forget(advocate)
    names = [submission.subject for submission in found]
    forget_notes(names)
    outbox.forget_person(advocate.email, names)


def empty(submission: Submission) -> None:
    """Drop the words, keep their sha256: whoever holds a copy can still prove what it was."""
    for answer in list(submission.answers):
        db.session.delete(answer)
    for version in submission.versions:
        version.answers, version.rating = [], None  # the one change the database lets through
    submission.note, submission.ground, submission.relation = "", "", None
    db.session.flush()
    db.session.expire(submission, ["answers"])
