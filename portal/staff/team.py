"""Who may do what here. There is always an owner who can come in."""

import sqlalchemy as sa

from portal import clock
from portal.db import db, lock
from portal.errors import NotAllowed
from portal.history.actions import Actor, record
from portal.links import actions as links
from portal.sessions import actions as sessions
from portal.sessions.models import Who
from portal.staff.models import Role, Staff


def change_role(person: Staff, role: Role, *, by: Actor) -> None:
    """From their next click on they may do what this role may."""
    if person.role is role:
        return
    if person.role is Role.OWNER:
        refuse_without_owner(person)
    was, person.role = person.role, role
    record(person, "role changed", by=by, note=f"{was.value} → {role.value}")


def close(person: Staff, *, by: Actor) -> None:
    """They can no longer come in, and are out of every browser at once."""
    if not person.is_active:
        return
    if person.role is Role.OWNER:
        refuse_without_owner(person)
    person.disabled_at = clock.now()
    links.revoke(person)
    sessions.end_all(Who.STAFF, person.id)
    record(person, "account closed", by=by)


def open_again(person: Staff, *, by: Actor) -> None:
    """They may come in again, with what they had."""
    if person.is_active:
        return
    person.disabled_at = None
    record(person, "account opened again", by=by)


def refuse_without_owner(person: Staff) -> None:
    """Someone else who owns the portal must be able to come in; raises NotAllowed."""
    lock("staff.owners")  # of two owners who remove each other, the second finds it is the last
    others = sa.select(sa.func.count()).where(
        Staff.role == Role.OWNER,
        Staff.id != person.id,
        Staff.disabled_at.is_(None),
        sa.or_(Staff.password_hash.is_not(None), Staff.sso_subject.is_not(None)),
    )
    if not db.session.scalar(others):
        raise NotAllowed(
            f"{person.name} is the last owner who can come in. Make someone else an owner first."
        )
