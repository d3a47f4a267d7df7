"""Set-up links, passwords, sign-in."""

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from email_validator import EmailNotValidError, validate_email

from portal import clock
from portal.addresses import canonical_email
from portal.config import settings
from portal.db import db
from portal.errors import NotAllowed, there
from portal.history.actions import Actor, Named, record
from portal.links import actions as links
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.sessions import actions as sessions
from portal.sessions.models import Who
from portal.staff.models import Role, Staff
from portal.staff.passwords import refuse_weak
from portal.staff.queries import known

_hasher = PasswordHasher()
# Checked when there is no such account, so that the answer takes as long.
_NOBODY = _hasher.hash("nobody has this password")


def invite(email: str, *, name: str, role: Role, by: Actor) -> str:
    """Add a staff member, or renew their set-up link; the full URL, valid 7 days, once."""
    try:
        email = canonical_email(validate_email(email, check_deliverability=False).normalized)
    except EmailNotValidError:
        raise NotAllowed(f"“{email}” is not a mail address.") from None
    person = db.session.scalar(sa.select(Staff).where(Staff.email == email))
    if person is None:
        guess = email.partition("@")[0].replace(".", " ").title()
        person = Staff(email=email, name=name or guess, role=role)
        db.session.add(person)
        record(person, "added", by=by, role=role.value)
    links.revoke(person, Kind.SETUP)
    return links.mint(Kind.SETUP, person, until=clock.now() + timedelta(days=7), sent_to=email)


def set_password(person: Staff, password: str, *, own_words: Iterable[str] = ()) -> None:
    """Choose a password: at least 12 characters, not a common one, any signs (ASVS 6.2).

    Links to choose one die, and every session of this person ends.
    """
    theirs = {person.email.partition("@")[0], person.email, person.name}
    refuse_weak(password, theirs | set(own_words))
    person.password_hash = _hasher.hash(password)
    links.revoke(person, Kind.SETUP)
    links.revoke(person, Kind.RESET)
    sessions.end_all(Who.STAFF, person.id)
    record(person, "password set", by=person)


def send_set_up_link(person: Staff, *, by: Named, portal: str) -> None:
    """Mail someone the link with which they choose a password, for 7 days."""
    until = clock.now() + timedelta(days=7)
    outbox.email(
        person.email,
        "staff-invited",
        about=person,
        links={"url": (Kind.SETUP, person, until)},
        name=person.name,
        role=person.role.value,
        inviter=by.name,
        portal=portal,
    )


def send_reset_link(email: str) -> None:
    """Mail the link with which a password is chosen again, if there is such an account."""
    person = known(email)
    if person is None or not person.is_active:
        return
    links.revoke(person, Kind.RESET)
    outbox.email(
        person.email,
        "staff-reset",
        about=person,
        links={"url": (Kind.RESET, person, clock.now() + timedelta(hours=1))},
        name=person.name,
    )
    record(person, "password link asked for", by=person)


def tell(person: Staff, what: str, *, url: str) -> None:
    """Mail someone what happened to their account, so that they notice if it was not them."""
    now = clock.now()
    outbox.email(
        person.email,
        "staff-account",
        about=person,
        name=person.name,
        what=what,
        at=f"{settings().hour(now)} on {settings().day(now)}",
        url=url,
    )


def check(email: str, password: str) -> Staff | None:
    """The person with this address and password, or None; equally slow for both."""
    person = known(email)
    if not knows(person, password) or person is None or not person.is_active:
        return None
    if _hasher.check_needs_rehash(
        there(person.password_hash)
    ):  # made when the recommended cost was lower
        person.password_hash = _hasher.hash(password)
    return person


def knows(person: Staff | None, password: str) -> bool:
    """Whether this is their password; as slow for nobody as for somebody."""
    stored = person.password_hash if person and person.password_hash else _NOBODY
    try:
        _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not _NOBODY
