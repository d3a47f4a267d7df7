"""What the pages of sign-in share: the way in once someone proved who they are."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal import auth, clock
from portal.config import settings
from portal.db import db
from portal.errors import there
from portal.links import actions as links
from portal.sessions.models import Way
from portal.staff import actions, devices, factors, queries
from portal.staff.models import Staff

bp = Blueprint("staff", __name__, url_prefix="/staff")
HALF_WAY = 600  # seconds between a right password and the code


def security_url() -> str:
    """Where someone looks after their account, as mails say it."""
    return f"{settings().base_url}/staff/account"


def own_words() -> set[str]:
    """What an attacker of this portal would try first."""
    config = settings()
    host = config.base_url.partition("://")[2]
    return {config.brand_name, config.brand_legal_name, host, *host.split(".")}


def link_gone(gone: links.LinkGone):
    db.session.rollback()
    return render_template("staff/link-gone.html", link=gone.link), gone.status


def with_password(person: Staff, url: str):
    """The password was right: whoever has a second factor is asked for it next."""
    if not factors.any_of(person):
        return let_in(person, url, Way.PASSWORD)
    session["half"] = person.id, int(clock.now().timestamp()), url
    db.session.commit()
    return redirect(url_for("staff.second_step"), 303)


def half_way() -> tuple[Staff | None, str]:
    """Who gave the right password on this browser a moment ago, and where they want to go."""
    staff_id, since, url = session.get("half", (0, 0, ""))
    if clock.now().timestamp() - since > HALF_WAY:
        return None, url
    person = db.session.get(Staff, staff_id)
    return (person if person and person.is_active else None), url


def let_in(person: Staff, url: str, way: Way, *, proven: bool = True):
    """A session begins; on a browser new to them, a mail says so.

    Without ``proven`` they are in, and confirm that it is them before the first dangerous act.
    """
    session.pop("half", None)
    known = devices.knows(person.id)
    if not known and queries.was_here(person):
        device = devices.family(request.user_agent.string)
        actions.tell(person, f"someone signed in to your account with {device}", url=security_url())
    auth.sign_in_staff(person, way, proven=proven)
    db.session.commit()
    answer = redirect(url, 303)
    return answer if known else devices.remember(answer, person.id)


def page_asked_for(address: str) -> str:
    """The staff page someone wanted before signing in, rebuilt from its route; else home.

    Nothing of the given address is passed on but the route's own arguments and the query, so
    no spelling of another site's address gets through.
    """
    adapter = there(current_app.create_url_adapter(request))
    try:
        wanted = urlsplit(address)
        endpoint, arguments = adapter.match(wanted.path, method="GET")
    except (ValueError, HTTPException, RequestRedirect):
        return url_for("dashboard.show")
    door = getattr(current_app.view_functions[endpoint], "door", "")
    if not door.startswith(("staff:", "self")):
        return url_for("dashboard.show")
    query = urlencode(parse_qsl(wanted.query))
    return url_for(endpoint, **arguments) + (f"?{query}" if query else "")
