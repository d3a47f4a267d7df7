from portal.db import db
from portal.errors import NotFound
from portal.links.models import Link
from portal.staff.models import Staff


def invited_by(link: Link) -> Staff:
    """Whom a set-up link is for; raises NotFound when they may no longer come in."""
    person = db.session.get(Staff, link.subject_id)
    if person is None or not person.is_active:
        raise NotFound("This account is closed. Ask an owner of the portal to open it again.")
    return person


def name_of(subject: str) -> str:
    """Who acted, for people: "staff:3" is a colleague's name; anyone else is said by kind."""
    kind, _, number = subject.partition(":")
    person = db.session.get(Staff, int(number)) if kind == "staff" else None
    if person:
        return person.name
    return {"advocate": "The customer", "lead": "The prospect", "system": "Goodword"}.get(
        kind, "Someone"
    )
