"""What people do to submissions."""

from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.advocates import actions as advocates
from portal.campaigns import inviting
from portal.campaigns.models import Invitation, InvitationState
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.consent.models import Purpose
from portal.db import db, lock_row
from portal.errors import NotAllowed, Stale
from portal.events import actions as events
from portal.history.actions import Actor, record
from portal.incentives.models import Choice
from portal.interviews import actions as interviews
from portal.submissions import crediting, queries, sending
from portal.submissions.models import (
    Action,
    Answer,
    Credit,
    Prompt,
    Relationship,
    State,
    Submission,
    Version,
)
from portal.submissions.sending import noun as noun
from portal.submissions.sending import said_beside as said_beside
from portal.submissions.sending import said_once_sent as said_once_sent


class Overtaken(Stale):
    """Another window saved this answer meanwhile; ``answer`` is what stands there now."""

    def __init__(self, answer: Answer):
        super().__init__(
            "This answer was changed in another window. What you typed is still here: "
            "use the button below to see both."
        )
        self.answer = answer


def start(invitation: Invitation, action: Action, *, by: Actor) -> Submission:
    """Begin a contribution, with the offer as it stands now (T10); twice gives the same one."""
    lock_row(invitation)
    begun = db.session.scalar(
        sa.select(Submission).where(
            Submission.invitation_id == invitation.id, Submission.action == action
        )
    )
    if begun:
        return begun
    if action is Action.REFERRAL or not invitation.campaign.asks_for(action):
        raise NotAllowed("This invitation does not ask for that.")
    if not invitation.campaign.is_open:
        raise NotAllowed("This invitation has ended, so nothing new can be started.")
    if invitation.state in {InvitationState.REVOKED, InvitationState.EXPIRED}:
        raise NotAllowed(f"This invitation is {invitation.state}.")
    offer = invitation.offer
    submission = Submission(
        invitation=invitation,
        advocate=invitation.advocate,
        action=action,
        prompt_set=queries.prompt_set(action, invitation.advocate.language),
        language=invitation.advocate.language,
        promise=offer.promise() | {"terms": offer.terms} if offer else None,
    )
    db.session.add(submission)
    inviting.accept(invitation, by=by)
    record(submission, "started", by=by)
    return submission


def take_offer(submission: Submission, choice: Choice, employer_allows: bool, *, by: Actor) -> None:
    """Accept, decline or donate what is offered, before the words are sent (T11, T13)."""
    lock_row(submission)
    _demand_open(submission)
    if submission.promise is None or submission.versions:
        raise NotAllowed("There is no offer to answer here any more.")
    if choice is Choice.DONATED and not submission.promise["charity"]:
        raise NotAllowed("This offer cannot be given to charity.")
    if choice in sending.TAKEN and not employer_allows:
        raise NotAllowed("Confirm that your employer allows this, or decline the offer.")
    submission.choice = choice
    submission.employer_allows = employer_allows and choice in sending.TAKEN
    _touch(submission)
    record(submission, f"offer {choice}", by=by)


def answer(
    submission: Submission, prompt: Prompt, value: Any, *, seen: int | None, by: Actor
) -> Answer:
    """Keep what was typed, finished or not. The same text twice is saved once.

    ``seen`` is the answer's version on the page (0: there was none); raises Overtaken when
    another window was faster. None skips that question.
    """
    lock_row(submission)
    _demand_open(submission)
    found = submission.answer_to(prompt)
    if found is None:
        found = Answer(submission=submission, prompt=prompt, value=value)
        db.session.add(found)
    elif found.value == value:
        return found
    elif seen not in (None, found.version):
        raise Overtaken(found)
    else:
        found.value, found.updated_at = value, clock.now()
    _touch(submission)
    return found


def introduce(
    submission: Submission,
    *,
    job_title: str,
    relation: Relationship,
    credit: Credit | None = None,
    by: Actor,
) -> None:
    """Say who speaks: the job title as it is today, the tie to us (T2), and how to be named.

    Another credit puts other questions: what was answered to those is asked again (T23).
    """
    lock_row(submission)
    _demand_open(submission)
    submission.relation = relation
    if credit not in (None, submission.credit):
        if submission.receipt:
            raise NotAllowed("You sent this already. Change your credit on its own page.")
        anew = crediting.asked_anew(submission.prompt_set.purposes, submission.credit, credit)
        hidden = crediting.HIDES[credit]
        said = submission.choices.items()
        submission.choices = {name: yes for name, yes in said if name not in {*anew, *hidden}}
        submission.credit = credit
    if job_title:  # left empty, it says nothing about the one we know
        advocates.correct_title(submission.advocate, job_title, by=by)
    _touch(submission)


def choose(submission: Submission, choices: dict[Purpose, bool], *, by: Actor) -> None:
    """Keep the answers of the permissions page until they are sent; no answer is a no (T23)."""
    lock_row(submission)
    _demand_open(submission)
    if submission.receipt:
        raise NotAllowed("You answered this already. Change it on your permissions page.")
    asked = queries.asked(submission)
    submission.choices = {purpose.value: choices.get(purpose, False) for purpose in asked}
    _touch(submission)


def submit(
    submission: Submission,
    *,
    relation: Relationship | None,
    circumstances: Circumstances,
    by: Actor,
    seen: int | None = None,
) -> Version:
    """Send it: the words become an immutable version, the choices a receipt (T3, T24, T27).

    Sent before, it stays as it was. ``seen`` is the submission's version on the page the
    person read; anything changed since is shown to them first.
    """
    lock_row(submission)
    if submission.versions and not submission.allows("submit"):
        return submission.versions[-1]
    _demand_open(submission)
    if seen not in (None, submission.version):
        raise Stale("An answer changed after you opened this page. Check it once more.")
    submission.relation = relation
    if queries.next_step(submission).name != "check":
        raise NotAllowed("Something is still unanswered.")
    submission.move("submit")
    submission.submitted_at = submission.attested_at = clock.now()
    submission.note = ""
    version = sending.write_down(submission)
    sending.settle_permissions(submission, version, circumstances, by=by)
    record(submission, "submitted", by=by, number=version.number, sha256=version.sha256)
    sending.owe(submission, by=by)
    sending.offer_to_speak(submission, version, by=by)
    interviews.settled(submission.subject, by=by)
    sending.confirm(submission)
    return version


def withdraw(submission: Submission, *, by: Actor, circumstances: Circumstances) -> None:
    """Take the whole contribution back, with every permission it carried. Twice is harmless.

    A reward already owed stays owed: taking part was the condition, not staying published.
    """
    lock_row(submission)
    if submission.state is State.WITHDRAWN:
        return
    submission.move("withdraw")
    if submission.receipt:
        consent.withdraw_all(submission.receipt, by=by, circumstances=circumstances)
    events.take_back(submission.subject, by=by)
    interviews.settled(submission.subject, by=by)
    record(submission, "withdrawn", by=by)


def hold_open(submission: Submission) -> None:
    """Nobody else changes it meanwhile, and it may still be written; raises NotAllowed."""
    lock_row(submission)
    _demand_open(submission)


def _demand_open(submission: Submission) -> None:
    if not queries.may_be_written(submission):
        raise NotAllowed("This was already sent, or its invitation has closed.")


def _touch(submission: Submission) -> None:
    submission.updated_at = clock.now()
    db.session.flush()
