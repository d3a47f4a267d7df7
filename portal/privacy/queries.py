"""What a person’s own page says of what we hold."""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.campaigns.models import Invitation
from portal.consent.models import Receipt
from portal.db import db
from portal.incentives.models import GiftException, Reward
from portal.media.models import Upload
from portal.outbox.models import Message
from portal.privacy import requests
from portal.privacy.holdings import GOES, STAYS, Holding
from portal.referrals.models import Referral
from portal.sessions.models import Session, Who
from portal.submissions.models import Submission


@dataclass(frozen=True)
class Held:
    """One kind of thing, and how much of it there is."""

    holding: Holding
    count: int | None  # none: it is there or not, and needs no number


def held(person: Advocate) -> list[Held]:
    """What we hold about this person now, kind by kind; what there is none of is left out."""
    visits = sa.select(Session).where(Session.who == Who.ADVOCATE, Session.person_id == person.id)
    counts = {
        "Who you are": None,
        "Your photo": None if person.photo_id else 0,
        "Your files": count(sa.select(Upload).where(Upload.advocate_id == person.id)),
        "Your words": count(sa.select(Submission).where(Submission.advocate_id == person.id)),
        "What you asked us": len(requests.of(person)),
        "Invitations": count(sa.select(Invitation).where(Invitation.advocate_id == person.id)),
        "Exceptions to gift rules": count(
            sa.select(GiftException).where(GiftException.advocate_id == person.id)
        ),
        "Your links": count(sa.select(Referral).where(Referral.advocate_id == person.id)),
        "Mails": count(sa.select(Message).where(Message.went_to(person.email))),
        "Visits": count(visits),
        "History": None,
        "The reward ledger": count(sa.select(Reward).where(Reward.advocate_id == person.id)),
        "The consent log": count(sa.select(Receipt).where(Receipt.advocate_id == person.id)),
    }
    return [Held(one, counts[one.name]) for one in [*GOES, *STAYS] if counts.get(one.name, 0) != 0]


def count(things: sa.Select) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(things.subquery())) or 0
