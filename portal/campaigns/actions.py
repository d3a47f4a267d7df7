"""Draft, send and close campaigns; open, accept and decline invitations."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns import mail, queries
from portal.campaigns.models import (
    REWARDING_STAGES,
    Action,
    Ask,
    Campaign,
    CampaignState,
    Invitation,
    InvitationState,
)
from portal.config import settings
from portal.db import db
from portal.errors import NotAllowed, Stale
from portal.history.actions import SYSTEM, Actor, record
from portal.incentives import copylint
from portal.incentives.models import Offer
from portal.links import actions as links
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.outbox.models import MailClass, Message
from portal.outbox.models import State as MailState
from portal.staff.models import Staff

LONGEST = timedelta(days=120)  # a link lives 180 days, and must outlive the deadline by 60
BETWEEN_MAILS = timedelta(days=2)
BETWEEN_LINKS = timedelta(minutes=5)


# ── The campaign ───────────────────────────────────────────────────────────────────────────


def draft(
    *,
    name: str,
    actions: Sequence[str],
    audience: dict[str, Any],
    offer: Offer | None,
    referral_offer: Offer | None,
    rewarding_stage: str,
    deadline: date,
    subject_line: str,
    body: str,
    why: str,
    owner: Staff,
    referral_terms: Mapping[str, Any] | None = None,
) -> Campaign:
    """Write a campaign nobody gets yet; refuses words that buy praise (T9).

    ``referral_terms``: any of the columns that stand in the printed terms of its links.
    """
    campaign = Campaign(slug=_free_slug(name), owner=owner, audience=audience)
    with db.session.no_autoflush:
        _set(
            campaign,
            name=name,
            actions=actions,
            offer=offer,
            referral_offer=referral_offer,
            rewarding_stage=rewarding_stage,
            deadline=deadline,
            subject_line=subject_line,
            body=body,
            why=why,
            referral_terms=referral_terms or {},
        )
    db.session.add(campaign)
    record(campaign, "drafted", by=owner)
    return campaign


def revise(campaign: Campaign, *, seen: int | None = None, by: Actor, **changes) -> None:
    """Change a draft; what was sent stays as it was sent. Takes the arguments of ``draft``."""
    _still_a_draft(campaign, seen)
    _set(campaign, **changes)
    record(campaign, "revised", by=by)


def choose_audience(
    campaign: Campaign, audience: dict[str, Any], *, seen: int | None = None, by: Actor
) -> None:
    """Say whom a draft is for: ``{"ids": […]}`` picked, or a filter of ``queries.FILTERS``."""
    _still_a_draft(campaign, seen)
    campaign.audience = audience
    record(campaign, "audience chosen", by=by)


def send(campaign: Campaign, *, seen: int | None = None, by: Actor) -> None:
    """Invite everyone who may be asked now, in this transaction: invitations, asks and mails.

    Sending twice sends once: the second waits for the first and finds it done.
    """
    _lock(campaign)
    if campaign.state is not CampaignState.DRAFT:
        return
    _still_a_draft(campaign, seen)
    _check_deadline(campaign.deadline)
    mail.check(campaign.subject_line, campaign.body, campaign.why)
    eligible, _ = queries.audience(campaign.audience, campaign=campaign)
    if not eligible:
        raise NotAllowed("Nobody would get this just now. Change the audience first.")
    campaign.state, campaign.sent_at = CampaignState.SENT, clock.now()
    record(campaign, "sent", by=by, people=len(eligible))
    for person in eligible:
        mail_to(_invite(campaign, person, by=by))


def close(campaign: Campaign, *, by: Actor) -> None:
    """Nothing new may be started from now on; what was begun goes on. Twice is harmless."""
    _lock(campaign)
    if campaign.state is CampaignState.CLOSED:
        return
    if campaign.state is CampaignState.DRAFT:
        raise NotAllowed("This campaign was never sent, so there is nothing to close.")
    campaign.state = CampaignState.CLOSED
    for invitation in queries.snoozed(campaign):
        outbox.call_off(invitation)
    record(campaign, "closed", by=by)


def _set(campaign: Campaign, **values: Any) -> None:
    actions = [Action(action).value for action in values["actions"]]
    if not actions:
        raise NotAllowed("Choose at least one thing to ask for.")
    if values["rewarding_stage"] not in REWARDING_STAGES:
        raise NotAllowed("Choose when a referral earns its reward.")
    mail.check(values["subject_line"], values["body"], values["why"])
    terms = dict(values.pop("referral_terms", None) or {})
    if phrase := copylint.objection(terms.get("prospect_promise", "")):
        raise NotAllowed(f"Take out “{phrase}”: a reward may not depend on what people say.")
    for name, value in (values | terms | {"actions": actions}).items():
        setattr(campaign, name, value)


def _check_deadline(deadline: date) -> None:
    today = clock.now().date()
    if deadline < today:
        raise NotAllowed("The deadline has passed. Choose a later day before you send.")
    if deadline > today + LONGEST:
        raise NotAllowed(
            f"Choose a deadline within {LONGEST.days} days: links could not live longer."
        )


def _lock(campaign: Campaign) -> None:
    """Keep the row from everyone else until this transaction ends, and see it as it is now.

    Two steps: loading with FOR UPDATE would refuse a row whose version has moved on.
    """
    db.session.execute(sa.select(Campaign.id).where(Campaign.id == campaign.id).with_for_update())
    db.session.refresh(campaign)


def _still_a_draft(campaign: Campaign, seen: int | None) -> None:
    if campaign.state is not CampaignState.DRAFT:
        raise NotAllowed("This campaign was sent, and stays as it was sent.")
    if seen is not None and seen != campaign.version:
        raise Stale(
            "Someone changed this draft while you had it open. "
            "Nothing was saved: look at it as it is now."
        )


def _free_slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:70] or "campaign"
    like_it = sa.select(Campaign.slug).where(Campaign.slug.startswith(base, autoescape=True))
    taken = set(db.session.scalars(like_it))
    candidates = (f"{base}-{n}" if n > 1 else base for n in count(1))
    return next(slug for slug in candidates if slug not in taken)


# ── Its invitations ────────────────────────────────────────────────────────────────────────


def invite(campaign: Campaign, person: Advocate, *, by: Actor) -> Invitation:
    """Let one more person into a campaign already sent; no mail. Twice is the same invitation."""
    found = db.session.scalar(
        sa.select(Invitation).where(
            Invitation.campaign_id == campaign.id, Invitation.advocate_id == person.id
        )
    )
    if found and found.state is InvitationState.REVOKED:
        raise NotAllowed(f"The invitation of {person.name} was taken back.")
    if found:
        return found
    if campaign.state is not CampaignState.SENT:
        raise NotAllowed(f"The campaign “{campaign.name}” is {campaign.state}; nobody can join it.")
    asked = queries.last_asked([person.id]).get(person.id)
    if reason := queries.why_not(person, asked, outbox.suppressed(person.email), campaign.actions):
        raise NotAllowed(f"{person.name} cannot be invited. {reason}")
    return _invite(campaign, person, by=by)


def link(invitation: Invitation) -> str:
    """A fresh way in, as a full URL. Earlier ones go on working."""
    return links.mint(
        Kind.INVITATION,
        invitation,
        until=invitation.campaign.links_until,
        sent_to=invitation.advocate.email,
    )


def send_again(invitation: Invitation, *, by: Actor = SYSTEM) -> None:
    """Mail the invitation once more, if the person gave no answer and two days have passed."""
    if not invitation.campaign.is_open:
        raise NotAllowed("This campaign is over, so there is nothing to invite to.")
    if invitation.state not in {InvitationState.QUEUED, InvitationState.OPENED}:
        raise NotAllowed(f"This invitation is {invitation.state}; there is nothing to remind of.")
    person = invitation.advocate
    if reason := queries.why_not(person, None, outbox.suppressed(person.email)):
        raise NotAllowed(reason)
    last = _last_mail(invitation)
    if last and last.state is not MailState.FAILED:
        if last.created_at + BETWEEN_MAILS > clock.now():
            raise NotAllowed("The last mail is less than two days old. Give it time.")
        db.session.add(Ask(advocate_id=person.id, campaign_id=invitation.campaign_id))
    mail_to(invitation)
    record(invitation, "sent again", by=by)


def renew(invitation: Invitation) -> None:
    """Mail a fresh link to the same address, because someone with an old one asked for it.

    A no-op when one has just left or the invitation was taken back: the caller says the same
    either way.
    """
    last = _last_mail(invitation)
    just_sent = last and last.created_at + BETWEEN_LINKS > clock.now()
    if invitation.state is InvitationState.REVOKED or just_sent:
        return
    outbox.email(
        invitation.advocate.email,
        "invitation-link",
        about=invitation,
        links={"url": (Kind.INVITATION, invitation, invitation.campaign.links_until)},
        first_name=invitation.advocate.first_name,
    )
    record(invitation, "new link sent", by=SYSTEM)


def revoke(invitation: Invitation, *, by: Actor) -> None:
    """Take an invitation back: none of its links opens any more. Twice is harmless."""
    if invitation.state is InvitationState.REVOKED:
        return
    invitation.move("revoke")
    outbox.call_off(invitation)
    links.revoke(invitation, Kind.INVITATION)
    record(invitation, "revoked", by=by)


def not_me(invitation: Invitation) -> None:
    """Whoever opened the link says it is not theirs: its links close, and staff can read it."""
    links.revoke(invitation, Kind.INVITATION)
    record(invitation, queries.NOT_THEIRS, by=SYSTEM)


def open(invitation: Invitation) -> None:
    """A person pressed the button on the landing page (T39: a click alone counts as nothing)."""
    if invitation.state is InvitationState.REVOKED:
        raise NotAllowed("This invitation was taken back.")
    invitation.opened_at = invitation.opened_at or clock.now()
    if invitation.allows("open"):
        invitation.move("open")
        record(invitation, "opened", by=invitation.advocate)


def accept(invitation: Invitation, *, by: Actor) -> None:
    """They began something. Twice is harmless; after the end nothing new can begin."""
    if invitation.state is InvitationState.ACCEPTED:
        return
    if not invitation.campaign.is_open:
        raise NotAllowed("This invitation has ended, so nothing new can be started.")
    invitation.move("accept")
    outbox.call_off(invitation)
    record(invitation, "accepted", by=by)


def decline(invitation: Invitation, *, by: Actor, reason: str = "") -> None:
    """They would rather do none of it. No reminder follows. Twice is harmless."""
    if invitation.state is InvitationState.DECLINED:
        return
    if invitation.state is InvitationState.ACCEPTED:
        raise NotAllowed(
            "You have begun something here. Take that back on its own page, and decline the rest "
            "one by one."
        )
    invitation.move("decline")
    outbox.call_off(invitation)
    record(invitation, "declined", by=by, note=reason.strip()[:1000])


def decline_action(invitation: Invitation, action: Action, by: Actor) -> None:
    """Not this one; the others stay open. Declining the last one declines the invitation."""
    action = Action(action)
    if not invitation.campaign.asks_for(action):
        raise NotAllowed("We did not ask you for that.")
    if action.value in invitation.declined_actions:
        return
    invitation.declined_actions = [*invitation.declined_actions, action.value]
    record(invitation, "declined one", by=by, action=action.value)
    nothing_left = set(invitation.declined_actions) >= set(invitation.campaign.actions)
    if nothing_left and invitation.allows("decline"):
        decline(invitation, by=by)


def _invite(campaign: Campaign, person: Advocate, *, by: Actor) -> Invitation:
    invitation = mail.invitation_for(campaign, person)
    db.session.add_all([invitation, Ask(advocate_id=person.id, campaign_id=campaign.id)])
    record(invitation, "invited", by=by)
    return invitation


def mail_to(invitation: Invitation, *, not_before: datetime | None = None) -> None:
    """Promise the invitation's mail, now or for a later day."""
    campaign, person = invitation.campaign, invitation.advocate
    outbox.email(
        person.email,
        "invitation",
        about=invitation,
        mail_class=MailClass.MARKETING,
        links={
            "url": (Kind.INVITATION, invitation, campaign.links_until),
            "stop_url": (Kind.STOP, person),
        },
        not_before=not_before,
        **mail.context(invitation, settings().brand_name),
    )


def _last_mail(invitation: Invitation) -> Message | None:
    return queries.newest_mail([invitation]).get(invitation.subject)
