"""Receive, correct, move: what prospects and staff do with a lead; advocates ``recommend``."""

from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.addresses import canonical_email, folded
from portal.config import settings
from portal.db import db, lock_row
from portal.errors import NotAllowed, there
from portal.history.actions import SYSTEM, Actor, record
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.referrals import (
    attribution,
    businesses,
    forgetting,
    noticing,
    queries,
    rewarding,
    signals,
    telling,
    traces,
)
from portal.referrals.models import FINAL, Lead, ReferralLink, Stage, StageMove
from portal.referrals.recommending import add_link as add_link
from portal.referrals.recommending import join as join
from portal.referrals.recommending import pause as pause
from portal.referrals.recommending import relabel as relabel
from portal.referrals.recommending import write as write
from portal.staff.overtaking import overtaken

NOTED = "noted"  # changes nothing of a lead
NOT_SAVED = "Yours was not saved."

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
    phone: str = "",
    suspicion: str = "",
    source: str = "link",
    network: str = "",
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
            company_key=businesses.key_of(company),
            message=message,
            phone=phone,
            wants_marketing=wants_marketing,
            tells_referrer=tells_referrer,
            domain=traces.domain_of(email),
            mailbox=folded(email),
            network=network,
            source=source,
            prospect_promise=link.referral.invitation.campaign.prospect_promise,
            prospect_cents=link.referral.invitation.campaign.prospect_cents,
        )
        try:
            with db.session.begin_nested():
                lead.link = link
                db.session.add(lead)
                db.session.flush()
        except IntegrityError:  # someone pressed twice; the first one through made the lead
            lead = there(queries.lead_at(key))
        else:
            attribution.begin(lead, by=lead)
            noticing.notice(lead, suspicion)
            record(lead, "received", by=lead, source=source, wants_marketing=wants_marketing)
            _step(lead, by=lead)
    if lead.link_id != link.id:
        attribution.touch(lead, link, clock.now())
    if suspicion != signals.PROGRAM and not queries.answered_today(lead):
        outbox.email(lead.email, "lead-received", about=lead, links={"url": (Kind.PROSPECT, lead)})
    return lead


def write_to_us(*, name: str, email: str, message: str) -> None:
    """Pass on what someone wrote whose link opens nothing. It is a mail to us, and no lead."""
    outbox.email(
        settings().brand_contact_email,
        "contact",
        about=SYSTEM,
        name=name,
        email=email,
        message=message,
    )


def correct(
    lead: Lead,
    *,
    name: str,
    company: str,
    message: str,
    phone: str,
    wants_marketing: bool,
    tells_referrer: bool,
) -> None:
    """Put a prospect's own details right; who changed what is not kept twice (GDPR 16)."""
    lock_row(lead)
    lead.name, lead.company, lead.message, lead.phone = name, company, message, phone
    was, lead.company_key = lead.company_key, businesses.key_of(company)
    lead.wants_marketing, lead.tells_referrer = wants_marketing, tells_referrer
    lead.updated_at = clock.now()
    record(lead, "corrected", by=lead, wants_marketing=wants_marketing)
    if lead.company_key != was:
        lead.alike = lead.alike or attribution.look_alike(lead)
        noticing.look_at_company(lead)
        rewarding.settle(lead)


def stop(lead: Lead) -> None:
    """The prospect wants to hear no more: no news, and the conversation is closed (GDPR 21)."""
    lock_row(lead)
    outbox.suppress(lead.email, reason="prospect asked")
    lead.wants_marketing = False
    record(lead, "asked us to stop", by=lead)
    if lead.stage not in FINAL:
        lead.move(Stage.LOST)
        _step(lead, by=lead, note="They asked us not to get in touch.")


def erase(lead: Lead) -> None:
    """Delete what a prospect gave us (GDPR 17). The step stays, without anyone in it (T36)."""
    lock_row(lead)
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
    lock_row(lead)
    stage = Stage(stage)
    if lead.stage is stage:
        return
    demand_seen(lead, seen)
    lead.move(stage)
    _step(lead, by=by, note=note)


def demand_seen(lead: Lead, seen: int | None) -> None:
    """Raise Stale, saying who was faster and when, where a lead has changed since it was seen."""
    if seen not in (None, lead.version):
        raise overtaken(lead, newest=lead.version, so=NOT_SAVED, but=[NOTED])


def _step(lead: Lead, *, by: Actor, note: str = "") -> None:
    """What every change of stage does: a line in the timeline, the reward, word to the advocate.

    The note is kept with the step, not in the history, so that it can be erased.
    """
    lead.updated_at = clock.now()
    db.session.add(StageMove(lead=lead, stage=lead.stage, note=note, by=by.subject))
    record(lead, lead.stage.value, by=by)
    telling.of_step(lead)
    rewarding.settle(lead)
