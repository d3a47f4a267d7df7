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
from portal.staff import factors, identities
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
    who, proven = _believed(claims), _proved_just_now(claims)
    if session.pop("company_fresh", False) and not proven:
        return no_proof(), 409
    session["company"] = [*who, int(clock.now().timestamp()), proven]
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


def _proved_just_now(claims) -> bool:
    """Whether they signed in at the provider now, not merely some time today. It may pass over
    what it was asked, so only the signed token counts; OpenID Connect Core 1.0 says it must."""
    proved = claims.get("auth_time")
    return type(proved) is int and abs(clock.now().timestamp() - proved) <= GOOD_FOR


def no_proof() -> str:
    """This way did not confirm that it is them: which others they have."""
    person = current_user if current_user.is_authenticated else None
    return render_template(
        "staff/no-proof.html",
        name=settings().sso_name,
        person=person,
        passkey=bool(person and factors.has_passkey(person)),
    )


@bp.post("/sign-in/company/entry")
@auth.public
def company_entry():
    """The press: a visit begins, or goes on; confirmed only if they proved it just now.

    Whether they did is kept with what the provider said: another tab begun since changes nothing.
    """
    *said, since, proven = session.pop("company", ["", "", "", "", 0, False])
    if clock.now().timestamp() - since > GOOD_FOR:
        raise Unproven("That took too long. Begin again at the sign-in page.")
    config = settings()
    person = identities.person(
        Identity(*said), domains=config.sso_domains, new_people=config.sso_new_people, by=SYSTEM
    )
    url = session.pop("company_next", url_for("dashboard.show"))
    if not current_user.is_authenticated or current_user.id != person.id:
        return let_in(person, url, Way.COMPANY, proven=proven)
    if proven:
        sessions.confirm(current_user.session_token, Way.COMPANY)
        db.session.commit()
        flash("Confirmed. You can go on where you were.")
    return redirect(url, 303)
