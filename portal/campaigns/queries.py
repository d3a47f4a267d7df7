"""Whom a campaign may ask and why not the others; what became of the invitations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.addresses import canonical_email
from portal.advocates.models import Advocate, Company
from portal.campaigns.models import Ask, Campaign, Invitation, InvitationState
from portal.db import db
from portal.errors import NotFound
from portal.history.models import Entry
from portal.outbox import actions as outbox
from portal.outbox.models import Message
from portal.outbox.models import State as MailState

NOT_THEIRS = "said to be for someone else"  # in the history
ASK_EVERY = timedelta(days=60)  # one ask per person in this time, over all campaigns

# What may narrow an audience. There is none by satisfaction, on purpose: whom to ask for a
# review may not depend on how happy anyone is (T19).
FILTERS = ("search", "country", "company")

NotNow = tuple[Advocate, str]


# ── Whom to ask ────────────────────────────────────────────────────────────────────────────


def matching(audience: dict[str, Any]) -> Sequence[Advocate]:
    """Everyone an audience names, askable or not: the people picked, or all the filter finds."""
    found = (
        sa.select(Advocate)
        .join(Advocate.company)
        .where(Advocate.erased_at.is_(None))
        .order_by(Company.name, Advocate.id)
    )
    if "ids" in audience:
        found = found.where(Advocate.id.in_(audience["ids"]))
    if search := audience.get("search", "").strip():
        found = found.where(
            sa.or_(
                *(
                    column.icontains(search, autoescape=True)
                    for column in (
                        Advocate.first_name + " " + Advocate.last_name,
                        Advocate.email,
                        Advocate.job_title,
                        Company.name,
                    )
                )
            )
        )
    if country := audience.get("country", ""):
        found = found.where(Advocate.country == country)
    if company := audience.get("company", ""):
        found = found.where(Company.name == company)
    return db.session.scalars(found).all()


def audience(
    audience: dict[str, Any], *, campaign: Campaign | None = None
) -> tuple[list[Advocate], list[NotNow]]:
    """Who may be asked now, and who may not, each with the reason in a sentence."""
    people = matching(audience)
    asked = last_asked([person.id for person in people])
    invited = invited_ids(campaign) if campaign else set()
    suppressed = outbox.suppressed_among([person.email for person in people])
    wanted = campaign.actions if campaign else ()
    eligible, not_now = [], []
    for person in people:
        reason = (
            "Already invited to this campaign."
            if person.id in invited
            else why_not(person, asked.get(person.id), person.email in suppressed, wanted)
        )
        if reason:
            not_now.append((person, reason))
        else:
            eligible.append(person)
    return eligible, not_now


def why_not(
    person: Advocate,
    asked: datetime | None,
    suppressed: bool = False,
    wanted: Sequence[str] = (),
) -> str:
    """Why this person may not be asked now, ``wanted`` being the actions; empty when they may."""
    if person.restricted_at:
        return "Asked us to do nothing with what we hold about them."
    if person.stopped_at:
        return f"Asked us on {_day(person.stopped_at)} to stop inviting them."
    if person.left_at:
        return f"Left {person.company.name}, noted on {_day(person.left_at)}."
    if suppressed:
        return "This address asked for no more mail."
    if person.paused_until and person.paused_until >= clock.now().date():
        return f"Asked us to wait until after {_day(person.paused_until)}."
    if wanted and person.asks_for and not set(wanted) & set(person.asks_for):
        return f"Wants to be asked only for: {', '.join(person.asks_for)}."
    if asked and asked + ask_every(person) > clock.now():
        again = _day(asked + ask_every(person))
        return f"Asked on {_day(asked)}; can be asked again from {again}."
    return ""


def ask_every(person: Advocate) -> timedelta:
    """How long we leave this person alone after an ask: our limit, or theirs when it is longer."""
    return max(ASK_EVERY, timedelta(days=person.ask_every or 0))


def last_asked(ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these people was last asked for anything, by us, in any campaign."""
    newest = (
        sa.select(Ask.advocate_id, sa.func.max(Ask.at))
        .where(Ask.advocate_id.in_(ids))
        .group_by(Ask.advocate_id)
    )
    return dict(db.session.execute(newest).all())


