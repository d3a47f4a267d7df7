"""Another credit for words that were sent: less is shown at once, more only by a new yes (T23)."""

from collections.abc import Mapping
from dataclasses import replace

from portal.consent import actions as consent
from portal.consent import asking, companies
from portal.consent.actions import Circumstances
from portal.consent.models import OrgVerdict, Purpose, Receipt
from portal.db import db, lock_row
from portal.errors import NotAllowed, there
from portal.history.actions import Actor, record
from portal.submissions import crediting, queries
from portal.submissions.models import Credit, Submission

LESS = "credited with less"  # as the history says it


def asked_for(submission: Submission, credit: Credit) -> list[Purpose]:
    """What such a credit has to be asked for first."""
    return crediting.asked_anew(submission.prompt_set.purposes, submission.credit, credit)


def lacks_title(submission: Submission, credit: Credit) -> bool:
    """Whether their job title has to be known first, for it would stand there."""
    return credit in crediting.WITH_TITLE and not submission.advocate.job_title


def recredit(
    submission: Submission,
    credit: Credit,
    choices: Mapping[Purpose, bool],
    *,
    by: Actor,
    circumstances: Circumstances,
) -> None:
    """Be credited otherwise from now on, with the answers to what that asks anew; no answer is a
    no. What it no longer shows is gone with the next request (T26). Twice is harmless."""
    lock_row(submission)
    if not queries.may_be_recredited(submission):
        raise NotAllowed("There is nothing to credit you for here.")
    if credit is submission.credit:
        return
    if lacks_title(submission, credit):
        raise NotAllowed("Enter your job title, or choose a credit without it.")
    asked, receipt = asked_for(submission, credit), there(submission.receipt)
    verb = LESS if crediting.is_less(submission.credit, credit) else "credited otherwise"
    submission.credit = credit
    if Purpose.NAME in asked:  # else an earlier yes to it keeps the words it was given for
        receipt.credit = crediting.in_words(submission.advocate, credit)
    bound = replace(circumstances, text_sha256=there(submission.current).sha256)
    answers = {purpose: choices.get(purpose, False) for purpose in asked}
    consent.answer(receipt, answers, by=by, circumstances=bound)
    if not crediting.shows(credit, Purpose.COMPANY):
        call_off(receipt, by=by)
    record(submission, verb, by=by, note=crediting.CHOSEN[credit].capitalize())
    db.session.flush()


def call_off(receipt: Receipt, *, by: Actor) -> None:
    """Nobody at their company has to decide about a name that will not stand there (T28)."""
    for approval in companies.approvals_about(receipt):
        if approval.verdict is OrgVerdict.PENDING:
            asking.close(approval, by=by)
