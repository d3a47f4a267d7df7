"""One person's invitation: made, mailed, opened, accepted, declined, taken back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal import clock
from portal.advocates import wishes
from portal.advocates.models import Advocate
from portal.campaigns import destinations, eligibility, facts, mail, queries
from portal.campaigns.models import (
    Action,
    Ask,
    Campaign,
    CampaignState,
    Invitation,
    InvitationState,
)
from portal.campaigns.queries import BETWEEN_MAILS, UNANSWERED
from portal.config import settings
from portal.db import db, lock, lock_row
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM, Actor, record, record_all
from portal.links import actions as links
from portal.links import codes
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.outbox.models import MailClass, Message
from portal.outbox.models import State as MailState
from portal.staff.models import Staff

BETWEEN_LINKS = timedelta(minutes=5)
NOT_BY_HAND = (
    "Nobody is picked by hand for a review: it is asked of everyone who may be asked, or by lot."
)


def invite(campaign: Campaign, person: Advocate, *, by: Actor) -> Invitation:
    """Let one more person into a campaign already sent; no mail. Twice is the same invitation.

    Whoever is let in by hand was picked, so nobody is asked for a review like this (T19).
    """
    lock("asks")
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
    known = facts.of([person])
    reasons = {action: eligibility.why_not(person, action, known) for action in campaign.actions}
    if barred := destinations.why_not(campaign, person):
        raise NotAllowed(f"{person.name} cannot be invited. {barred}")
    if Action.REVIEW in reasons:
        reasons[Action.REVIEW].append(NOT_BY_HAND)
    if person.id in eligibility.invited_ids(campaign):
        raise NotAllowed(f"{person.name} was invited already, at another address.")
    if all(reasons.values()):
        raise NotAllowed(f"{person.name} cannot be invited. {next(iter(reasons.values()))[0]}")
    invitation = mail.invitation_for(campaign, person, [one for one in reasons if reasons[one]])
    create([invitation], by=by)
    return invitation


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
    lock_row(invitation)
    if barred := why_no_mail(invitation, again=True):
        raise NotAllowed(barred)
    last = _last_mail(invitation)
    if queries.is_recent(last, BETWEEN_MAILS):
        raise NotAllowed("The last mail is less than two days old. Give it time.")
    if last and last.state in (MailState.SENT, MailState.QUEUED):
        db.session.add(ask(invitation))
    mail_to(invitation)
    record(invitation, "sent again", by=by)


def why_no_mail(invitation: Invitation, *, again: bool) -> str:
    """Why its mail may not leave, as a sentence: what the person said under any of their rows, up
    to this moment, counts. Staff send nothing ``again`` that could not leave as a first mail."""
    campaign, person = invitation.campaign, invitation.advocate
    if not campaign.is_open:
        return "This campaign is over, so there is nothing to invite to."
    if invitation.state not in UNANSWERED:
        return f"This invitation is {invitation.state}; there is nothing to remind of."
    if again and campaign.paused_at:
        return "This campaign is paused. Resume it first."
    if again:
        destinations.check(campaign)
    reasons = eligibility.closed(person, facts.about_mail([person]))
    reasons.append(destinations.why_not(campaign, person))
    takes = person.takes_mail
    return reasons[0] or ("" if takes else f"{person.first_name} wants no invitations by mail.")


@outbox.asks_first("invitation")
def bar(mail: Message, again: bool) -> str:
    """The same for a mail on its way, or one that was given up (T38)."""
    if mail.mail_class is not MailClass.MARKETING:
        return ""  # a trial, to its writer
    found = db.session.get(Invitation, int(mail.about.rpartition(":")[2]))
    return why_no_mail(found, again=again) if found else "This invitation is gone."


def renew(invitation: Invitation) -> None:
    """Mail a fresh link to the same address, because someone with an old one asked for it.

    A no-op when one has just left or the invitation was taken back: the caller says the same
    either way.
    """
    lock_row(invitation)
    last = _last_mail(invitation)
    just_sent = queries.is_recent(last, BETWEEN_LINKS)
    if invitation.state is InvitationState.REVOKED or just_sent:
        return
    outbox.email(
        invitation.advocate.email,
        "invitation-link",
        about=invitation,
        links=_ways_in(invitation),
        first_name=invitation.advocate.first_name,
        code_page=code_page(),
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


def decline_action(invitation: Invitation, action: Action, by: Actor, *, reason: str = "") -> None:
    """Not this one; the others stay open. Declining the last one declines the invitation."""
    action = Action(action)
    if not invitation.campaign.asks_for(action):
        raise NotAllowed("We did not ask you for that.")
    if action.value in invitation.declined_actions:
        return
    invitation.declined_actions = [*invitation.declined_actions, action.value]
    note = reason.strip()[:1000]
    record(invitation, "declined one", by=by, action=action.value, note=note)
    nothing_left = set(invitation.declined_actions) >= set(invitation.campaign.actions)
    if nothing_left and invitation.allows("decline"):
        decline(invitation, by=by)


def create(invitations: Sequence[Invitation], *, by: Actor) -> None:
    """Write invitations down, and that these people were asked. The caller holds the lock."""
    db.session.add_all(invitations)
    for invitation in invitations:
        db.session.add(ask(invitation))
    record_all([(invitation, "invited", "") for invitation in invitations], by=by)


def ask(invitation: Invitation) -> Ask:
    """The line in the ledger of asks: nothing else writes one."""
    return Ask(advocate_id=invitation.advocate.id, campaign_id=invitation.campaign.id)


def remind(invitation: Invitation, number: int) -> None:
    """Promise the mail that comes back to an invitation nobody answered. It is an ask, too."""
    invitation.reminded = number
    if not invitation.advocate.takes_mail:
        return
    mail_to(invitation, reminder=True)
    db.session.add(ask(invitation))
    record(invitation, "reminded", by=SYSTEM)


def send_test(invitation: Invitation, *, to: Staff) -> None:
    """Show a draft's mail in a real mailbox: that of the person who wants to see it."""
    draft = f"{settings().base_url}/staff/campaigns/{invitation.campaign.id}"
    words = mail.context(invitation, settings().brand_name)
    words["subject_line"] = f"[Test] {words['subject_line']}"
    words |= {"url": draft, "stop_url": draft, "code": "123 456", "code_page": code_page()}
    outbox.email(to.email, "invitation", about=invitation.campaign, **words)


