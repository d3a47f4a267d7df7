"""Ask whether words are still right, remind, and take the answer (T6, T29)."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.config import settings
from portal.consent import actions as consent
from portal.consent import queries as permissions
from portal.consent.actions import Circumstances
from portal.db import db, lock
from portal.errors import NotAllowed, Stale, there
from portal.history.actions import SYSTEM, Actor, record
from portal.links import actions as links
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.publishing import actions as publishing
from portal.publishing.queries import asset_of
from portal.renewals import queries
from portal.renewals.models import Answer, Renewal
from portal.renewals.queries import ASK_BEFORE, Due, Question
from portal.staff import queries as staff
from portal.submissions.actions import noun
from portal.submissions.models import State, Submission

# A reminder each as this much is left; the last says that the words are no longer used.
REMIND = (timedelta(days=14), timedelta(days=3), timedelta())
NOT_PUBLISHED = "Only something published can be confirmed."
CHANCE = timedelta(days=180)  # how long the link in a mail still puts them back after that


def nightly() -> int:
    """Ask about what is due within thirty days, remind of what was asked, and close what was
    settled otherwise. Safe to repeat; gives how many."""
    lock("renewals")
    due = {one.asset.submission_id: one for one in queries.coming(ASK_BEFORE)}
    done = 0
    for renewal in queries.open_renewals():
        one = due.get(renewal.submission_id)
        if one is None or one.purpose is not renewal.purpose:
            _close(renewal, Answer.OVERTAKEN, by=SYSTEM)
        else:
            done += _tell_of_move(renewal, one) or _remind(renewal, one)
    for one in due.values():
        near = one.at - clock.now() <= ASK_BEFORE
        if near and one.asked is None and not _answered_no(one):
            ask(one.asset.submission, by=SYSTEM)
            done += 1
    return done


def ask(submission: Submission, *, by: Actor) -> Renewal:
    """Write to its author: these words, this rendering, still right? While one such mail waits
    for an answer there is no second."""
    lock("renewals")
    if waiting := queries.pending(submission):
        return waiting
    asset = asset_of(submission)
    if asset is None or submission.state not in (State.PUBLISHED, State.RETIRED):
        raise NotAllowed(NOT_PUBLISHED)
    purpose = queries.rests_on(asset, in_a_deck=queries.is_in_a_deck(asset))
    if purpose is None:
        raise NotAllowed("There is nothing to confirm: these words are used nowhere now.")
    if submission.advocate.left_at or submission.advocate.restricted_at:
        raise NotAllowed(f"We do not write to {submission.advocate.name} about this now.")
    at, moved = queries.due_at(asset, purpose)
    renewal = Renewal(submission=submission, purpose=purpose, due_at=at)
    db.session.add(renewal)
    record(submission, "asked to confirm", by=by)
    _mail(renewal, "renewal", moved=moved)
    return renewal


def keep(
    renewal: Renewal,
    *,
    seen: str,
    decks_too: bool = False,
    new_name: bool = False,
    by: Actor,
    circumstances: Circumstances,
) -> None:
    """Yes, still right: each permission in force that the page names is said again, for another
    year; decks only by a yes of their own. Twice is harmless; raises Stale when the page would
    look different by now.

    With ``new_name`` they ask for what their company is called by now. It changes nothing here: a
    new name is agreed to with words of its own, and by the company (T28).
    """
    submission = _hold(renewal, Answer.KEPT)
    if submission is None:
        return
    asked_now = queries.question(renewal)
    if asked_now.seal != seen:
        raise Stale("Something on this page changed after you opened it. Look at it once more.")
    asset = asset_of(submission)
    said = permissions.state(there(submission.receipt)).get(renewal.purpose)
    if not said or said.standing not in ("given", "expired"):
        raise NotAllowed("You took the permission back. Give it again on your permissions page.")
    how = Circumstances(
        ip_hash=circumstances.ip_hash,
        user_agent=circumstances.user_agent,
        language=circumstances.language,
        text_sha256=there(asset).words.sha256,
    )
    consent.give(there(submission.receipt), renewal.purpose, by=by, circumstances=how)
    asked = [*queries.asked_of(renewal), *(queries.BESIDES if decks_too else ())]
    consent.reconfirm(there(submission.receipt), by=by, circumstances=how, asked=asked)
    if new_name and (wish := _wish(asked_now)):
        renewal.note = wish
        record(submission, "asked for the new name", by=by, note=wish)
        names = {"company": asked_now.called, "stands": asked_now.stands}
        _tell_owners(renewal, "renewal-name", **names)
    _close(renewal, Answer.KEPT, by=by)


def _wish(question: Question) -> str:
    if not question.called:
        return ""
    return f"Please use {question.called} instead of {question.stands} from now on."


def tell_of_change(renewal: Renewal, note: str, *, new_name: bool = False, by: Actor) -> None:
    """Something is no longer so: off every page at once, and the team reads why."""
    if not note.strip():
        raise NotAllowed("Write what is different now.")
    submission = _hold(renewal, Answer.CHANGED)
    if submission is None:
        return
    wish = _wish(queries.question(renewal)) if new_name else ""
    renewal.note = "\n\n".join(filter(None, (note.strip(), wish)))
    publishing.retire(there(asset_of(submission)), by=by, note=renewal.note)
    _close(renewal, Answer.CHANGED, by=by)
    _tell_owners(renewal, "renewal-changed", note=renewal.note)


def withdraw(renewal: Renewal, *, by: Actor, circumstances: Circumstances) -> None:
    """Take back everything this contribution allowed; gone from every page at once."""
    submission = _hold(renewal, Answer.WITHDRAWN)
    if submission is not None:
        consent.withdraw_all(there(submission.receipt), by=by, circumstances=circumstances)
        _close(renewal, Answer.WITHDRAWN, by=by)


def forget(advocate: Advocate) -> None:
    """Empty what a person wrote here who is being erased, and end the links (T36)."""
    theirs = sa.select(Renewal).join(Renewal.submission)
    found = db.session.scalars(theirs.where(Submission.advocate_id == advocate.id)).all()
    for renewal in found:
        renewal.note = ""
        if renewal.answered_at is None:
            _close(renewal, Answer.OVERTAKEN, by=SYSTEM)
    names = [renewal.subject for renewal in found]
    links.forget(names)
    outbox.forget_person(advocate.email, names)


def _answered_no(due: Due) -> bool:
    """Whether they were asked since it became due and did not say yes: nobody asks again."""
    last = due.renewal
    return bool(last and last.answer is Answer.CHANGED and last.due_at >= due.at)


def _hold(renewal: Renewal, answer: Answer) -> Submission | None:
    """The submission, held; None when this very answer was given before."""
    publishing.hold(renewal.submission)
    db.session.refresh(renewal)
    if renewal.answer is answer:
        return None
    if renewal.answered_at:
        raise Stale("This has been settled already. Nothing was changed.")
    return renewal.submission


def _close(renewal: Renewal, answer: Answer, *, by: Actor) -> None:
    renewal.answer, renewal.answered_at = answer, clock.now()
    record(renewal, answer.value, by=by)


def _tell_of_move(renewal: Renewal, due: Due) -> bool:
    """Once for each change of job while the question is open: the words are off the page, and no
    longer on the day the mail before this one named."""
    if not due.moved or renewal.due_at == due.at:
        return False
    renewal.due_at = due.at
    _mail(renewal, "renewal", moved=True)
    return True


def _remind(renewal: Renewal, due: Due) -> bool:
    """One mail for each step that time has reached, never two in one night."""
    left = due.at - clock.now()
    reached = sum(left <= step for step in REMIND)
    if due.moved or reached <= renewal.reminders or clock.now() - renewal.asked_at < REMIND[1]:
        return False
    renewal.reminders = reached
    _mail(renewal, "renewal-over" if due.over else "renewal", again=True, moved=False)
    return True


def _mail(renewal: Renewal, template: str, **more) -> None:
    submission, at = renewal.submission, renewal.due_at
    asset = asset_of(submission)
    outbox.email(
        submission.advocate.email,
        f"{template}-decks" if renewal.in_decks else template,
        about=renewal,
        links={"url": (Kind.RENEWAL, renewal, max(at, clock.now()) + CHANCE)},
        first_name=submission.advocate.first_name,
        action=noun(submission.action),
        due=f"{at.day} {at:%B %Y}",
        decks=asset is not None and queries.held_in_decks(asset),
        **{"again": False} | more,
    )


def _tell_owners(renewal: Renewal, mail: str, **more: Any) -> None:
    submission = renewal.submission
    for owner in staff.owners():
        outbox.email(
            owner.email,
            mail,
            about=renewal,
            first_name=owner.name,
            customer=submission.advocate.name,
            action=noun(submission.action),
            **more,
            url=f"{settings().base_url}/staff/submissions/{submission.id}",
        )
