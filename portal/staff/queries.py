from collections.abc import Sequence

import sqlalchemy as sa

from portal.addresses import canonical_email
from portal.db import db
from portal.errors import NotFound
from portal.links.models import Link
from portal.sessions.models import Session, Who
from portal.staff.models import Role, Staff


def invited_by(link: Link) -> Staff:
    """Whom a set-up link is for; raises NotFound when they may no longer come in."""
    person = db.session.get(Staff, link.subject_id)
    if person is None or not person.is_active:
        raise NotFound("This account is closed. Ask an owner of the portal to open it again.")
    return person


OTHERS = {"advocate": "the customer", "lead": "the prospect", "system": "the portal"}


def name_of(subject: str, *, within: bool = False) -> str:
    """Who acted, for people: "staff:3" is a colleague's name; anyone else is said by kind, with a
    capital where it does not stand ``within`` a sentence."""
    kind, _, number = subject.partition(":")
    person = db.session.get(Staff, int(number)) if kind == "staff" else None
    if person:
        return person.name
    said = OTHERS.get(kind, "someone")
    return said if within else said.capitalize()


def known(email: str) -> Staff | None:
    """The colleague with this address."""
    try:
        address = canonical_email(email)
    except UnicodeError:  # no mail domain can be written like that
        return None
    return db.session.scalar(sa.select(Staff).where(Staff.email == address))


def get(staff_id: int) -> Staff:
    """One colleague; raises NotFound."""
    if person := db.session.get(Staff, staff_id):
        return person
    raise NotFound("There is no such colleague.")


def everyone() -> list[Staff]:
    """Owners first, then by name; who may no longer come in stands last."""
    people = db.session.scalars(sa.select(Staff)).all()
    return sorted(people, key=lambda one: (not one.is_active, one.role.rank, one.name.casefold()))


def active() -> Sequence[Staff]:
    """Who may come in, by name: they can answer for a figure, or own a task."""
    here = sa.select(Staff).where(Staff.disabled_at.is_(None))
    return db.session.scalars(here.order_by(Staff.name, Staff.id)).all()


def owners() -> Sequence[Staff]:
    """The owners who may come in, the longest here first."""
    here = sa.select(Staff).where(Staff.role == Role.OWNER, Staff.disabled_at.is_(None))
    return db.session.scalars(here.order_by(Staff.id)).all()


def was_here(person: Staff) -> bool:
    """Whether they signed in before, as far back as sessions are kept."""
    here = sa.exists().where(Session.who == Who.STAFF, Session.person_id == person.id)
    return bool(db.session.scalar(sa.select(here)))


def last_acted() -> dict[int, object]:
    """When each colleague last did something here."""
    rows = db.session.execute(
        sa.select(Session.person_id, sa.func.max(Session.acted_at))
        .where(Session.who == Who.STAFF)
        .group_by(Session.person_id)
    )
    return dict(rows.all())
