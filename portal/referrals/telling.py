"""What the customer who shared the link is told by mail: the step, and what became of the reward.

Coarse words, under their own label, and a class of reasons: nothing names a prospect (T33, T35).
"""

import sqlalchemy as sa

from portal.db import db
from portal.errors import there
from portal.incentives import told
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.outbox.actions import Way
from portal.outbox.models import Message, State
from portal.referrals import words
from portal.referrals.models import Lead, Stage

WAITS, NONE = "reward-held", "reward-refused"


def of_step(lead: Lead) -> None:
    """The step it has reached."""
    unsure = lead.hold and lead.stage is Stage.RECEIVED  # a program may have sent it
    if not unsure:
        step = words.coarse(lead.stage)
        news(lead, step.title, step.text)


def news(lead: Lead, title: str, text: str) -> None:
    """Something became of someone who came through their link."""
    person = lead.link.referral.advocate
    if person.left_at or not person.wants_updates:
        return
    outbox.email(
        person.email,
        "lead-moved",
        about=lead,
        links={"url": way_to(lead)},
        first_name=person.first_name,
        label=lead.link.label,
        title=title,
        text=text,
    )


def of_reward(lead: Lead, why: str) -> None:
    """That the reward waits, or that there is none: once, and again if it was otherwise between."""
    template = NONE if lead.no_reward else WAITS
    if _newest(lead) == template:
        return
    referral = lead.link.referral
    told.news(
        referral.advocate,
        template,
        about=lead,
        way=way_to(lead),
        reward=there(referral.promise)["reward"],
        cause=words.cause(lead).replace("Your", "your", 1),
        why=why,
    )


def _newest(lead: Lead) -> str | None:
    """What they were told last of this reward."""
    told_of_it = sa.select(Message.template).where(
        Message.about == lead.subject,
        Message.state != State.STOPPED,  # as by an undo: they never had it
        Message.went_to(lead.link.referral.advocate.email),
        Message.template.in_([WAITS, NONE]),
    )
    return db.session.scalar(told_of_it.order_by(Message.id.desc()).limit(1))


def way_to(lead: Lead) -> Way:
    """Back to their links."""
    invitation = lead.link.referral.invitation
    return (Kind.INVITATION, invitation, invitation.campaign.links_until)
