"""What a prospect may see and take along of what we hold of them (T32, T36)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.config import settings
from portal.referrals import prospect_ledger, prospect_rewards, queries, words
from portal.referrals.models import Lead

THEIRS = ("name", "email", "company", "phone", "message", "wants_marketing", "tells_referrer")


@dataclass(frozen=True)
class Promised:
    """What they were promised, and how it stands."""

    title: str
    text: str
    since: datetime
    given_from: datetime | None


def promised(lead: Lead) -> Promised | None:
    """How it stands, once it has ever been due."""
    found = prospect_ledger.of(lead)
    if found is None or not found.stands:
        return None
    given_from = prospect_rewards.may_be_given_from(found)
    return Promised(*prospect_rewards.for_the_prospect(found), found.line.at, given_from)


def everything(lead: Lead) -> dict[str, Any]:
    """All of it, in words and plain values; nothing of the customer but what their page says."""
    found = prospect_ledger.of(lead)
    return {
        "held_by": settings().brand_legal_name or settings().brand_name,
        "details": {name: getattr(lead, name) for name in THEIRS},
        "came_at": lead.created_at.isoformat(),
        "sent_by": queries.sender(lead.link.referral) or "a customer",
        "steps": [
            {"step": words.for_the_prospect(one.stage).title, "at": one.at.isoformat()}
            | ({"because": "the step before was a slip of ours, undone at once"} if one.how else {})
            for one in lead.moves
        ],
        "you_were_promised": lead.prospect_promise,
        "what_became_of_it": [
            {"state": prospect_rewards.SHORT[one.state], "at": one.at.isoformat()}
            for one in (found.entries if found else ())
        ],
    }
