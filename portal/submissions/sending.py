"""What sending means: the words fixed, the choices on a receipt, the reward owed, the mail."""

from dataclasses import replace

from portal import seeds
from portal.campaigns.models import Campaign
from portal.config import settings
from portal.consent import actions as consent
from portal.consent import queries as permissions
from portal.consent.actions import Circumstances
from portal.consent.models import Purpose
from portal.db import db
from portal.errors import there
from portal.events import actions as events
from portal.events.queries import event
from portal.history.actions import Actor
from portal.incentives import actions as incentives
from portal.incentives import disclosure
from portal.incentives.limits import Limits
from portal.incentives.models import Choice, Outcome
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.submissions import crediting, queries
from portal.submissions.models import Action, PromptKind, Submission, Version

TAKEN = (Choice.ACCEPTED, Choice.DONATED)


def write_down(submission: Submission) -> Version:
    """The answers as they stand, in the order asked, under their hash."""
    answers = queries.answers_now(submission)
    rating = next((a["value"] for a in answers if a["kind"] == PromptKind.RATING), None)
    version = Version(
        submission=submission,
        number=len(submission.versions) + 1,
        answers=answers,
        rating=rating,
        sha256=seeds.digest(answers),
    )
    db.session.add(version)
    db.session.flush()
    return version


def settle_permissions(
    submission: Submission, version: Version, circumstances: Circumstances, *, by: Actor
) -> None:
    """A first receipt for a first sending; for new words, the yeses in force said again."""
    offer = (submission.promise or {}) | {"choice": submission.choice}
    bound = replace(circumstances, text_sha256=version.sha256, offer=offer)
    signed = crediting.in_words(submission.advocate, submission.credit)
    if submission.receipt:
        if crediting.shows(submission.credit, Purpose.NAME):  # else an earlier yes keeps its words
            submission.receipt.credit = signed
        seen = crediting.within(Purpose, submission.credit)
        consent.reconfirm(submission.receipt, by=by, circumstances=bound, asked=seen)
        return
    choices = {one: submission.choices.get(one, False) for one in queries.asked(submission)}
    submission.receipt = consent.issue_receipt(
        submission.advocate, noun(submission.action), choices, circumstances=bound, credit=signed
    )
    db.session.flush()


def owe(submission: Submission, *, by: Actor) -> None:
    """The reward follows from sending, whatever was said and whatever was permitted (T8, T11).

    A promise made is owed even when the campaign's budget is spent: then a person looks first.
    """
    if submission.choice not in TAKEN or not submission.promise:
        return
    incentives.accrue(
        submission.advocate,
        reason=submission.subject,
        explanation=f"Your {noun(submission.action)}",
        promise=submission.promise,
        donated=submission.choice is Choice.DONATED,
        limits=limits_of(submission.invitation.campaign),
        by=by,
    )


def limits_of(campaign: Campaign) -> Limits:
    """What there is for the words of a campaign: promised all the same, what is beyond is held."""
    return Limits(
        f"{campaign.subject}/words",
        campaign.name,
        budget_cents=campaign.offer_budget_cents,
        beyond="The budget of this campaign is spent.",
    )


def offer_to_speak(submission: Submission, version: Version, *, by: Actor) -> None:
    """Who answers which event suits stands on that event’s list, or among those available."""
    said = next((a["value"] for a in version.answers if a["kind"] == PromptKind.EVENT), None)
    if said is None:
        return
    events.offer(
        submission.invitation,
        event(said["event"]) if said["event"] else None,
        reason=submission.subject,
        topic=version.value("topic") or "",
        dates=said["dates"],
        by=by,
    )


def confirm(submission: Submission) -> None:
    """The receipt by mail, at once: every purpose, given and refused (T27)."""
    person, receipt = submission.advocate, there(submission.receipt)
    outbox.email(
        person.email,
        "received",
        about=submission,
        links={"receipt_url": (Kind.RECEIPT, receipt)},
        first_name=person.first_name,
        noun=noun(submission.action),
        reference=receipt.reference,
        again=len(submission.versions) > 1,
        next_step=submission.prompt_set.next_step,
        permissions=permissions.in_words(receipt, *crediting.unshown(submission.credit)),
        disclosure=said_beside(submission),
        later=said_once_sent(submission),
    )


def noun(action: Action) -> str:
    """What a contribution is called in a sentence: “Your case study”."""
    return {"webinar": "webinar proposal"}.get(action, action.value.replace("-", " "))


def said_beside(submission: Submission) -> str:
    """The disclosure as it stands beside the words now; empty when nothing was taken."""
    return _said(submission, submission.outcome)


def said_once_sent(submission: Submission) -> str:
    """What it turns into when the reward has been sent; empty where nothing is still promised."""
    promised = submission.outcome is Outcome.PROMISED
    return _said(submission, Outcome.GIVEN) if promised else ""


def _said(submission: Submission, outcome: Outcome) -> str:
    offer = submission.promise, submission.choice
    return disclosure.beside(*offer, submission.action, settings().brand_name, outcome)
