"""Customers who say something, all the way through the real actions."""

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns.models import Action, Invitation
from portal.consent import asking
from portal.consent.actions import Circumstances
from portal.consent.models import Purpose, Scope
from portal.db import db
from portal.incentives.models import Choice
from portal.publishing import rendering, signoff
from portal.publishing.basis import Basis
from portal.staff.models import Staff
from portal.submissions import actions, kinds
from portal.submissions.models import Credit, Relationship, Submission

EVERYTHING = frozenset(Purpose)
ANSWERS = {
    "rating": 4,
    "headline": "Fridays are ours again",
    "worked": "We used to copy orders between three sheets. Now the warehouse sees them at once.",
    "lacking": "Reports can only be exported one at a time.",
    "use": "Planning shifts for our clinics",
    "words": "Planning was slow and hard. We would choose it again. It is not perfect.",
    "situation": "We repair lifts and took our jobs from a printed list.",
    "problem": "The list was wrong by noon, and urgent repairs waited.",
    "why": "We tried two others, and neither worked with gloves on.",
    "change": "Every job is on the phone now, and the office plans ahead.",
    "results": [
        {
            "metric": "Calls per day",
            "before": "60",
            "after": "14",
            "period": "March to May",
            "how": "counted by the phone system",
        }
    ],
    "advice": "Start with one district, and do not start with the reports.",
    "users": "",
    "people": [],
    "links": [],
    "files": [],
    "topic": "How we moved technicians off paper in one summer.",
    "format": "An interview, with questions you see beforehand",
    "event": kinds.event_answer(None, "Europe/Berlin", "Tuesdays"),
    "bio": "Ada plans field service.",
}


def contribute(
    invitation_id: int,
    action: Action,
    *,
    allows=EVERYTHING,
    choice: Choice = Choice.DECLINED,
    relation: Relationship = Relationship.NONE,
    credit: Credit = Credit.FULL,
    **answers,
) -> Submission:
    """One customer's whole way from the first question to "Send"; answers by prompt key."""
    invitation = db.session.get(Invitation, invitation_id)
    who = invitation.advocate
    submission = actions.start(invitation, action, by=who)
    db.session.flush()
    if submission.promise:
        actions.take_offer(submission, choice, True, by=who)
    for prompt in submission.prompt_set.prompts:
        value = (ANSWERS | answers).get(prompt.key)
        if value is not None:
            actions.answer(submission, prompt, value, seen=None, by=who)
    said = {"job_title": who.job_title, "relation": relation, "credit": credit}
    actions.introduce(submission, **said, by=who)
    actions.choose(submission, {purpose: purpose in allows for purpose in Purpose}, by=who)
    actions.submit(submission, relation=relation, circumstances=Circumstances(), by=who)
    db.session.flush()
    return submission


def company_agrees(submission: Submission, **extent):
    """Somebody at the company is asked about these words, and says yes to all of it."""
    scopes = list(Scope)
    approval = asking.ask(
        submission.advocate.company,
        asking.Colleague("Jo Smith", "jo@analytical.example"),
        scopes,
        by=submission.advocate,
        receipt=submission.receipt,
    )
    yes = {
        "scopes": scopes,
        "on_web": True,
        "in_sales": False,
        "name": "Jo Smith",
        "title": "Head of Press",
        "authorised": True,
        "text_sha256": submission.current.sha256,
    }
    asking.approve(approval, asking.Yes(**yes | extent))
    return approval


def signed(
    submission: Submission,
    excerpt: str,
    *,
    by: Staff,
    headline="",
    ground="Rosa saw it",
    expected_results="",
):
    """A cut, proposed by staff and approved by its author, who thereby publishes it."""
    basis = Basis(ground, by, clock.now().date(), expected_results)
    cut = {"excerpt": excerpt, "headline": headline, "basis": basis, "fair_cut": True}
    proposal = signoff.publish_or_propose(submission, **cut, by=by)
    seen = proposal.seal(rendering.proposed(proposal))
    who, how = submission.advocate, Circumstances()
    signoff.approve(proposal, seen=seen, by=who, circumstances=how)
    return proposal


def invited(campaign_id: int, number: int) -> int:
    """One more customer with an invitation to this campaign; the invitation's id."""
    company = db.session.scalar(sa.select(Advocate.company_id).limit(1))
    person = Advocate(
        company_id=company,
        first_name="Customer",
        last_name=f"No {number}",
        email=f"customer{number}@analytical.example",
        email_key=f"customer{number}@analytical.example",
    )
    db.session.add(person)
    db.session.flush()
    invitation = Invitation(campaign_id=campaign_id, advocate_id=person.id)
    db.session.add(invitation)
    db.session.flush()
    return invitation.id
