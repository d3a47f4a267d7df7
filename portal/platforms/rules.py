"""What breaks a platform's row, said in a sentence that names the rule and where it stands."""

from collections.abc import Mapping
from typing import Any

from portal.advocates.models import Sector
from portal.incentives.gifts import in_words as amount
from portal.incentives.gifts import is_government
from portal.platforms.models import PlatformRule

PUBLIC = {Sector.PUBLIC, Sector.EDUCATION}


def objection(
    rule: PlatformRule | None, *, promise: Mapping[str, Any] | None = None, proof: bool = False
) -> str:
    """Why people may not be sent there like this (T12); empty when they may.

    ``promise`` is what they are offered for it; ``proof``: whether we ask to see the review.
    """
    if rule is None:
        return "Nobody has written down what this platform allows, so it counts as a no."
    if not rule.may_ask.is_yes:
        return _says(rule, f"{rule.name} does not let a company ask for reviews", rule.may_ask)
    if promise and (refusal := _about_reward(rule, promise)):
        return refusal
    if proof and not rule.may_prove.is_yes:
        return _says(
            rule, f"{rule.name} does not let a company ask for proof of a review", rule.may_prove
        )
    return ""


def not_there(rule: PlatformRule | None, sector: Sector, email: str) -> str:
    """Why this person may not be sent there, whatever they are offered; empty when they may."""
    if rule and not rule.public_sector.is_yes and (sector in PUBLIC or is_government(email)):
        return f"{rule.name} takes no reviews we ask people of public bodies for."
    return ""


def in_words(rule: PlatformRule) -> str:
    """The most a reward may be worth, for a table and a sentence; empty without a limit."""
    return "" if rule.most_cents is None else amount(rule.most_cents, rule.currency)


def _about_reward(rule: PlatformRule, promise: Mapping[str, Any]) -> str:
    if not rule.may_reward.is_yes:
        return _says(rule, f"{rule.name} never allows a reward for a review", rule.may_reward)
    if rule.most_cents is None:
        return ""
    if promise["currency"] != rule.currency:
        limit = f"{rule.name} allows at most {in_words(rule)}, and this reward is counted in"
        return _says(rule, f"{limit} {promise['currency']}, so nobody can tell")
    if promise["value_cents"] > rule.most_cents:
        return _says(rule, f"{rule.name} allows a reward of at most {in_words(rule)}")
    return ""


def _says(rule: PlatformRule, sentence: str, answer: object = None) -> str:
    unknown = " as far as anyone here knows" if answer == "unknown" else ""
    day = f"{rule.checked_on.day} {rule.checked_on:%B %Y}"
    note = f" {rule.note}" if rule.note else ""
    return f"{sentence}{unknown}.{note} Source: {rule.source}, checked on {day}."
