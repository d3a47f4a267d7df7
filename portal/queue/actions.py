"""Take something on, put it back; keep a view; switch keys."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

import sqlalchemy as sa

from portal import clock
from portal.config import settings
from portal.db import db, lock
from portal.errors import NotAllowed
from portal.queue import queries
from portal.queue.models import Desk, QueueClaim, SavedView
from portal.queue.queries import View
from portal.staff.models import Staff

FOR = timedelta(minutes=30)
MOST_VIEWS = 20


def claim(subject: str, *, by: Staff) -> QueueClaim:
    """Say that one is on this thing; half an hour from now it is free again. Twice begins it anew.

    Raises NotAllowed with the name of a colleague who was first.
    """
    lock("queue.claims")
    db.session.execute(sa.delete(QueueClaim).where(QueueClaim.until <= clock.now()))
    found = db.session.get(QueueClaim, subject, populate_existing=True)
    if found and found.staff_id != by.id:
        raise NotAllowed(f"{found.staff.name} is on it until {settings().hour(found.until)}.")
    found = found or QueueClaim(about=subject, staff_id=by.id)
    found.until = clock.now() + FOR
    db.session.add(found)
    return found


def release(subject: str, *, by: Staff) -> None:
    """No longer on it. Twice is harmless; a colleague's claim is theirs."""
    db.session.execute(
        sa.delete(QueueClaim).where(QueueClaim.about == subject, QueueClaim.staff_id == by.id)
    )


def save_view(name: str, view: View, *, by: Staff) -> SavedView:
    """Keep this filter under a name; the same name again replaces it."""
    name = " ".join(name.split())
    if not name:
        raise NotAllowed("Give the view a name.")
    if len(name) > 60:
        raise NotAllowed("Use 60 characters or fewer for the name.")
    mine = queries.views_of(by)
    found = next((one for one in mine if one.name == name), None)
    if found is None and len(mine) >= MOST_VIEWS:
        raise NotAllowed(f"You have {MOST_VIEWS} views. Remove one first.")
    found = found or SavedView(staff_id=by.id, name=name)
    found.query = urlencode(view.asked())
    db.session.add(found)
    db.session.flush()
    return found


def drop_view(view_id: int, *, by: Staff) -> None:
    """Forget a view of one's own. Twice is harmless."""
    db.session.execute(
        sa.delete(SavedView).where(SavedView.id == view_id, SavedView.staff_id == by.id)
    )


def set_keys(on: bool, *, by: Staff) -> None:
    """Whether single keys act on this person's pages, on every machine of theirs."""
    _desk(by).keys_on = on


def hide_steps(hidden_at: datetime | None, *, by: Staff) -> None:
    """Put the list of first steps away, or (with None) back."""
    _desk(by).steps_hidden_at = hidden_at


def _desk(person: Staff) -> Desk:
    lock("queue.desk")
    found = db.session.get(Desk, person.id) or Desk(staff_id=person.id)
    db.session.add(found)
    return found
