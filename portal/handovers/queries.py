"""Where a review may be posted as well, and the words to post. Neither knows a rating (T19)."""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.campaigns import destinations
from portal.campaigns.models import Action
from portal.config import settings
from portal.db import db
from portal.errors import NotFound, there
from portal.handovers.models import HandOver
from portal.incentives import disclosure
from portal.platforms import rules
from portal.platforms.models import PlatformRule
from portal.publishing import words
from portal.submissions import sending
from portal.submissions.models import State, Submission


@dataclass(frozen=True)
class Destination:
    """A page on another site, and what its row lets us ask about it."""

    rule: PlatformRule
    url: str
    asks_proof: bool


def destination(submission: Submission) -> Destination | None:
    """Where this review may go as well; None when nowhere, or no longer (T12).

    The row is read now, not as it was at sending: what it forbids since then is not asked.
    """
    campaign = submission.invitation.campaign
    if submission.action is not Action.REVIEW or not campaign.platform:
        return None
    if not submission.versions or submission.state is State.WITHDRAWN:
        return None
    rule, person = destinations.rule_of(campaign), submission.advocate
    taken = submission.promise if submission.choice in sending.TAKEN else None
    if rules.objection(rule, promise=taken) or person.restricted_at:
        return None
    if rules.not_there(rule, person.company.sector, person.email):
        return None
    asks_proof = campaign.platform_proof and not rules.objection(rule, proof=True)
    return Destination(there(rule), campaign.platform_url, asks_proof)


def demand(submission: Submission) -> Destination:
    """The same, or NotFound."""
    found = destination(submission)
    if found is None:
        raise NotFound("There is no other place we may ask you to post this.")
    return found


def text_of(submission: Submission) -> str:
    """Their own words as they sent them, and how the reward is said where one was taken (T10)."""
    version = there(submission.current)
    said = disclosure.in_own_review(
        submission.promise, submission.choice, settings().brand_name, submission.outcome
    )
    parts = [words.headline(version), words.whole(version), said]
    return words.GAP.join(part for part in parts if part)


def of(submission: Submission) -> HandOver | None:
    """What the reviewer told us came of it."""
    return db.session.scalar(sa.select(HandOver).where(HandOver.submission_id == submission.id))
