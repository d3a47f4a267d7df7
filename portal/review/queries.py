"""What someone who decides on a contribution needs to see."""

from typing import Any

import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.campaigns.models import Action
from portal.consent import queries as permissions
from portal.db import db
from portal.errors import there
from portal.history import queries as history
from portal.history.models import Entry
from portal.staff.models import Staff
from portal.submissions import crediting
from portal.submissions.models import PromptKind, State, Submission
from portal.submissions.queries import shown

DECISIONS = ("approved", "change asked", "declined", "change proposed", "decision undone")
SAID = {
    "issued": "permissions answered",
    "credited otherwise": "chose another credit",
    "credited with less": "chose another credit",
    "change asked": "asked for a change",
    "decision undone": "undid the decision; nothing was sent",
}
UNDECIDED = {State.DRAFT, State.SUBMITTED, State.CHANGES}


def rating_is_hidden(submission: Submission) -> bool:
    """A review is decided without seeing its rating (T16)."""
    return submission.action is Action.REVIEW and submission.state in UNDECIDED


def answers(submission: Submission) -> list[dict[str, Any]]:
    """Every answer as sent; while a review is undecided, all but the rating."""
    hidden = {PromptKind.RATING} if rating_is_hidden(submission) else set()
    return [
        answer | {"text": shown(answer["kind"], answer["value"])}
        for answer in there(submission.current).answers
        if answer["kind"] not in hidden
    ]


def choices(submission: Submission) -> list[dict[str, Any]]:
    """Each permission asked, as it was worded and as it stands now."""
    if submission.receipt is None:
        return []
    person, how = submission.advocate.first_name, submission.credit
    return [
        {
            "label": permissions.as_read(permission.statement.label, submission.receipt),
            "standing": permission.standing,
            "unshown": crediting.without_effect(how, purpose, permission.in_force, person),
            "since": permission.since,
            "until": permission.until if permission.in_force else None,
            "wording": f"{purpose}@{permission.statement.version}",
        }
        for purpose, permission in permissions.state(submission.receipt).items()
    ]


def story(submission: Submission) -> list[dict[str, Any]]:
    """What happened so far, oldest first: who did what, when, and the note."""
    things = [submission, *([submission.receipt] if submission.receipt else [])]
    entries = history.of(*things)
    names = _names(entries)
    return [
        {
            "title": f"{names[entry.by]}: {SAID.get(entry.verb, entry.verb)}",
            "text": entry.note,
            "at": entry.at,
            "done": True,
        }
        for entry in entries
    ]


def decision(submission: Submission) -> Entry | None:
    """The newest decision, whoever made it."""
    return db.session.scalar(
        sa.select(Entry)
        .where(Entry.about == submission.subject, Entry.verb.in_(DECISIONS))
        .order_by(Entry.id.desc())
        .limit(1)
    )


def name_of(subject: str) -> str:
    """The name behind ``staff:3`` or ``advocate:7``."""
    kind, _, number = subject.partition(":")
    person: Staff | Advocate | None = None
    if kind == "staff":
        person = db.session.get(Staff, int(number))
    elif kind == "advocate":
        person = db.session.get(Advocate, int(number))
    return person.name if person else "The portal"


def _names(entries) -> dict[str, str]:
    return {subject: name_of(subject) for subject in {entry.by for entry in entries}}
