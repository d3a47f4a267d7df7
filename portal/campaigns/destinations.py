"""The platform a campaign’s reviews may be posted on too, and the row it must keep to (T12)."""

from portal.advocates.models import Advocate
from portal.campaigns.models import Action, Campaign
from portal.errors import NotAllowed
from portal.platforms import queries, rules
from portal.platforms.models import PlatformRule


def rule_of(campaign: Campaign) -> PlatformRule | None:
    """What the platform allows now; None where the campaign names none, or one unknown."""
    return queries.current(campaign.platform) if campaign.platform else None


def check(campaign: Campaign) -> None:
    """Raise NotAllowed, naming the rule and its source, when the campaign breaks its row."""
    if not campaign.platform:
        return
    if Action.REVIEW.value not in campaign.actions:
        raise NotAllowed("Only reviews can be posted elsewhere: ask for one, or name no platform.")
    if not campaign.platform_url:
        raise NotAllowed("Enter the page where a review is written there.")
    promise = campaign.offer.promise() if campaign.offer else None
    refusal = rules.objection(
        rule_of(campaign), promise=promise, proof=bool(campaign.platform_proof)
    )
    if refusal:
        raise NotAllowed(refusal)


def why_not(campaign: Campaign | None, person: Advocate) -> str:
    """Why this person cannot be asked to post there; empty when they can, or nobody is."""
    if campaign is None or not campaign.platform:
        return ""
    return rules.not_there(rule_of(campaign), person.company.sector, person.email)
