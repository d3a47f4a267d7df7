"""Whom a campaign may ask and why not the others; what became of the invitations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.addresses import canonical_email
from portal.advocates.models import Advocate
from portal.campaigns import unsent
from portal.campaigns.models import Campaign, Invitation, InvitationState
from portal.db import db
from portal.errors import NotFound
from portal.fields import number_of
from portal.history.models import Entry
from portal.outbox.models import Message, State
from portal.staff.models import Staff

NOT_THEIRS = "said to be for someone else"  # in the history


def campaigns() -> Sequence[sa.Row[tuple[Campaign, int, int]]]:
    """All campaigns, newest first, each with how many were invited and how many began."""
    accepted = sa.case((Invitation.state == InvitationState.ACCEPTED, 1), else_=0)
    return db.session.execute(
        sa.select(
            Campaign, sa.func.count(Invitation.id), sa.func.coalesce(sa.func.sum(accepted), 0)
        )
        .outerjoin(Invitation, Invitation.campaign_id == Campaign.id)
        .group_by(Campaign.id)
        .order_by(Campaign.id.desc())
    ).all()


def campaign(campaign_id: int) -> Campaign:
    """One campaign, or NotFound."""
    found = db.session.get(Campaign, campaign_id)
    if found is None:
        raise NotFound("There is no such campaign.")
    return found


def by_slug(slug: str) -> Campaign:
    """One campaign by the short name in its address, or NotFound."""
    found = db.session.scalar(sa.select(Campaign).where(Campaign.slug == slug))
    if found is None:
        raise NotFound(f"There is no campaign “{slug}”.")
    return found


def customer(email: str) -> Advocate:
    """The customer with this address, however it is spelled, or NotFound."""
    key = canonical_email(email) if "@" in email else email
    found = db.session.scalar(sa.select(Advocate).where(Advocate.email_key == key))
    if found is None:
        raise NotFound(f"There is no customer with the address {email}.")
    return found


def why_paused(campaign: Campaign) -> str:
    """What was written down when it was paused; empty where a colleague just did."""
    said = sa.select(Entry.note).where(Entry.about == campaign.subject, Entry.verb == "paused")
    return db.session.scalar(said.order_by(Entry.id.desc()).limit(1)) or ""


def invitation(invitation_id: int) -> Invitation:
    """One invitation, or NotFound."""
    found = db.session.get(Invitation, invitation_id)
    if found is None:
        raise NotFound("There is no such invitation.")
    return found


def snoozed(campaign: Campaign) -> Sequence[Invitation]:
    """The invitations of a campaign that were put off by the person invited."""
    return db.session.scalars(
        sa.select(Invitation).where(
            Invitation.campaign_id == campaign.id, Invitation.snoozed_until.is_not(None)
        )
    ).all()


# ── The mails of an invitation ─────────────────────────────────────────────────────────────
#
# One that was called off (by a pause, an undo, or what the person said) never reached anybody: it
# counts for nothing as long as there is another.

MAIL, LINK = "invitation", "invitation-link"  # what asks, first or again; what they asked for
NAMED = sa.literal("invitation:") + sa.cast(Invitation.id, sa.String)


def last_mail() -> sa.Select[int]:
    """The last mail of an invitation that was not called off, for statements about invitations:
    what it did is what became of the mail. Where there is none, none left and none waits."""
    left = Message.template == MAIL, Message.state != State.STOPPED
    mails = sa.select(Message.id).where(Message.about == NAMED, *left)
    return mails.order_by(Message.id.desc()).limit(1).correlate(Invitation)


def went() -> sa.ScalarSelect[datetime]:
    """When the first mail of an invitation really left, for statements about invitations."""
    return _really(sa.func.min(Message.sent_at))


def went_last() -> sa.ScalarSelect[datetime]:
    """When the last one did."""
    return _really(sa.func.max(Message.sent_at))


def _really(when: sa.Function[Any]) -> sa.ScalarSelect[datetime]:
    sent = Message.about == NAMED, Message.template == MAIL, Message.state == State.SENT
    return sa.select(when).where(*sent).correlate(Invitation).scalar_subquery()


def mail_waits() -> sa.ColumnElement[bool]:
    """Whether a mail of an invitation was promised and has not left yet."""
    waits = Message.template == MAIL, Message.state == State.QUEUED
    return sa.exists().where(Message.about == NAMED, *waits).correlate(Invitation)


def reminders_of(invitations: Sequence[Invitation]) -> dict[str, int]:
    """How many reminders of each invitation really left, by the invitation's subject."""
    named = [one.subject for one in invitations if one.reminded]
    reminds = Message.context["reminder"].as_boolean()
    count = sa.select(Message.about, sa.func.count()).group_by(Message.about)
    sent = Message.template == MAIL, Message.state == State.SENT, reminds
    found = count.where(Message.about.in_(named), *sent)
    return dict(db.session.execute(found).all()) if named else {}


