"""Why no mail went to somebody who was invited, in a sentence for staff."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.campaigns import eligibility, facts
from portal.campaigns.facts import Facts
from portal.campaigns.models import Invitation, InvitationState
from portal.db import db
from portal.history.models import Entry
from portal.outbox.models import Message

BARRED = "not mailed"  # in the history, with the reason as it was then
ANSWERED = (InvitationState.ACCEPTED, InvitationState.DECLINED)


def reasons(found: Sequence[tuple[Invitation, Message | None]]) -> dict[int, str]:
    """Of invitations of which no mail left or waits, each with the one that was called off, if
    any: why, by the id of the invitation."""
    if not found:
        return {}
    known = facts.about_mail([one.advocate for one, _ in found])
    noted = _noted([one for one, _ in found])
    return {one.id: noted.get(one.subject) or _reason(one, mail, known) for one, mail in found}


def _reason(one: Invitation, mail: Message | None, known: Facts) -> str:
    closed = eligibility.closed(one.advocate, known)
    if one.state is InvitationState.REVOKED:
        return "Taken back before it left."
    if mail and closed:
        return closed[0]
    if not one.advocate.takes_mail:
        return "Wants no invitations by mail."
    if one.state in ANSWERED:
        return "Answered before it left."
    if mail is None:
        return "Let in by hand, with a link of its own."
    if mail.attempts:
        return "Could not be delivered, and is tried no more."
    return "Called off before it left."


def _noted(invitations: Sequence[Invitation]) -> dict[str, str]:
    """What was written down when a mail was about to be promised and was not."""
    said = sa.select(Entry).where(
        Entry.about.in_([one.subject for one in invitations]), Entry.verb == BARRED
    )
    return {entry.about: entry.note for entry in db.session.scalars(said.order_by(Entry.id))}
