"""Which colleague the company’s own sign-in speaks of."""

from typing import NamedTuple

import sqlalchemy as sa

from portal.addresses import canonical_email
from portal.db import db, lock
from portal.errors import NotAllowed
from portal.history.actions import Actor, record
from portal.staff.models import Role, Staff
from portal.staff.queries import known


class Identity(NamedTuple):
    """What a provider says of someone: ``subject`` is theirs for ever, an address may change."""

    issuer: str
    subject: str
    email: str  # only if the provider checked it
    name: str


def person(who: Identity, *, domains: list[str], new_people: str, by: Actor) -> Staff:
    """The colleague with this identity, bound or added at their first visit; raises NotAllowed."""
    lock("staff.identities")
    found = db.session.scalar(
        sa.select(Staff).where(Staff.sso_issuer == who.issuer, Staff.sso_subject == who.subject)
    ) or _first_time(who, domains, new_people, by)
    if not found.is_active:
        raise NotAllowed("This account is closed. An owner of the portal can open it again.")
    return found


def _first_time(who: Identity, domains: list[str], new_people: str, by: Actor) -> Staff:
    domain = who.email.rpartition("@")[2].lower()
    if not who.email or (domains and domain not in {one.lower() for one in domains}):
        raise NotAllowed(
            "Your company’s sign-in works, but your mail address is not one this portal lets in."
        )
    found = known(who.email)
    if found is None and (new_people == "invited" or not domains):
        raise NotAllowed("Nobody invited you yet. Ask an owner of this portal.")
    if found is None:
        name = who.name[:120] or who.email.partition("@")[0]
        found = Staff(email=canonical_email(who.email), name=name, role=Role(new_people))
        db.session.add(found)
        record(found, "added by company sign-in", by=by, note=new_people)
    if found.sso_subject:
        raise NotAllowed("Someone else of your company already comes in with this address.")
    found.sso_issuer, found.sso_subject = who.issuer, who.subject
    record(found, "bound to company sign-in", by=by)
    return found