def standing(invitation: Invitation, mail: Message | None) -> str:
    """Where an invitation is, in one word: what the person did, or else what the mail did."""
    if invitation.state is not InvitationState.QUEUED:
        return invitation.state.value
    if not invitation.campaign.is_open:
        return "expired"
    if invitation.waits_since:
        return "queued"
    if mail is None:
        return "not mailed"  # let in by hand, with a link of its own
    return mail.state.value


# The same as staff read it.
STANDING = {
    "queued": "Mail waiting", "sent": "Mail sent", "stopped": "Not sent",
    "failed": "Mail failed", "not mailed": "Not sent", "opened": "Opened",
    "accepted": "Takes part", "declined": "Declined", "expired": "Ended unanswered",
    "revoked": "Taken back",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row of a campaign's page."""

    invitation: Invitation
    mail: Message | None
    remark: str  # why it was declined, or that it reached someone else
    unsent: str = ""  # why no mail left or waits, where none does
    reminders: int = 0  # that really left

    @property
    def standing(self) -> str:
        return standing(self.invitation, self.mail)

    @property
    def told(self) -> str:
        return STANDING[self.standing]

    @property
    def may_be_sent_again(self) -> bool:
        """Whether a colleague may mail it now: open, unanswered, and no mail left lately."""
        one = self.invitation
        unanswered = one.state in UNANSWERED and one.campaign.is_open and not one.campaign.paused_at
        free = one.advocate.takes_mail and not one.advocate.stopped_at and not one.waits_since
        return unanswered and free and not is_recent(self.mail, BETWEEN_MAILS)


UNANSWERED = (InvitationState.QUEUED, InvitationState.SENT, InvitationState.OPENED)
BETWEEN_MAILS = timedelta(days=2)


def is_recent(mail: Message | None, span: timedelta) -> bool:
    """Whether this left, or was promised and still may, not longer ago than that."""
    if mail is None or mail.state not in (State.SENT, State.QUEUED):
        return False
    return (mail.sent_at or mail.created_at) + span > clock.now()


PAGE = 100


@dataclass(frozen=True)
class Page:
    """Some rows of a campaign's page, in the order they were invited."""

    lines: list[Line]
    next: int | None  # the id to go on after


def lines(campaign: Campaign, *where: sa.ColumnElement[bool], after: int = 0) -> Page:
    """Invitations of a campaign with their newest mails, a hundred to a page."""
    found = db.session.scalars(
        sa.select(Invitation)
        .where(Invitation.campaign_id == campaign.id, Invitation.id > after, *where)
        .order_by(Invitation.id)
        .limit(PAGE + 1)
    ).all()
    more, found = len(found) > PAGE, found[:PAGE]
    mails, notes, reminded = mails_of(found), remarks(found), reminders_of(found)
    why = unsent.reasons([(one, mails.get(one.id)) for one in found if _unsent(one, mails)])
    rows = [
        Line(
            one,
            mails.get(one.id),
            notes.get(one.subject, ""),
            why.get(one.id, ""),
            reminded.get(one.subject, 0),
        )
        for one in found
    ]
    return Page(rows, found[-1].id if more else None)


def mails_of(invitations: Sequence[Invitation], *kinds: str) -> dict[int, Message]:
    """The last mail of each invitation (or of these kinds), called off only where all of them
    were."""
    newest = sa.select(sa.func.max(Message.id)).where(
        Message.about.in_([one.subject for one in invitations]),
        Message.template.in_(kinds or [MAIL]),
    )
    ids = newest.group_by(Message.about, Message.state == State.STOPPED)
    found = db.session.scalars(sa.select(Message).where(Message.id.in_(ids))).all()
    stopped_first = sorted(found, key=lambda mail: mail.state is not State.STOPPED)
    return {int(mail.about.rpartition(":")[2]): mail for mail in stopped_first}


def _unsent(invitation: Invitation, mails: dict[int, Message]) -> bool:
    mail = mails.get(invitation.id)
    return not invitation.waits_since and (mail is None or mail.state is State.STOPPED)


def remarks(invitations: Sequence[Invitation]) -> dict[str, str]:
    """What people told us about their invitations, by the invitation's subject."""
    said = sa.select(Entry).where(
        Entry.about.in_([invitation.subject for invitation in invitations]),
        Entry.verb.in_(["declined", "declined one", NOT_THEIRS]),
    )
    return {
        entry.about: f"“{entry.note}”" if entry.note else "Someone else has the link: closed."
        for entry in db.session.scalars(said.order_by(Entry.id))
        if entry.note or entry.verb == NOT_THEIRS
    }


def owner_name(owner: str | int | None) -> str:
    """Who an audience filtered by owner belongs to."""
    number = number_of(str(owner or ""))
    person = db.session.get(Staff, number) if number else None
    return person.name if person else ""
