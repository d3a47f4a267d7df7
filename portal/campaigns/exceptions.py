"""An offer where offers are off: one of the staff asks for it, another one agrees (T13)."""

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate, Company
from portal.campaigns import mail
from portal.campaigns.models import Invitation
from portal.db import db, lock, lock_row
from portal.errors import NotAllowed
from portal.history.actions import record
from portal.incentives import gifts
from portal.incentives.models import GiftException
from portal.staff.models import Staff


def ask(person: Advocate, *, whole_company: bool, reason: str, by: Staff) -> GiftException:
    """Ask for an exception; nothing is offered yet. Asked already is the same one."""
    if not gifts.off_for(person):
        raise NotAllowed(f"Offers are not off for {person.name}: no exception is needed.")
    if not reason.strip():
        raise NotAllowed("Say why: a colleague decides by it.")
    lock("companies.merge")  # nobody joins the company with another one meanwhile
    db.session.refresh(person)
    whom: Advocate | Company = person.company if whole_company else person
    lock(f"exception {whom.subject}")
    for one in gifts.exceptions_for(person):
        if gifts.whom(one) is whom and one.ended_at is None and one.allowed is not False:
            return one
    made = GiftException(
        advocate=None if whole_company else person,
        company=person.company if whole_company else None,
        reason=reason.strip(),
        asked_by=by,
    )
    db.session.add(made)
    record(whom, "exception for rewards asked", by=by, note=reason.strip())
    return made


def agree(exception: GiftException, *, by: Staff) -> None:
    """Let them be offered what campaigns offer, also in invitations they have already. Only
    somebody else than the one who asked may. Twice is harmless."""
    if _waiting(exception) is None or exception.allowed:
        return
    if exception.asked_by_id == by.id:
        raise NotAllowed("You asked for this one yourself: somebody else has to agree.")
    _decide(exception, True, by)
    db.session.flush()
    offer_to_those_invited(exception)


def refuse(exception: GiftException, *, by: Staff) -> None:
    """Leave it as it is. Whoever asked takes it back by this. Twice is harmless."""
    if _waiting(exception) is None or exception.allowed is not None:
        return
    if exception.asked_by_id == by.id:
        exception.ended_at = clock.now()
        record(gifts.whom(exception), "exception for rewards taken back", by=by)
    else:
        _decide(exception, False, by)


def end(exception: GiftException, *, by: Staff) -> None:
    """Offer them nothing more; what they were offered before stays offered (T15)."""
    lock_row(exception)
    if exception.allowed and exception.ended_at is None:
        exception.ended_at = clock.now()
        record(gifts.whom(exception), "exception for rewards ended", by=by)


def waiting() -> list[GiftException]:
    """What a second person has yet to look at, longest first."""
    found = sa.select(GiftException).where(
        GiftException.allowed.is_(None), GiftException.ended_at.is_(None)
    )
    return list(db.session.scalars(found.order_by(GiftException.id)))


def offer_to_those_invited(exception: GiftException) -> None:
    """Whoever has an open invitation without the offer finds it there from now on."""
    reached = (
        Invitation.advocate_id == exception.advocate_id
        if exception.advocate_id
        else Advocate.company_id == exception.company_id
    )
    found = sa.select(Invitation).join(Invitation.advocate).where(reached)
    book = gifts.book()
    for one in db.session.scalars(found.where(Invitation.no_offer_because != "")).all():
        if one.campaign.is_open:
            one.no_offer_because = mail.why_no_offer(one.campaign, one.advocate, book)


def _waiting(exception: GiftException) -> GiftException | None:
    """The exception as it is now, held; None when it has come to an end."""
    lock_row(exception)
    return None if exception.ended_at else exception


def _decide(exception: GiftException, allowed: bool, by: Staff) -> None:
    exception.decided_by, exception.decided_at = by, clock.now()
    exception.allowed = allowed
    verb = "exception for rewards agreed" if allowed else "exception for rewards refused"
    record(gifts.whom(exception), verb, by=by, note=exception.reason)