def invited_ids(campaign: Campaign) -> set[int]:
    return set(
        db.session.scalars(
            sa.select(Invitation.advocate_id).where(Invitation.campaign_id == campaign.id)
        )
    )


def countries() -> Sequence[str]:
    named = sa.select(Advocate.country).where(Advocate.country != "").distinct()
    return db.session.scalars(named.order_by(Advocate.country)).all()


def companies() -> Sequence[str]:
    return db.session.scalars(sa.select(Company.name).order_by(Company.name)).all()


# ── What became of it ──────────────────────────────────────────────────────────────────────


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


def newest_mail(invitations: Sequence[Invitation]) -> dict[str, Message]:
    """The newest mail about each invitation, by the invitation's subject."""
    ids = (
        sa.select(sa.func.max(Message.id))
        .where(Message.about.in_([invitation.subject for invitation in invitations]))
        .group_by(Message.about)
    )
    found = db.session.scalars(sa.select(Message).where(Message.id.in_(ids)))
    return {message.about: message for message in found}


def standing(invitation: Invitation, mail: Message | None) -> str:
    """Where an invitation is, in one word: what the person did, or else what the mail did."""
    if invitation.state is not InvitationState.QUEUED:
        return invitation.state.value
    if not invitation.campaign.is_open:
        return "expired"
    if mail is None:
        return "not mailed"  # let in by hand, with a link of its own
    return mail.state.value


@dataclass(frozen=True)
class Line:
    """One row of a campaign's page."""

    invitation: Invitation
    mail: Message | None
    remark: str  # why it was declined, or that it reached someone else

    @property
    def standing(self) -> str:
        return standing(self.invitation, self.mail)


def lines(campaign: Campaign) -> list[Line]:
    """Every invitation of a campaign with its newest mail, in the order of the companies."""
    found = db.session.scalars(
        sa.select(Invitation)
        .join(Invitation.advocate)
        .join(Advocate.company)
        .where(Invitation.campaign_id == campaign.id)
        .order_by(Company.name, Invitation.id)
    ).all()
    mails, notes = newest_mail(found), remarks(found)
    return [
        Line(invitation, mails.get(invitation.subject), notes.get(invitation.subject, ""))
        for invitation in found
    ]


def remarks(invitations: Sequence[Invitation]) -> dict[str, str]:
    """What people told us about their invitations, by the invitation's subject."""
    said = sa.select(Entry).where(
        Entry.about.in_([invitation.subject for invitation in invitations]),
        Entry.verb.in_(["declined", NOT_THEIRS]),
    )
    return {
        entry.about: f"“{entry.note}”" if entry.note else "Someone else has the link: closed."
        for entry in db.session.scalars(said.order_by(Entry.id))
        if entry.note or entry.verb == NOT_THEIRS
    }


def funnel(lines: Sequence[Line]) -> dict[str, int]:
    """How many came how far. "Opened" means a person pressed the button, never a click (T39)."""
    began = [line for line in lines if line.invitation.state is InvitationState.ACCEPTED]
    mails = [line.mail.state for line in lines if line.mail]
    return {
        "invited": len(lines),
        "queued": mails.count(MailState.QUEUED),
        "sent": mails.count(MailState.SENT),
        "undelivered": mails.count(MailState.FAILED) + mails.count(MailState.STOPPED),
        "opened": sum(line.invitation.opened_at is not None for line in lines),
        "accepted": len(began),
        "declined": sum(line.invitation.state is InvitationState.DECLINED for line in lines),
    }


def _day(moment: date) -> str:
    return f"{moment.day} {moment:%B %Y}"
