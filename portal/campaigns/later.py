"""“Ask me later”, and what is let go of once nobody will ask again."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal import clock
from portal.advocates import wishes
from portal.advocates.models import Advocate
from portal.campaigns import inviting
from portal.campaigns.models import Ask, Campaign, Invitation, InvitationState
from portal.db import db
from portal.errors import NotAllowed
from portal.history.actions import Actor, record
from portal.history.actions import forget as forget_notes
from portal.links import actions as links
from portal.outbox import actions as outbox

SPANS = (7, 30, 91)  # days: a week, a month, three months
UNANSWERED = (
    InvitationState.QUEUED,
    InvitationState.SENT,
    InvitationState.OPENED,
    InvitationState.EXPIRED,
    InvitationState.DECLINED,
)


def snooze(invitation: Invitation, days: int, *, by: Actor) -> None:
    """Ask nothing of this person for so many days, then mail this invitation once more.

    Where it will have ended by then, nothing is mailed. Doing it twice is harmless.
    """
    if days not in SPANS:
        raise NotAllowed("Choose when we may ask you again.")
    if not invitation.campaign.is_open or not invitation.allows("decline"):
        raise NotAllowed("You have answered this invitation, or it has ended.")
    until = clock.now() + timedelta(days=days)
    if invitation.snoozed_until and invitation.snoozed_until.date() == until.date():
        return
    outbox.call_off(invitation)
    invitation.snoozed_until = until
    wishes.pause(invitation.advocate, until.date() - timedelta(days=1), by=by)
    if comes_again(invitation):
        inviting.mail_to(invitation, not_before=until)
    record(invitation, "asked to wait", by=by, days=days)


def comes_again(invitation: Invitation) -> bool:
    """Whether it will still be open on the day they want to be asked again."""
    until = invitation.snoozed_until
    return until is not None and until.date() <= invitation.campaign.deadline


def forget(advocate: Advocate, *, by: Actor) -> None:
    """Close every way in of a person who is being erased, and what they told us there (T36)."""
    found = db.session.scalars(
        sa.select(Invitation).where(Invitation.advocate_id == advocate.id)
    ).all()
    for invitation in found:
        if invitation.allows("revoke"):
            inviting.revoke(invitation, by=by)
    for invitation in found:
        invitation.personal_line = ""
        lines = invitation.campaign.personal_lines
        if str(advocate.id) in lines:
            kept = {name: said for name, said in lines.items() if name != str(advocate.id)}
            invitation.campaign.personal_lines = kept
    names = [invitation.subject for invitation in found]
    forget_notes(names)
    links.forget([*names, advocate.subject])
    outbox.forget_person(advocate.email, names)


def purge(before: datetime) -> int:
    """Delete invitations nobody took up whose campaign ended before this moment; how many.

    How many they were stays with the campaign.
    """
    ended = sa.select(Campaign).where(Campaign.deadline < before.date())
    return sum(_let_go(campaign) for campaign in db.session.scalars(ended).all())


def _let_go(campaign: Campaign) -> int:
    found = db.session.scalars(
        sa.select(Invitation).where(
            Invitation.campaign_id == campaign.id, Invitation.state.in_(UNANSWERED)
        )
    ).all()
    if not found:
        return 0
    names = [invitation.subject for invitation in found]
    forget_notes(names)
    links.forget(names)
    people = [invitation.advocate_id for invitation in found]
    asks = sa.delete(Ask).where(Ask.campaign_id == campaign.id, Ask.advocate_id.in_(people))
    db.session.execute(asks)
    for invitation in found:
        db.session.delete(invitation)
    db.session.flush()
    campaign.let_go += len(found)
    return len(found)
