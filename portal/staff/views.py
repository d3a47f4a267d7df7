from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal import auth
from portal.config import settings
from portal.db import db, lock
from portal.errors import NotAllowed
from portal.links import actions as links
from portal.links.models import Kind
from portal.staff import actions, queries
from portal.staff.forms import SetUpForm, SignInForm
from portal.staff.models import Staff
from portal.web import limiter

bp = Blueprint("staff", __name__, url_prefix="/staff")

WRONG = "That mail address and password do not belong together. Check both."


# ── The first time ─────────────────────────────────────────────────────────────────────────


@bp.get("/setup/<token>")
@auth.by_link
def setup(token: str):
    try:
        person = queries.invited_by(links.open(Kind.SETUP, token))
    except links.LinkGone as gone:
        return link_gone(gone)
    return render_template("staff/setup.html", form=SetUpForm(), person=person)


@bp.post("/setup/<token>")
@auth.by_link
def set_up(token: str):
    lock("staff.setup")  # two people with one link: the second finds it used
    try:
        link = links.open(Kind.SETUP, token)
    except links.LinkGone as gone:
        return link_gone(gone)
    person = queries.invited_by(link)
    form = SetUpForm()
    if not form.validate():
        return render_template("staff/setup.html", form=form, person=person), 422
    try:
        actions.set_password(person, form.password.data, brand=settings().brand_name)
    except NotAllowed as refusal:
        form.password.errors = [str(refusal)]
        return render_template("staff/setup.html", form=form, person=person), 422
    links.use(link)
    return let_in(person, url_for("dashboard.show"))


def link_gone(gone: links.LinkGone):
    db.session.rollback()
    return render_template("staff/link-gone.html", link=gone.link), gone.status


# ── Every day ──────────────────────────────────────────────────────────────────────────────


@bp.get("/sign-in")
@auth.public
def sign_in():
    wanted = request.args.get("next", "")
    if current_user.is_authenticated:
        return redirect(page_asked_for(wanted), 303)
    return render_template("staff/sign-in.html", form=SignInForm(next=wanted))


def account() -> str:
    """Whose password is being tried; the limit counts per account, known or not."""
    return f"staff-account:{request.form.get('email', '').strip().lower()[:254]}"


def failed(response) -> bool:
    return response.status_code == 422


@bp.post("/sign-in")
@auth.public
@limiter.limit("30 per 15 minutes", deduct_when=failed)
@limiter.limit("10 per 15 minutes", key_func=account, deduct_when=failed)
def begin_session():
    form = SignInForm()
    if not form.validate():
        return render_template("staff/sign-in.html", form=form), 422
    person = actions.check(form.email.data, form.password.data)
    if person is None:
        form.password.errors = [WRONG]
        return render_template("staff/sign-in.html", form=form), 422
    return let_in(person, page_asked_for(form.next.data))


def let_in(person: Staff, url: str):
    """The password was right: what else must be true before the session begins stands here."""
    auth.sign_in_staff(person)
    db.session.commit()
    return redirect(url, 303)


@bp.post("/sign-out")
@auth.public
def sign_out():
    auth.sign_out_staff()
    db.session.commit()
    flash("You are signed out.")
    return redirect(url_for("staff.sign_in"), 303)


def page_asked_for(address: str) -> str:
    """The staff page someone wanted before signing in, rebuilt from its route; else home.

    Nothing of the given address is passed on but the route's own arguments and the query, so
    no spelling of another site's address gets through.
    """
    adapter = current_app.create_url_adapter(request)
    try:
        wanted = urlsplit(address)
        endpoint, arguments = adapter.match(wanted.path, method="GET")
    except (ValueError, HTTPException, RequestRedirect):
        return url_for("dashboard.show")
    if not getattr(current_app.view_functions[endpoint], "door", "").startswith("staff:"):
        return url_for("dashboard.show")
    query = urlencode(parse_qsl(wanted.query))
    return url_for(endpoint, **arguments) + (f"?{query}" if query else "")
