"""The company’s own sign-in (OpenID Connect): code flow with PKCE, state and nonce.

The provider brings people back by a GET, which writes nothing: what it said is kept in this
browser’s signed session, and one press on our own page begins the visit.
"""

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_login import current_user
from joserfc.errors import JoseError
from requests import RequestException

from portal import auth, clock
from portal.config import settings
from portal.db import db
from portal.errors import NotAllowed, NotFound
from portal.history.actions import SYSTEM
from portal.sessions import actions as sessions
from portal.sessions.models import Way
from portal.staff import identities
from portal.staff.identities import Identity
from portal.staff.pages import bp, let_in, page_asked_for

GOOD_FOR = 300  # seconds between the provider and the press on our page
FAULTS = (AuthlibBaseError, JoseError, RequestException, KeyError, ValueError, RuntimeError)


class Unproven(NotAllowed):
    """The provider did not say who this is, or not in a way we may believe."""


def provider():
    """The provider of the settings; its addresses are read when first needed."""
    config = settings()
    if not config.sso_issuer:
        raise NotFound("This portal has no company sign-in.")
    kept = current_app.extensions.get("goodword sso")
    if kept is None or kept[0] is not config:
        client = OAuth(current_app).register(
            "company",
            client_id=config.sso_client_id,
            client_secret=config.sso_client_secret.get_secret_value() or None,
            server_metadata_url=config.sso_issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "default_timeout": 10,
            },
        )
        kept = current_app.extensions["goodword sso"] = config, client
    return kept[1]


@bp.get("/sign-in/company")
@auth.public
def company():
    """Off to the provider; with ``fresh`` it must ask who they are, though they are signed in."""
    session["company_next"] = page_asked_for(request.args.get("next", ""))
    session["company_fresh"] = bool(request.args.get("fresh"))
    again = {"prompt": "login", "max_age": 0} if session["company_fresh"] else {}
    back = settings().base_url + url_for("staff.company_return")
    try:
        return provider().authorize_redirect(back, **again)
    except FAULTS as fault:
        raise _unproven(fault) from None


@bp.get("/sign-in/company/return")
@auth.public
def company_return():
    try:
        claims = provider().authorize_access_token()["userinfo"]
    except FAULTS as fault:
        raise _unproven(fault) from None
    fresh = session.pop("company_fresh", False)
    if fresh:
        _refuse_stale(claims)
    who = _believed(claims)
    session["company"] = [*who, int(clock.now().timestamp()), fresh]
    return render_template("staff/company.html", who=who, name=settings().sso_name)


def _unproven(fault: Exception) -> Unproven:
    current_app.logger.warning("company sign-in: %s", type(fault).__name__)
    return Unproven(
        f"{settings().sso_name.capitalize()} did not confirm who you are. Begin again at the "
        "sign-in page; if it happens again, ask whoever looks after this portal."
    )


def _believed(claims) -> Identity:
    """What the signed token says, if it is from whom it must be from."""
    issuer = str(claims["iss"])
    if issuer.rstrip("/") != settings().sso_issuer.rstrip("/"):
        raise Unproven("That came from another provider than this portal’s.")
    email = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
    return Identity(issuer, str(claims["sub"]), email, str(claims.get("name", "")))


def _refuse_stale(claims) -> None:
    """A provider may pass over what it was asked; when they proved it is in the signed token."""
    proved = claims.get("auth_time")
    if type(proved) is not int or abs(clock.now().timestamp() - proved) > GOOD_FOR:
        raise Unproven(
            f"{settings().sso_name.capitalize()} did not say that you signed in there just now, "
            "so this does not confirm that it is you. Confirm it in another way."
        )


@bp.post("/sign-in/company/entry")
@auth.public
def company_entry():
    """The press: a visit begins; who is here already is confirmed, if they proved it just now.

    Whether they did is kept with what the provider said: another tab begun since changes nothing.
    """
    *said, since, fresh = session.pop("company", ["", "", "", "", 0, False])
    if clock.now().timestamp() - since > GOOD_FOR:
        raise Unproven("That took too long. Begin again at the sign-in page.")
    config = settings()
    person = identities.person(
        Identity(*said), domains=config.sso_domains, new_people=config.sso_new_people, by=SYSTEM
    )
    url = session.pop("company_next", url_for("dashboard.show"))
    if not current_user.is_authenticated or current_user.id != person.id:
        return let_in(person, url, Way.COMPANY)
    if fresh:
        sessions.confirm(current_user.session_token, Way.COMPANY)
        db.session.commit()
        flash("Confirmed. You can go on where you were.")
    return redirect(url, 303)