def mail_to(
    invitation: Invitation, *, not_before: datetime | None = None, reminder: bool = False
) -> None:
    """Promise the invitation's mail, now or for a later day; not to who takes none by mail."""
    person, invitation.waits_since = invitation.advocate, None
    if not person.takes_mail:
        return
    invitation.mailed_at = invitation.mailed_at or clock.now()
    outbox.email(
        person.email,
        "invitation",
        about=invitation,
        mail_class=MailClass.MARKETING,
        links=_ways_in(invitation) | {"stop_url": (Kind.STOP, person)},
        not_before=not_before,
        zone=wishes.clock_of(person),
        code_page=code_page(),
        **mail.context(invitation, settings().brand_name, reminder=reminder),
    )


def _ways_in(invitation: Invitation) -> dict:
    """The link, and the digits that do the same on another device."""
    until = invitation.campaign.links_until
    return {
        "url": (Kind.INVITATION, invitation, until),
        "code": (codes.KIND, invitation, until),
    }


def code_page() -> str:
    """Where the digits are typed; short enough to type as well."""
    return f"{settings().base_url}/code"


def _last_mail(invitation: Invitation) -> Message | None:
    """The last one of any kind that brings the link: one they asked for as well."""
    return queries.mails_of([invitation], queries.MAIL, queries.LINK).get(invitation.id)
