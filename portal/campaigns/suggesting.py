"""Words a campaign suggests to whoever passes a link on.

They stand above the link. The link itself, and what its owner may get, are added to every message
and are in nobody's hands (T10). Whoever passes them on may change them, and answers for them.
"""

import re
from collections.abc import Sequence

from portal.campaigns.models import Action, Campaign
from portal.db import lock_row
from portal.errors import NotAllowed, Unfit
from portal.history import queries as history
from portal.history.actions import Actor, record
from portal.history.models import Entry
from portal.incentives import copylint
from portal.outbox import gaps
from portal.staff.overtaking import overtaken

LONGEST = 500
SUGGESTED = "words suggested"
ADDRESS = re.compile(r"\S+@\S+|https?:\S*|\bwww\.\S*|[\w-]+\.[a-z]{2,}/\S*", re.IGNORECASE)
# What a chat would make a link of by itself, with nothing said beside it.
BARE = re.compile(r"[\w-]{2,}\.([^\W\d_]{2,})\b")
SHORT = re.compile(r"\b\w\.(?:com|co|net|org|io|me|ly|gl)\b", re.IGNORECASE)  # one letter, as x.com
COMMON = {"com", "net", "org", "info", "io", "co", "ai", "app", "dev", "eu", "de", "uk", "ch", "fr"}


def fault(words: str) -> str:
    """Why these words cannot be suggested, as a sentence for their writer; empty when they can."""
    if phrase := copylint.objection(words):
        return f"Take out “{phrase}”: neither an ask nor a reward may depend on what people say"
    if found := address(words):
        return (
            f"Leave out addresses, as “{found}” is read: each person’s own link is added, with "
            "what they may get for it"
        )
    if gap := gaps.unknown(words, ()):
        return f"Leave out {gap}: nothing is filled in here, the words go out as they stand"
    return ""


def address(words: str) -> str:
    """The first part that a mail program or a chat would make a link of; empty when none is.

    A full stop without a space behind it is no address where a sentence begins after it.
    """
    for found in (ADDRESS.search(words), SHORT.search(words)):
        if found:
            return found[0]
    for one in BARE.finditer(words):
        ending = one[1]
        if ending.islower() or ending.isupper() or ending.lower() in COMMON:
            return one[0]
    return ""


def suggest(campaign: Campaign, words: str, *, seen: int, by: Actor) -> None:
    """Say what a message begins with until its sender changes it; empty suggests nothing.

    A promise is not in it, so it may change while a campaign runs; each version is kept.
    """
    if not campaign.asks_for(Action.REFERRAL):
        raise NotAllowed("This campaign does not ask for recommendations.")
    if len(words) > LONGEST or (sentence := fault(words)):
        raise Unfit(f"{sentence}." if len(words) <= LONGEST else "That is too long.")
    lock_row(campaign)
    if campaign.share_text == words:
        return
    if campaign.version != seen:
        raise overtaken(campaign, newest=campaign.version)
    campaign.share_text = words
    record(campaign, SUGGESTED, by=by, words=words)


def versions(campaign: Campaign) -> Sequence[Entry]:
    """Who suggested which words, newest first."""
    return [entry for entry in history.of(campaign) if entry.verb == SUGGESTED][::-1]
