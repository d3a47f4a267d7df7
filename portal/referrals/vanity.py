"""A word an advocate chooses for their link. It can be guessed, by design: it opens the same page
a random code opens, and that page tells nobody anything about anyone."""

import re

import sqlalchemy as sa

from portal.addresses import name_key
from portal.config import settings
from portal.db import db, lock
from portal.errors import NotAllowed
from portal.history.actions import Actor, record
from portal.referrals.models import Referral, ReferralLink

SHORTEST, LONGEST = 4, 24
SHAPE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Addresses of our own, and words that would make a customer's link look like something else.
RESERVED = {
    *("contact", "written"),
    *("deleted", "terms", "leads", "thanks", "admin", "administrator", "staff", "team", "support"),
    *("help", "official", "security", "billing", "payment", "refund", "login", "signin", "account"),
    *("password", "verify", "invoice", "legal", "press", "jobs", "test", "null", "undefined"),
}
RUDE = re.compile(
    "fuck|shit|cunt|bitch|asshole|bastard|whore|slut|nigg|faggot|retard|rape|nazi|hitler|porn|"
    "penis|vagina|dick(?!s?on|ens)|wank|arsch|fotze|hure|schlampe|wichs|scheiss|putain|salope|"
    "connard|encule|puta|mierda|cabron|kurwa|chuj"
)


def objection(word: str) -> str:
    """Why this word cannot be a link; empty when it can."""
    if not SHORTEST <= len(word) <= LONGEST or not SHAPE.fullmatch(word):
        return (
            f"Use {SHORTEST} to {LONGEST} letters a to z, digits and single hyphens, "
            "for example olivia-recommends"
        )
    plain = word.replace("-", "")
    if RESERVED & {word, *word.split("-")} or name_key(settings().brand_name).replace(" ", "") in (
        plain
    ):
        return "Choose another word: this one would look like a page of ours"
    if RUDE.search(plain):
        return "Choose another word: this one could offend whoever gets the link"
    if re.search(r"\d{7}", plain):
        return "Leave out long numbers: a link is no place for anyone’s phone number"
    return ""


def choose(referral: Referral, word: str, *, by: Actor) -> ReferralLink:
    """Give an advocate a link with a word of their own; one per person, whatever the campaign.

    Raises NotAllowed when the word cannot be used, is taken, or they have one already.
    """
    if why := objection(word):
        raise NotAllowed(f"{why}.")
    lock("referrals.vanity")
    if there := of(referral):
        if there.code == word and there.referral_id == referral.id:
            return there
        raise NotAllowed(f"You have a link with a word of your own already: “{there.code}”.")
    if db.session.scalar(sa.select(ReferralLink.id).where(ReferralLink.code == word)):
        raise NotAllowed(f"“{word}” is taken. Choose another word.")
    link = ReferralLink(code=word, chosen=True)
    referral.links.append(link)
    record(link, "word chosen", by=by)
    return link


def of(referral: Referral) -> ReferralLink | None:
    """The link with a word of their own that this advocate has, in any campaign."""
    return db.session.scalar(
        sa.select(ReferralLink)
        .join(ReferralLink.referral)
        .where(Referral.advocate_id == referral.advocate_id, ReferralLink.chosen.is_(True))
    )
