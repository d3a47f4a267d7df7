"""Say yes to recommending us, and share: what an advocate does with their links."""

import secrets
from dataclasses import replace

from portal import clock
from portal.campaigns import inviting
from portal.campaigns.models import Action, Invitation
from portal.consent import actions as consent
from portal.consent.models import Purpose
from portal.db import db, lock_row
from portal.errors import NotAllowed
from portal.history.actions import Actor, record
from portal.incentives.models import Choice
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.referrals import queries
from portal.referrals.models import Referral, ReferralLink

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # nothing that reads like something else
LENGTH = 14  # 68 random bits: not to be guessed
MOST_LINKS = 100


def join(
    invitation: Invitation,
    *,
    choice: Choice | None,
    employer_allows: bool,
    share_text: str,
    show_name: bool,
    circumstances: consent.Circumstances,
    by: Actor,
) -> Referral:
    """Say yes to recommending us, and get a link; twice gives the same referral.

    The offer is kept as it stood before the link was shared (T10), and taking it needs the
    employer's yes (T13). Raises NotAllowed with the reason.
    """
    lock_row(invitation)  # a double click joins once
    if referral := queries.referral_of(invitation):
        return referral
    _check_open(invitation)
    offer = invitation.referral_offer
    promise = offer.promise() if offer else None
    _check_choice(promise, choice, employer_allows)
    receipt = consent.issue_receipt(
        invitation.advocate,
        "referral",
        {Purpose.REFERRAL_NAME: show_name},
        circumstances=replace(circumstances, offer=promise | {"choice": choice} if promise else {}),
    )
    referral = Referral(
        invitation=invitation,
        advocate=invitation.advocate,
        promise=promise,
        choice=choice if promise else None,
        rewarding_stage=invitation.campaign.rewarding_stage,
        share_text=share_text,
        receipt=receipt,
        links=[ReferralLink(code=_code())],
    )
    db.session.add(referral)
    inviting.accept(invitation, by=by)
    record(referral, "joined", by=by, choice=choice, employer_allows=employer_allows)
    outbox.email(
        referral.advocate.email,
        "referral-joined",
        about=referral,
        links={
            "url": (Kind.INVITATION, invitation, invitation.campaign.links_until),
            "receipt_url": (Kind.RECEIPT, receipt),
        },
        first_name=referral.advocate.first_name,
        reference=receipt.reference,
        link=queries.address(referral.links[0]),
        disclosure=queries.disclosed(referral),
        name_shown=show_name,
    )
    return referral


def _check_open(invitation: Invitation) -> None:
    if not invitation.campaign.asks_for(Action.REFERRAL):
        raise NotAllowed("This invitation does not ask for a referral.")
    if not invitation.campaign.is_open:
        raise NotAllowed("This campaign has ended, so no new referral links are given out.")


def _check_choice(promise: dict | None, choice: Choice | None, employer_allows: bool) -> None:
    if promise is None or choice is Choice.DECLINED:
        return
    if choice is None:
        raise NotAllowed("Choose what happens to the reward.")
    if not employer_allows:
        raise NotAllowed("A reward needs your employer’s yes. You can also go on without one.")
    if choice is Choice.DONATED and not promise["charity"]:
        raise NotAllowed("This reward cannot be given to a charity.")


def write(referral: Referral, share_text: str, *, by: Actor) -> None:
    """Keep the advocate's own words for their mail or chat; nothing else is stored of it. What we
    suggested is not theirs, though they sent it back as it was."""
    if share_text == referral.invitation.campaign.share_text:
        share_text = ""
    if referral.share_text != share_text:
        referral.share_text = share_text
        record(referral, "share text changed", by=by)


def add_link(referral: Referral, label: str, *, by: Actor) -> ReferralLink:
    """A link of its own for one person, under a note only the advocate sees (T30)."""
    lock_row(referral)
    for link in referral.links:
        if link.label == label:
            return link
    if len(referral.links) >= MOST_LINKS:
        raise NotAllowed(f"You have {MOST_LINKS} links already. Use one of them again.")
    link = ReferralLink(code=_code(), label=label)
    referral.links.append(link)
    record(link, "made", by=by)
    return link


def relabel(link: ReferralLink, label: str, *, by: Actor) -> None:
    """Change the note on a link, or erase it with an empty one. The old one is kept nowhere."""
    if link.label != label:
        link.label = label
        record(link, "note changed" if label else "note erased", by=by)


def pause(link: ReferralLink, *, paused: bool, by: Actor) -> None:
    """Close a link's page to newcomers, or open it again."""
    if bool(link.paused_at) != paused:
        link.paused_at = clock.now() if paused else None
        record(link, "paused" if paused else "opened again", by=by)


def _code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
