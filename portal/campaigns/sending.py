"""What leaves by itself: mails at the campaign's rate, reminders, and scheduled campaigns.

What is due is a question to the database, asked anew every few seconds. A worker that dies leaves
nothing half done: each batch is one transaction, and a mail is promised together with its mark.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.campaigns import destinations, eligibility, facts, inviting, queries, unsent
from portal.campaigns.inviting import UNANSWERED
from portal.campaigns.models import Campaign, CampaignState, Invitation
from portal.db import db, lock_row, only
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM, record
from portal.outbox.models import Message
from portal.outbox.models import State as MailState
from portal.platforms import rules

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
AT_ONCE = 200  # mails promised in one transaction


# ── What is due ────────────────────────────────────────────────────────────────────────────


def scheduled() -> list[int]:
    """Drafts whose moment has come."""
    come = sa.select(Campaign.id).where(
        Campaign.state == CampaignState.DRAFT, Campaign.scheduled_for <= clock.now()
    )
    return list(db.session.scalars(come.order_by(Campaign.id)))


def on_their_way() -> list[int]:
    """Campaigns of which a mail or a reminder may leave now."""
    running = sa.select(Campaign).where(
        Campaign.state == CampaignState.SENT,
        Campaign.paused_at.is_(None),
        Campaign.deadline >= clock.now().date(),
    )
    found = db.session.scalars(running.order_by(Campaign.id)).all()
    return [one.id for one in found if waiting(one, min(room(one), 1)) or due(one, 1)]


def move_on(campaign_id: int) -> int:
    """Promise the next mails and reminders of one campaign; how many. The caller commits."""
    campaign = db.session.get_one(Campaign, campaign_id)
    lock_row(campaign)
    if not campaign.is_open or campaign.paused_at:
        return 0
    mails = promise_mails(campaign)
    return mails if campaign.paused_at else mails + promise_reminders(campaign)


# ── Invitations ────────────────────────────────────────────────────────────────────────────


def promise_mails(campaign: Campaign) -> int:
    """Promise as many of the waiting mails as may still leave this minute; none where the
    platform its reviews may be posted on no longer allows it (T12)."""
    if stands_against(campaign):
        return 0
    count = 0
    for invitation in askable(campaign, waiting(campaign, room(campaign))):
        inviting.mail_to(invitation)
        count += 1
    return count


def stands_against(campaign: Campaign) -> bool:
    """Whether the platform’s rule forbids now what it allowed when this was sent; then the
    campaign is paused, and its history says why."""
    try:
        destinations.check(campaign)
    except NotAllowed as refusal:
        campaign.paused_at = clock.now()
        take_back(campaign)
        record(campaign, "paused", by=SYSTEM, note=str(refusal))
        return True
    return False


def room(campaign: Campaign) -> int:
    """How many more mails of this campaign may be promised in this minute."""
    lately = sa.select(sa.func.count()).where(
        Invitation.campaign_id == campaign.id, Invitation.mailed_at > clock.now() - MINUTE
    )
    return min(max(campaign.mails_per_minute - only(lately), 0), AT_ONCE)


def waiting(campaign: Campaign, most: int) -> Sequence[Invitation]:
    """The invitations whose mail is yet to be promised, oldest first."""
    return db.session.scalars(
        sa.select(Invitation)
        .where(Invitation.campaign_id == campaign.id, Invitation.waits_since.is_not(None))
        .order_by(Invitation.id)
        .limit(most)
    ).all()


def askable(campaign: Campaign, invitations: Sequence[Invitation]) -> Iterator[Invitation]:
    """Those of them to whom mail may still go: days can lie between the yes of staff and this."""
    barred = why_not(campaign, invitations)
    for invitation in invitations:
        answered = invitation.state not in UNANSWERED
        if answered or invitation.id in barred:
            invitation.waits_since = None
            if not answered:
                record(invitation, unsent.BARRED, by=SYSTEM, note=barred[invitation.id])
        else:
            yield invitation


def why_not(campaign: Campaign, invitations: Sequence[Invitation]) -> dict[int, str]:
    """Why no mail may go out to which of these invitations now; what is known is read once."""
    known = facts.about_mail([one.advocate for one in invitations])
    rule = destinations.rule_of(campaign)
    found = {}
    for one in invitations:
        person = one.advocate
        reasons = eligibility.closed(person, known)
        reasons.append(rules.not_there(rule, person.company.sector, person.email))
        if reasons[0]:
            found[one.id] = reasons[0]
    return found


def take_back(campaign: Campaign) -> None:
    """Stop the mails of a campaign that were promised and not yet tried; they wait again, and a
    reminder becomes due anew."""
    named = sa.select(sa.literal("invitation:") + sa.cast(Invitation.id, sa.String)).where(
        Invitation.campaign_id == campaign.id, Invitation.snoozed_until.is_(None)
    )
    untried = sa.and_(
        Message.about.in_(named), Message.state == MailState.QUEUED, Message.attempts == 0,
        Message.template == "invitation",
    )  # fmt: skip
    stopped = db.session.scalars(
        sa.update(Message).where(untried).values(state=MailState.STOPPED).returning(Message)
    ).all()
    ids: dict[bool, list[int]] = {True: [], False: []}
    for mail in stopped:
        ids[bool(mail.context.get("reminder"))].append(int(mail.about.rpartition(":")[2]))
    for some in facts.batches(ids[False]):
        _mark(some, Invitation.reminded == 0, waits_since=clock.now(), mailed_at=None)
    for some in facts.batches(ids[True]):
        _mark(some, Invitation.reminded > 0, reminded=Invitation.reminded - 1)


def _mark(ids: Sequence[int], where: sa.ColumnElement[bool], **values: Any) -> None:
    chosen = sa.update(Invitation).where(Invitation.id.in_(ids), where)
    db.session.execute(chosen.values(values))


# ── Reminders ──────────────────────────────────────────────────────────────────────────────


def promise_reminders(campaign: Campaign) -> int:
    """Remind who gave no answer of any kind, once for each of the campaign's days."""
    found, count = due(campaign), 0
    barred = why_not(campaign, [invitation for invitation, _ in found])
    for invitation, went in found:
        if invitation.id in barred:  # not this time
            invitation.reminded = passed(campaign, went)
        else:
            inviting.remind(invitation, passed(campaign, went))
            count += 1
    return count


def due(campaign: Campaign, most: int = AT_ONCE) -> Sequence[sa.Row[Invitation, datetime]]:
    """Whose next reminder's day has come, and since when it is counted: the moment their mail
    really left. Not while another one waits, nor on the heels of one a colleague sent."""
    now, went = clock.now(), queries.went()

    def days_after(moment: Any) -> sa.ColumnElement[bool]:
        steps = enumerate(campaign.reminders)
        due = [(Invitation.reminded == n) & (moment <= now - timedelta(days=d)) for n, d in steps]
        return sa.or_(sa.false(), *due)

    return db.session.execute(
        sa.select(Invitation, went)
        .where(
            Invitation.campaign_id == campaign.id,
            Invitation.state.in_(UNANSWERED),
            Invitation.snoozed_until.is_(None),
            Invitation.waits_since.is_(None),
            days_after(Invitation.mailed_at),  # by its promise: few are left to look closely at
            days_after(went),
            ~queries.mail_waits(),
            queries.went_last() <= now - DAY,
        )
        .order_by(Invitation.id)
        .limit(most)
    ).all()


def passed(campaign: Campaign, went: datetime) -> int:
    """How many reminder days have passed since: after an absence one mail leaves, not three."""
    age = clock.now() - went
    return sum(age >= timedelta(days=days) for days in campaign.reminders)
