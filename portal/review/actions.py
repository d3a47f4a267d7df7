"""Decide on what a customer sent: approve, ask for a change, decline.

Nothing here touches a reward, and rewards never ask here (T8).
"""

from typing import Any

from portal import clock
from portal.campaigns.models import Action
from portal.consent import queries as permissions
from portal.consent.models import Purpose
from portal.errors import NotAllowed, Stale
from portal.events import actions as events
from portal.history.actions import Actor, record
from portal.history.models import Entry
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.publishing import actions as publishing
from portal.publishing.grounds import FOR_REVIEWS, Ground
from portal.queue.kinds import opening
from portal.review import queries
from portal.staff import overtaking
from portal.submissions.actions import noun
from portal.submissions.models import State, Submission


def approve(submission: Submission, *, seen: int, by: Actor, note: str = "") -> None:
    """Accept it. A review publishes itself if its words may be shown; others wait for that.

    Doing it twice is harmless; raises Stale when someone else decided first.
    """
    if not _decide(submission, "approve", "approved", seen=seen, by=by, note=note):
        return
    if submission.action is Action.REVIEW and _may_show(submission):
        publishing.publish(submission, by=by)
    elif submission.advocate.wants_updates:
        _tell(submission, "approved", note=note)


def ask_for_change(submission: Submission, *, seen: int, by: Actor, note: str) -> None:
    """Send it back with a note; the customer alone changes their words (T1)."""
    if not note.strip():
        raise NotAllowed("Write what should change: the customer will read it.")
    if _decide(submission, "ask for a change", "change asked", seen=seen, by=by, note=note):
        submission.note = note.strip()
        _tell(submission, "change-asked", note=note)


def decline(submission: Submission, *, seen: int, by: Actor, ground: Ground, note: str) -> None:
    """Turn it down on one of a closed list of grounds, with a note (T16)."""
    if submission.action is Action.REVIEW and ground not in FOR_REVIEWS:
        raise NotAllowed("A review can only be declined on one of the neutral grounds.")
    if not note.strip():
        raise NotAllowed("Write why: the customer will read it.")
    if _decide(submission, "decline", "declined", seen=seen, by=by, note=note, ground=ground.value):
        submission.ground, submission.note = ground.value, note.strip()
        events.take_back(submission.subject, by=by)
        _tell(submission, "declined", note=note, ground=ground.sentence)


def _decide(submission: Submission, move: str, verb: str, *, seen, by, note, **data) -> bool:
    """Make the move, once. False when this person has already made it."""
    publishing.hold(submission)
    if submission.version != seen:
        last = queries.decision(submission)
        if last and last.verb == verb and last.by == by.subject and not submission.allows(move):
            return False
        raise _overtaken(submission, last)
    if submission.advocate.restricted_at:
        raise NotAllowed(
            f"{submission.advocate.name} asked us to do nothing with their data for now. "
            "Decide once they lift that."
        )
    submission.move(move)
    submission.decided_at = clock.now()
    record(submission, verb, by=by, note=note.strip(), **data)
    return True


def demand_newest(submission: Submission, seen: int) -> None:
    """Raise Stale, saying who did what, where it is not as it was ``seen`` any more."""
    publishing.hold(submission)
    if submission.version != seen:
        raise _overtaken(submission, queries.decision(submission))


def _overtaken(submission: Submission, last: Entry | None) -> Stale:
    if submission.state is State.WITHDRAWN:
        return Stale(f"{submission.advocate.name} has taken this back. Nothing was changed.")
    if last is None or submission.state is State.SUBMITTED:
        if last and last.verb == "decision undone":
            who = overtaking.called(last.by)
            did = "decided and undid it while you had this open. Nothing was changed."
            return Stale(f"{opening(who)} {did}", who=who)
        return Stale(
            "The customer changed this while you had it open. Read it again; nothing was changed."
        )
    return overtaking.overtaken_by(last, so=overtaking.NOTHING)


def _may_show(submission: Submission) -> bool:
    return submission.receipt is not None and permissions.in_force(
        submission.receipt, Purpose.WORDS
    )


def _tell(submission: Submission, template: str, **words: Any) -> None:
    links: dict[str, outbox.Way] = {"url": (Kind.INVITATION, submission.invitation)}
    if submission.receipt:
        links["receipt_url"] = (Kind.RECEIPT, submission.receipt)
    outbox.email(
        submission.advocate.email,
        template,
        about=submission,
        links=links,
        first_name=submission.advocate.first_name,
        action=noun(submission.action),
        **words,
    )
