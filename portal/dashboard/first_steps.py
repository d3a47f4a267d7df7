"""From an empty installation to the first words: each step looked up, none ticked by hand."""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.campaigns.models import Campaign, CampaignState, Invitation
from portal.config import settings
from portal.db import db, only
from portal.history.actions import record
from portal.incentives.models import Offer
from portal.outbox import actions as outbox
from portal.outbox.models import Message
from portal.outbox.models import State as Mail
from portal.staff.models import Role, Staff
from portal.submissions.models import State, Submission

TEST = "mail-test"  # the template


@dataclass(frozen=True)
class Step:
    """One of them: where it is done, whether it is, and by whom it can be."""

    title: str
    hint: str
    url: str
    done: bool
    who: Role = Role.EDITOR
    is_button: bool = False  # pressed in the list itself


def steps() -> list[Step]:
    """All of them in order; empty once a contribution was decided on, which ends the list."""
    decided = [State.APPROVED, State.PUBLISHED, State.DECLINED, State.RETIRED]
    if found(sa.select(Submission.id).where(Submission.state.in_(decided))):
        return []
    return [
        Step(
            "Say who you are",
            "Name, postal address and whom to ask: every mail carries them.",
            "/staff/settings/brand",
            not settings().unsaid,
            Role.OWNER,
        ),
        Step(
            "Send yourself a test mail",
            "It shows that invitations would arrive.",
            "/staff/first-steps/mail",
            found(
                sa.select(Message.id).where(Message.template == TEST, Message.state == Mail.SENT)
            ),
            is_button=True,
        ),
        Step(
            "Invite a colleague (optional)",
            "Two people see more than one. An owner lets them in.",
            "/staff/people",
            only(sa.select(sa.func.count()).select_from(Staff)) > 1,
            Role.OWNER,
        ),
        Step(
            "Import your customers",
            "A CSV or Excel file with names and mail addresses.",
            "/staff/imports/new",
            found(sa.select(Advocate.id)),
        ),
        Step(
            "Make an offer (optional)",
            "A thank-you everyone invited gets, whatever they say.",
            "/staff/offers",
            found(sa.select(Offer.id)),
        ),
        Step(
            "Create a campaign",
            "Whom you ask for what, until when.",
            "/staff/campaigns/new",
            found(sa.select(Campaign.id)),
        ),
        Step(
            "Send it",
            "Everyone gets a personal link; nobody needs a password.",
            _newest_draft(),
            found(sa.select(Invitation.id)),
        ),
        Step(
            "Decide on the first contribution",
            "It waits in the queue once a customer has sent it.",
            "/staff/queue",
            False,
        ),
    ]


def _newest_draft() -> str:
    """Where it is looked at and sent; the list, where there is none."""
    draft = sa.select(Campaign.id).where(Campaign.state == CampaignState.DRAFT)
    newest = db.session.scalar(draft.order_by(Campaign.id.desc()).limit(1))
    return f"/staff/campaigns/{newest}" if newest else "/staff/campaigns"


def test_mail(person: Staff) -> None:
    """A mail to oneself, the way every other goes."""
    outbox.email(person.email, TEST, about=person, first_name=person.name)
    record(person, "test mail sent", by=person)


def found(query: sa.Select) -> bool:
    return db.session.scalar(query.limit(1)) is not None
