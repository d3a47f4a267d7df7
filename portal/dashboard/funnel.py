"""How many people of a campaign came how far, and exactly who they are.

A number and its list ask the same condition, so neither can say what the other does not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.advocates.models import Advocate
from portal.campaigns import queries as campaigns
from portal.campaigns.models import Campaign, Invitation, InvitationState
from portal.db import db
from portal.outbox.models import Message
from portal.outbox.models import State as Mail
from portal.publishing import tallying
from portal.publishing.models import Asset
from portal.publishing.queries import permitted
from portal.submissions.models import Submission

HEADS = (
    "Name",
    "Email",
    "Company",
    "State",
    "Why no mail left",
    "Invited on",
    "Opened on",
    "What they told us",
)


@dataclass(frozen=True)
class Step:
    """One number of the funnel: what it is called, what it means, and how many."""

    label: str
    hint: str
    count: int


LABELS = {
    "invited": ("Invited", "by this campaign"),
    "queued": ("Mail waiting", "for its turn, or the relay"),
    "sent": ("Mail sent", "the relay took the last one"),
    "undelivered": ("Came back", "not delivered"),
    "unsent": ("Not sent", "no mail went to them"),
    "opened": ("Opened", "pressed the button"),
    "accepted": ("Take part", "began something"),
    "started": ("Began to write", "sent or not"),
    "submitted": ("Sent something", "for us to read"),
    "published": ("Published", "anyone can read it now"),
    "declined": ("Declined", "said no to all of it"),
    "stopped": ("Stopped", "want no more invitations"),
}


def steps(campaign: Campaign) -> dict[str, Step]:
    """All numbers of a campaign; two statements, however many were invited."""
    asked = conditions(campaign)
    counts = [sa.func.count().filter(asked[name]).label(name) for name in LABELS]
    found = db.session.execute(sa.select(*counts).where(_of(campaign))).one()
    return {name: Step(*LABELS[name], getattr(found, name)) for name in LABELS}


def conditions(campaign: Campaign) -> Mapping[str, sa.ColumnElement[bool]]:
    """Who is meant by each number. "Opened" means a person pressed the button, never a click
    (T39); "published" that anyone can read it now, sealed as its author agreed to it (T3).

    Everyone invited is in exactly one of queued, sent, undelivered and unsent."""
    mail, person = _state_of_mail(), aliased(Advocate)
    promised = Invitation.waits_since.is_(None)
    wrote = sa.exists().where(Submission.invitation_id == Invitation.id)
    stopped = sa.exists().where(person.id == Invitation.advocate_id, person.stopped_at.is_not(None))
    return {
        "invited": sa.true(),
        "queued": sa.or_(Invitation.waits_since.is_not(None), mail == Mail.QUEUED),
        "sent": sa.and_(promised, mail == Mail.SENT),
        "undelivered": sa.and_(promised, mail == Mail.FAILED),
        "unsent": sa.and_(promised, mail.is_(None)),
        "opened": Invitation.opened_at.is_not(None),
        "accepted": Invitation.state == InvitationState.ACCEPTED,
        "started": wrote,
        "submitted": wrote.where(Submission.submitted_at.is_not(None)),
        "published": Invitation.id.in_(_shown(campaign)),
        "declined": Invitation.state == InvitationState.DECLINED,
        "stopped": stopped,
    }


def page(campaign: Campaign, step: str, after: int = 0) -> campaigns.Page:
    """The people behind one number, a hundred to a page, in the order they were invited."""
    return campaigns.lines(campaign, conditions(campaign)[step], after=after)


def every(campaign: Campaign, step: str) -> Iterator[campaigns.Line]:
    """All of them, page after page."""
    after: int | None = 0
    while after is not None:
        found = page(campaign, step, after)
        yield from found.lines
        after = found.next


def cells(line: campaigns.Line) -> list[object]:
    """One of them, for a spreadsheet under HEADS."""
    one, person = line.invitation, line.invitation.advocate
    return [
        person.name, person.email, person.company.name, line.told, line.unsent,
        one.created_at.date(), one.opened_at and one.opened_at.date(), line.remark,
    ]  # fmt: skip


def _of(campaign: Campaign) -> sa.ColumnElement[bool]:
    return Invitation.campaign_id == campaign.id


def _state_of_mail() -> sa.ScalarSelect[Mail]:
    """In which state the last mail of an invitation is that was not called off, if any."""
    last = campaigns.last_mail().with_only_columns(Message.state)
    return last.scalar_subquery()


def _shown(campaign: Campaign) -> sa.Select[int]:
    """The invitations whose words anyone can read now."""
    theirs = Submission.invitation_id.in_(sa.select(Invitation.id).where(_of(campaign)))
    return (
        sa.select(Submission.invitation_id)
        .select_from(Asset)
        .join(Asset.submission)
        .join(Submission.advocate)
        .where(*permitted(), theirs, Asset.id.not_in(tallying.altered(theirs)))
    )
