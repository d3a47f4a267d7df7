"""What someone has beside a password, and what happens when it goes."""

import sqlalchemy as sa

from portal.db import db
from portal.errors import NotAllowed
from portal.history.actions import Actor, record
from portal.staff import codes, passkeys
from portal.staff.models import Passkey, Staff


def any_of(person: Staff) -> bool:
    """Whether they have a second factor."""
    return bool(person.totp_secret) or has_passkey(person)


def has_passkey(person: Staff) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(Passkey.staff_id == person.id))))


def holders() -> set[int]:
    """Who has a second factor: the ids of all of them, asked for at once."""
    apps = sa.select(Staff.id).where(Staff.totp_secret.is_not(None), Staff.totp_secret != "")
    return set(db.session.scalars(sa.union(apps, sa.select(Passkey.staff_id))))


def refuse_last(person: Staff, *, required: bool, losing: int = 1) -> None:
    """The last second factor stays while one is required."""
    held = bool(person.totp_secret) + len(passkeys.of(person))
    if required and held <= losing:
        raise NotAllowed(
            "Everyone here needs a second factor. Add another before you remove this one."
        )


def settle(person: Staff) -> None:
    """Without any second factor, recovery codes have nothing to stand in for."""
    if not any_of(person):
        codes.forget_recovery(person)


def reset(person: Staff, *, by: Actor) -> None:
    """Someone lost all of theirs: they begin again with their password."""
    codes.forget_app(person, by=by)
    for one in passkeys.of(person):
        passkeys.remove(one, by=by)
    codes.forget_recovery(person)
    record(person, "second factors reset", by=by)
