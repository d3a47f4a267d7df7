"""The way in for customers: /i/…, and /stop/…, which ends invitations."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from portal import auth
from portal.advocates import actions as advocates
from portal.advocates.models import Advocate
from portal.campaigns import inviting, mail, queries
from portal.campaigns.entering import LinkUnknown, invited, let_in, link_of
from portal.campaigns.later import snooze
from portal.campaigns.models import InvitationState
from portal.config import settings
from portal.db import db
from portal.fields import row_number
from portal.links import actions as links
from portal.links.actions import LinkGone
from portal.links.models import Kind
from portal.web import csrf, limiter

bp = Blueprint("campaigns", __name__)

ANSWERED = {InvitationState.ACCEPTED, InvitationState.DECLINED}


@bp.errorhandler(LinkUnknown)
def unknown(_: LinkUnknown):
    return render_template("campaigns/gone.html", why="unknown", invitation=None), 404


@bp.errorhandler(LinkGone)
def gone(error: LinkGone):
    db.session.rollback()
    ours = error.link.kind is Kind.INVITATION
    invitation = queries.invitation(error.link.subject_id) if ours else None
    why = "taken back" if invitation and invitation.state is InvitationState.REVOKED else error.why
    newer = links.newer(error.link) if ours and why != "taken back" else None
    page = render_template("campaigns/gone.html", why=why, invitation=invitation, newer=newer)
    return page, error.status


# ── The landing page. Scanners open links too: a GET changes nothing at all (T37) ──────────


@bp.get("/i/<token>")
@auth.by_link
def landing(token: str):
    invitation = invited(token)
    if wants_fewer():
        return render_template("campaigns/fewer.html", invitation=invitation, token=token)
    if not invitation.campaign.is_open:
        return render_template("campaigns/ended.html", invitation=invitation)
    if invitation.state in ANSWERED:
        return render_template("campaigns/answered.html", invitation=invitation, token=token)
    return render_template(
        "campaigns/landing.html",
        invitation=invitation,
        token=token,
        why=mail.personal(invitation.campaign.why, invitation),
        offers=mail.offered(invitation, settings().brand_name),
    )


@bp.post("/i/<token>")
@auth.by_link
def enter(token: str):
    invitation = let_in(token)
    db.session.commit()
    if wants_fewer():
        return redirect(url_for("privacy.preferences"), 303)
    if invitation.campaign.is_open:
        return redirect(url_for("home.choose", id=invitation.id), 303)
    return redirect(url_for("home.show"), 303)


def wants_fewer() -> bool:
    """Did they follow the foot of a mail, to say how often we may write?"""
    return request.args.get("to") == "preferences"


@bp.post("/i/<token>/not-me")
@auth.by_link
def not_me(token: str):
    inviting.not_me(invited(token))
    db.session.commit()
    flash(
        "Thank you for telling us. This link no longer opens anything, and the team will see why."
    )
    return redirect(url_for("campaigns.landing", token=token), 303)


@bp.post("/i/<token>/renewal")
@auth.by_link
@limiter.limit("6 per hour")
def renew(token: str):
    """The same answer whatever the link was, so that it tells nobody anything."""
    try:
        inviting.renew(queries.invitation(link_of(Kind.INVITATION, token).subject_id))
    except LinkGone as error:
        inviting.renew(queries.invitation(error.link.subject_id))
    except LinkUnknown:
        pass
    db.session.commit()
    flash("If this invitation still stands, a new link is on its way to the address we invited.")
    return redirect(url_for("campaigns.landing", token=token), 303)


@bp.get("/i/<token>/later")
@auth.by_link
def asked_later(token: str):
    return render_template(
        "campaigns/later.html",
        invitation=invited(token),
        action=url_for(".later", token=token),
        back=url_for(".landing", token=token),
    )


@bp.post("/i/<token>/later")
@auth.by_link
def later(token: str):
    invitation = invited(token)
    snooze(invitation, request.form.get("days", 0, type=row_number), by=invitation.advocate)
    db.session.commit()
    return redirect(url_for(".asked_later", token=token), 303)


# ── Stop inviting me ───────────────────────────────────────────────────────────────────────


@bp.post("/i/<token>/stop")
@auth.by_link
def stop_here(token: str):
    person = invited(token).advocate
    advocates.stop_inviting(person, by=person)
    url = links.mint(Kind.STOP, person)
    db.session.commit()
    return redirect(url, 303)


@bp.get("/stop/<token>")
@auth.by_link
def stopping(token: str):
    return render_template("campaigns/stop.html", person=_stops(token), token=token)


@bp.post("/stop/<token>")
@auth.by_link
@csrf.exempt
def stop(token: str):
    """Also what a mail program sends for its owner (RFC 8058): no cookie, and no redirect.

    It stops mail and nothing else: permissions given stay as they are (T38).
    """
    person = _stops(token)
    advocates.stop_inviting(person, by=person)
    db.session.commit()
    return render_template("campaigns/stop.html", person=person, token=token)


stop.any_origin = True


@bp.post("/stop/<token>/undo")
@auth.by_link
def undo_stop(token: str):
    person = _stops(token)
    advocates.invite_again(person, by=person, note="Undid the stop by the link in a mail.")
    db.session.commit()
    return redirect(url_for("campaigns.stopping", token=token), 303)


def _stops(token: str) -> Advocate:
    person = db.session.get(Advocate, link_of(Kind.STOP, token).subject_id)
    if person is None:
        raise LinkUnknown("This link is not one of ours, or a part of it is missing.")
    return person
