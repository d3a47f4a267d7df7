"""What one person gets of a campaign: staff's words with the person's own names put in."""

import re
from collections.abc import Sequence
from typing import Any

from portal.advocates.models import Advocate
from portal.campaigns.models import REWARDING_STAGES, Action, Campaign, Invitation
from portal.errors import Unfit
from portal.incentives import copylint, disclosure, gifts
from portal.outbox import gaps

PLACEHOLDERS = {
    "first_name": "the person’s first name",
    "company": "their company",
    "sender": "the campaign’s owner",
    "deadline": "the last day, written out",
}
NOUNS = {
    Action.REVIEW: "review",
    Action.QUOTE: "quote",
    Action.CASE_STUDY: "case study",
    Action.WEBINAR: "webinar",
}


def unknown_placeholder(text: str) -> str:
    """The first ``{…}`` that stands for nothing we know, as written; empty when all are known."""
    return gaps.unknown(text, PLACEHOLDERS)


def fault(text: str) -> str:
    """Why this text cannot be sent, as a sentence for its writer; empty when it can (T9)."""
    if name := unknown_placeholder(text):
        known = ", ".join(f"{{{known}}}" for known in PLACEHOLDERS)
        return f"We do not know {name}. Use only {known}."
    if phrase := copylint.objection(text):
        return (
            f"Take out “{phrase}”: an invitation may not ask for praise, sort people by how happy "
            "they are, or promise a chance to win."
        )
    return ""


def check(*texts: str) -> None:
    """Refuse words that name an unknown placeholder or buy praise (T9)."""
    for text in texts:
        if sentence := fault(text):
            raise Unfit(sentence)


def why_no_offer(campaign: Campaign, person: Advocate, book: gifts.Book) -> str:
    """Why this person is offered nothing here, for staff (T13). A campaign’s rewards stand
    together: where one of them is too much, none is offered."""
    offers = (campaign.offer, campaign.referral_offer)
    return book.refusal(person, *(offer.promise() for offer in offers if offer))


def invitation_for(
    campaign: Campaign,
    person: Advocate,
    unasked: Sequence[str] = (),
    *,
    book: gifts.Book | None = None,
) -> Invitation:
    """What this person would get, with no reward where gift rules forbid it (T13), and without
    what they may not be asked for now; not stored. ``book``: for many people, read it once."""
    reason = why_no_offer(campaign, person, book or gifts.book())
    return Invitation(
        campaign=campaign,
        advocate=person,
        no_offer_because=reason,
        declined_actions=list(unasked),
        unasked=list(unasked),
        personal_line=campaign.personal_lines.get(str(person.id), ""),
    )


def personal(text: str, invitation: Invitation) -> str:
    """The text as this person reads it; what a name itself contains is left as it is."""
    return gaps.fill(text, names(invitation))


def names(invitation: Invitation) -> dict[str, str]:
    """What each placeholder stands for, for one person."""
    deadline = invitation.campaign.deadline
    return {
        "first_name": invitation.advocate.first_name,
        "company": invitation.advocate.company.name,
        "sender": invitation.campaign.owner.name,
        "deadline": f"{deadline.day} {deadline:%B %Y}",
    }


def offered(invitation: Invitation, brand: str) -> list[str]:
    """What this person is offered and how it will be said, before they start (T11)."""
    contributions = [a for a in invitation.actions if a != Action.REFERRAL]
    action = contributions[0] if len(contributions) == 1 else "contribution"
    sentences = [_for_words(invitation, action, brand)] if contributions else []
    if Action.REFERRAL in invitation.actions:
        sentences.append(_for_referral(invitation))
    return [sentence for sentence in sentences if sentence]


def _for_words(invitation: Invitation, action: str, brand: str) -> str:
    offer = invitation.offer
    return disclosure.before(offer.promise(), action, brand) if offer else ""


def _for_referral(invitation: Invitation) -> str:
    offer, stage = invitation.referral_offer, invitation.campaign.rewarding_stage
    return disclosure.before_referral(offer.promise(), REWARDING_STAGES[stage]) if offer else ""


def context(invitation: Invitation, brand: str, *, reminder: bool = False) -> dict[str, Any]:
    """What the invitation mail says to one person; plain words, and never a link (they are
    minted when it leaves).
    """
    campaign = invitation.campaign
    body = personal(campaign.body, invitation)
    return {
        **names(invitation),
        "subject_line": personal(campaign.subject_line, invitation),
        "reminder": reminder,
        "personal_line": personal(invitation.personal_line or "", invitation),
        "paragraphs": [part.strip() for part in re.split(r"\n\s*\n", body) if part.strip()],
        "actions": list(invitation.actions),
        "language": invitation.advocate.language,
        "offers": offered(invitation, brand),
    }
