"""Set-up links, passwords, sign-in."""

from datetime import timedelta

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from email_validator import EmailNotValidError, validate_email

from portal import clock
from portal.addresses import canonical_email
from portal.db import db
from portal.errors import NotAllowed
from portal.history.actions import Actor, record
from portal.links import actions as links
from portal.links.models import Kind
from portal.sessions import actions as sessions
from portal.sessions.models import Who
from portal.staff.models import Role, Staff

_hasher = PasswordHasher()
# Checked when there is no such account, so that the answer takes as long.
_NOBODY = _hasher.hash("nobody has this password")
COMMON = {
    "password", "password1", "password123", "passwort", "12345678", "123456789", "1234567890",
    "qwertyuiop", "qwerty123", "iloveyou", "letmein123", "admin123", "welcome1", "goodword",
    "11111111", "00000000", "abcd1234", "changeme", "football", "baseball", "sunshine",
    "princess", "superman", "trustno1", "whatever", "monkey123", "dragon123", "starwars",
}  # fmt: skip


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


def set_password(person: Staff, password: str, *, brand: str = "") -> None:
    """Choose a password: at least 10 characters, not a common one, any signs (ASVS 6.2).

    Used set-up links die, and every other session of this person ends.
    """
    plain = password.casefold()
    if len(password) < 10:
        raise NotAllowed("Use at least 10 characters. A sentence works well.")
    if len(password) > 128:
        raise NotAllowed("Use at most 128 characters.")
    guessable = {person.email.partition("@")[0], person.email, brand.casefold(), "goodword"}
    if plain in COMMON or plain.strip("0123456789!.") in COMMON | guessable:
        raise NotAllowed("That password is among the first an attacker would try. Choose another.")
    person.password_hash = _hasher.hash(password)
    links.revoke(person, Kind.SETUP)
    sessions.end_all(Who.STAFF, person.id)
    record(person, "password set", by=person)


def check(email: str, password: str) -> Staff | None:
    """The person with this address and password, or None; equally slow for both."""
    person = _known(email)
    stored = person.password_hash if person and person.password_hash else _NOBODY
    try:
        _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return None
    if stored is _NOBODY or not person.is_active:
        return None
    if _hasher.check_needs_rehash(stored):  # made when the recommended cost was lower
        person.password_hash = _hasher.hash(password)
    return person


def _known(email: str) -> Staff | None:
    try:
        address = canonical_email(email)
    except UnicodeError:  # no mail domain can be written like that
        return None
    return db.session.scalar(sa.select(Staff).where(Staff.email == address))
