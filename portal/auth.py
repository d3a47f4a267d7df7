"""Who is asking. Every route names its door here; ``create_app`` refuses one without."""

import hashlib
import hmac
from collections.abc import Callable
from functools import wraps

import sqlalchemy as sa
from flask import abort, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user

from portal import clock
from portal.advocates.models import Advocate
from portal.config import settings
from portal.db import SAFE_METHODS, db
from portal.sessions import actions as sessions
from portal.sessions.models import IDLE, Session, Way, Who
from portal.staff import confirming
from portal.staff.models import Role, Staff

login = LoginManager()
login.login_view = "staff.sign_in"
login.session_protection = None  # the session row is the protection; addresses change on phones
login.login_message = "Sign in to go on."


# ── Doors ──────────────────────────────────────────────────────────────────────────────────


def door(name: str) -> Callable:
    """Mark a view with its door, for the permission table."""

    def mark(view):
        view.door = name
        return view

    return mark


public = door("public")  # anyone
by_link = door("link")  # whoever holds the signed link in the path


def staff(role: Role = Role.VIEWER, *, confirmed: bool = False) -> Callable:
    """Let in staff who may do what ``role`` may.

    With ``confirmed`` they must have proved within ten minutes that it is them, for what would do
    harm in a stranger’s hands; the page that asks brings back all that was typed.
    """
    return _staff_door(f"staff:{role}", role, confirmed)


def own(*, confirmed: bool = False) -> Callable:
    """Let in every colleague to their own account, also before they have a second factor."""
    return _staff_door("self", Role.VIEWER, confirmed)


def _staff_door(name: str, role: Role, confirmed: bool) -> Callable:
    def guard(view):
        @door(name)
        @wraps(view)
        def guarded(*args, **kwargs):
            if not current_user.is_authenticated:
                return login.unauthorized()
            if not current_user.may(role):
                abort(403)
            if name != "self" and confirming.lacks_factor(current_user):
                return redirect(url_for("staff.account"), 303)
            if confirmed and (page := confirming.ask(current_user)):
                return page
            return view(*args, **kwargs)

        guarded.confirmed = confirmed
        return guarded

    return guard


def by_key(setting: str) -> Callable:
    """Let in a program that sends the key whose sha256 a setting holds: none there, nobody in."""

    def guard(view):
        @door("key")
        @wraps(view)
        def guarded(*args, **kwargs):
            kind, _, key = request.headers.get("Authorization", "").partition(" ")
            wanted = getattr(settings(), setting)
            given = hashlib.sha256(key.strip().encode()).hexdigest()
            if not wanted or kind.lower() != "bearer" or not hmac.compare_digest(given, wanted):
                said = {"message": "Send the key as “Authorization: Bearer …”."}
                return said, 401, {"WWW-Authenticate": "Bearer"}
            return view(*args, **kwargs)

        return guarded

    return guard


def advocate(view):
    """Let in an advocate who came through their link; they are ``g.advocate``."""

    @door("advocate")
    @wraps(view)
    def guarded(*args, **kwargs):
        g.advocate = current_advocate()
        if g.advocate is None:
            return redirect(url_for("home.session_over"), 303)
        return view(*args, **kwargs)

    return guarded


# ── Sign-in and out ────────────────────────────────────────────────────────────────────────


def sign_in_staff(person: Staff, way: Way, *, proven: bool = True) -> None:
    """Begin a new session for this browser; an older one of it ends."""
    person = getattr(person, "_get_current_object", lambda: person)()  # it may be who signs out
    sign_out_staff()
    agent = request.user_agent.string
    person.session_token = sessions.begin(Who.STAFF, person.id, agent, way, proven=proven)
    login_user(person)
    _seen("staff")


def sign_out_staff() -> None:
    if token := session.get("_user_id"):
        sessions.end(token)
    logout_user()
    session.pop("csrf_token", None)


def sign_in_advocate(person: Advocate) -> None:
    """Begin a visit. Called from a POST a person made, never from a GET (T37)."""
    sign_out_advocate()
    session["visit"] = sessions.begin(Who.ADVOCATE, person.id, request.user_agent.string)
    _seen("visit")


def sign_out_advocate() -> None:
    if token := session.pop("visit", None):
        sessions.end(token)
    session.pop("csrf_token", None)


_HERE = (
    sa.select(Session, Staff).join(Staff, Staff.id == Session.person_id).where(*sessions.LASTING)
)


@login.user_loader
def load_staff(token: str) -> Staff | None:
    if not _awake("staff", Who.STAFF):
        return None
    found = db.session.execute(_HERE, sessions.named(Who.STAFF, token)).one_or_none()
    if found is None or not found.Staff.is_active:
        return None
    row, person = found
    _seen("staff")
    if request.method not in SAFE_METHODS:
        sessions.acted(row)
    person.session_token, person.session_row = token, row
    db.session.info["asking"] = person.subject
    return person


def current_advocate() -> Advocate | None:
    token = session.get("visit")
    row = token and _awake("visit", Who.ADVOCATE) and sessions.current(Who.ADVOCATE, token)
    if not row:
        return None
    _seen("visit")
    return db.session.get(Advocate, row.person_id)


# How long someone has been idle is kept in the signed cookie: a GET writes nothing here.


def _seen(name: str) -> None:
    now = int(clock.now().timestamp())
    if now - session.get(f"{name}_seen", 0) > 60:
        session[f"{name}_seen"] = now


def _awake(name: str, who: Who) -> bool:
    return clock.now().timestamp() - session.get(f"{name}_seen", 0) < IDLE[who].total_seconds()
