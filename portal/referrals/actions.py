"""Recommend, share, receive, move: what advocates, prospects and staff do with a referral."""

import secrets
from dataclasses import replace

from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.addresses import canonical_email
from portal.campaigns import inviting
from portal.campaigns.models import Action, Invitation
from portal.consent import actions as consent
from portal.consent.models import Purpose
from portal.db import db
from portal.errors import NotAllowed, Stale
from portal.history.actions import Actor, record
from portal.incentives.models import Choice
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.referrals import attribution, board, forgetting, queries, rewarding, signals, words
from portal.referrals.models import FINAL, Lead, Referral, ReferralLink, Stage, StageMove

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # nothing that reads like something else
LENGTH = 14  # 68 random bits: not to be guessed
MOST_LINKS = 100


# ── The advocate ───────────────────────────────────────────────────────────────────────────


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
    db.session.refresh(invitation, with_for_update=True)  # a double click joins once
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
    """Keep the advocate's own words for their mail or chat; nothing else is stored of it."""
    if referral.share_text != share_text:
        referral.share_text = share_text
        record(referral, "share text changed", by=by)


def add_link(referral: Referral, label: str, *, by: Actor) -> ReferralLink:
    """A link of its own for one person, under a note only the advocate sees (T30)."""
    db.session.refresh(referral, with_for_update=True)
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


# ── The prospect ───────────────────────────────────────────────────────────────────────────


def receive(
    link: ReferralLink,
    *,
    name: str,
    email: str,
    company: str,
    message: str,
    wants_marketing: bool,
    tells_referrer: bool,
    suspicion: str = "",
    source: str = "link",
) -> Lead:
    """Take a prospect's own details; one mailbox is one lead, however often it is sent.

    Whoever sends a known address gets the same answer and sees nothing stored under it: the way
    to the details goes by mail only. ``suspicion`` is what the form itself gave away (T35).
    """
    if not queries.is_open(link):
        raise NotAllowed("This link is closed, so nothing was sent.")
    key = canonical_email(email)
    lead = queries.lead_at(key)
    if lead is None:
        lead = Lead(
            name=name,
            email=email,
            email_key=key,
            company=company,
            message=message,
            wants_marketing=wants_marketing,
            tells_referrer=tells_referrer,
            domain=signals.domain_of(email),
            mailbox=signals.folded(email),
            source=source,
            prospect_promise=link.referral.invitation.campaign.prospect_promise,
        )
        try:
            with db.session.begin_nested():
                lead.link = link
                db.session.add(lead)
                db.session.flush()
        except IntegrityError:  # someone pressed twice; the first one through made the lead
            lead = queries.lead_at(key)
        else:
            attribution.begin(lead, by=lead)
            signals.notice(lead, suspicion)
            record(lead, "received", by=lead, source=source, wants_marketing=wants_marketing)
            _step(lead, by=lead)
    if lead.link_id != link.id:
        attribution.touch(lead, link, clock.now())
    if suspicion != signals.PROGRAM and not queries.answered_today(lead):
        outbox.email(lead.email, "lead-received", about=lead, links={"url": (Kind.PROSPECT, lead)})
    return lead


def correct(
    lead: Lead,
    *,
    name: str,
    company: str,
    message: str,
    wants_marketing: bool,
    tells_referrer: bool,
) -> None:
    """Put a prospect's own details right; who changed what is not kept twice (GDPR 16)."""
    _lock(lead)
    lead.name, lead.company, lead.message = name, company, message
    lead.wants_marketing, lead.tells_referrer = wants_marketing, tells_referrer
    lead.updated_at = clock.now()
    record(lead, "corrected", by=lead, wants_marketing=wants_marketing)


def stop(lead: Lead) -> None:
    """The prospect wants to hear no more: no news, and the conversation is closed (GDPR 21)."""
    _lock(lead)
    outbox.suppress(lead.email, reason="prospect asked")
    lead.wants_marketing = False
    record(lead, "asked us to stop", by=lead)
    if lead.stage not in FINAL:
        lead.move(Stage.LOST)
        _step(lead, by=lead, note="They asked us not to get in touch.")


def erase(lead: Lead) -> None:
    """Delete what a prospect gave us (GDPR 17). The step stays, without anyone in it (T36)."""
    _lock(lead)
    if lead.stage is Stage.WITHDRAWN:
        return
    forgetting.empty(lead)
    lead.stage = Stage.WITHDRAWN
    _step(lead, by=lead)


# ── Staff ──────────────────────────────────────────────────────────────────────────────────


def move(lead: Lead, stage: Stage, *, seen: int, by: Actor, note: str = "") -> None:
    """Move a lead along; the reward follows. Moving it where it stands changes nothing.

    Raises Stale when someone moved it since ``seen``, NotAllowed where a move cannot go.
    """
    _lock(lead)
    stage = Stage(stage)
    if lead.stage is stage:
        return
    if lead.version != seen:
        raise Stale(board.who_was_faster(lead))
    lead.move(stage)
    _step(lead, by=by, note=note)


def _lock(lead: Lead) -> None:
    db.session.refresh(lead, with_for_update=True)


def _step(lead: Lead, *, by: Actor, note: str = "") -> None:
    """What every change of stage does: a line in the timeline, the reward, word to the advocate.

    The note is kept with the step, not in the history, so that it can be erased.
    """
    lead.updated_at = clock.now()
    db.session.add(StageMove(lead=lead, stage=lead.stage, note=note, by=by.subject))
    record(lead, lead.stage.value, by=by)
    rewarding.settle(lead)
    _tell(lead)


def _tell(lead: Lead) -> None:
    """Tell the advocate, in coarse words and under their own label (T33)."""
    referral = lead.link.referral
    unsure = lead.hold and lead.stage is Stage.RECEIVED  # a program may have sent it
    if unsure or referral.advocate.left_at or not referral.advocate.wants_updates:
        return
    step = words.coarse(lead.stage)
    outbox.email(
        referral.advocate.email,
        "lead-moved",
        about=lead,
        links={
            "url": (
                Kind.INVITATION,
                referral.invitation,
                referral.invitation.campaign.links_until,
            )
        },
        first_name=referral.advocate.first_name,
        label=lead.link.label,
        title=step.title,
        text=step.text,
    )
