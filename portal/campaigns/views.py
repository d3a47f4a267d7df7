"""The way in for customers (/i/…, /stop/…), and the campaigns staff write and send."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.advocates import actions as advocates
from portal.advocates.models import Advocate
from portal.campaigns import actions, mail, queries
from portal.campaigns.forms import ACTIONS, AudienceForm, CampaignForm
from portal.campaigns.later import snooze
from portal.campaigns.models import Campaign, CampaignState, Invitation, InvitationState
from portal.config import settings
from portal.db import db
from portal.errors import NotAllowed, NotFound, Stale
from portal.links import actions as links
from portal.links.actions import LinkGone
from portal.links.models import Kind
from portal.staff.models import Role
from portal.web import csrf, limiter

bp = Blueprint("campaigns", __name__)


class LinkUnknown(NotFound):
    """Not a link of ours, or cut short on its way."""


def invited(token: str) -> Invitation:
    """The invitation a link opens. Raises LinkUnknown or LinkGone, each drawn on its own page."""
    invitation = queries.invitation(_link(Kind.INVITATION, token).subject_id)
    if invitation.state is InvitationState.REVOKED:
        raise LinkGone("taken back", links.open(Kind.INVITATION, token))
    return invitation


def _link(kind: Kind, token: str):
    try:
        return links.open(kind, token)
    except LinkGone:
        raise
    except NotFound as error:
        raise LinkUnknown(str(error)) from None


@bp.errorhandler(LinkUnknown)
def unknown(_: LinkUnknown):
    return render_template("campaigns/gone.html", why="unknown", invitation=None), 404


@bp.errorhandler(LinkGone)
def gone(error: LinkGone):
    db.session.rollback()
    ours = error.link.kind is Kind.INVITATION
    invitation = queries.invitation(error.link.subject_id) if ours else None
    why = "taken back" if invitation and invitation.state is InvitationState.REVOKED else error.why
    return render_template("campaigns/gone.html", why=why, invitation=invitation), error.status


# ── The landing page. Scanners open links too: a GET changes nothing at all (T37) ──────────


@bp.get("/i/<token>")
@auth.by_link
def landing(token: str):
    invitation = invited(token)
    if not invitation.campaign.is_open:
        return render_template("campaigns/ended.html", invitation=invitation)
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
    invitation = invited(token)
    actions.open(invitation)
    links.use(_link(Kind.INVITATION, token))
    auth.sign_in_advocate(invitation.advocate)
    db.session.commit()
    if invitation.campaign.is_open:
        return redirect(url_for("home.choose", id=invitation.id), 303)
    return redirect(url_for("home.show"), 303)


@bp.post("/i/<token>/not-me")
@auth.by_link
def not_me(token: str):
    actions.not_me(invited(token))
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
        actions.renew(queries.invitation(_link(Kind.INVITATION, token).subject_id))
    except LinkGone as error:
        actions.renew(queries.invitation(error.link.subject_id))
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
    snooze(invitation, request.form.get("days", 0, type=int), by=invitation.advocate)
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
    person = db.session.get(Advocate, _link(Kind.STOP, token).subject_id)
    if person is None:
        raise LinkUnknown("This link is not one of ours, or a part of it is missing.")
    return person


# ── Staff: write a campaign ────────────────────────────────────────────────────────────────


@bp.get("/staff/campaigns")
@auth.staff()
def index():
    return render_template("campaigns/index.html", campaigns=queries.campaigns(), actions=ACTIONS)


@bp.get("/staff/campaigns/new")
@auth.staff(Role.EDITOR)
def new():
    return _edit_page(None, CampaignForm.of(None))


@bp.post("/staff/campaigns")
@auth.staff(Role.EDITOR)
def create():
    form = CampaignForm.of(None)
    if not form.validate():
        return _edit_page(None, form), 422
    owner = current_user._get_current_object()
    campaign = actions.draft(**form.values(), audience={}, owner=owner)
    db.session.commit()
    return redirect(url_for(".audience", id=campaign.id), 303)


@bp.get("/staff/campaigns/<int:id>/edit")
@auth.staff(Role.EDITOR)
def edit(id: int):
    campaign = queries.campaign(id)
    return _edit_page(campaign, CampaignForm.of(campaign))


@bp.post("/staff/campaigns/<int:id>")
@auth.staff(Role.EDITOR)
def revise(id: int):
    campaign = queries.campaign(id)
    form = CampaignForm.of(campaign)
    if not form.validate():
        return _edit_page(campaign, form), 422
    try:
        actions.revise(campaign, **form.values(), seen=form.seen.data, by=current_user)
        db.session.commit()
    except (Stale, NotAllowed) as refusal:
        db.session.rollback()
        return _edit_page(campaign, form, str(refusal)), refusal.status
    return redirect(url_for(".show", id=id), 303)


def _edit_page(campaign: Campaign | None, form: CampaignForm, refusal: str = "") -> str:
    return render_template(
        "campaigns/edit.html",
        campaign=campaign,
        form=form,
        refusal=refusal,
        meanings={action.value: meaning for action, (_, meaning) in ACTIONS.items()},
        placeholders=mail.PLACEHOLDERS,
    )


@bp.get("/staff/campaigns/<int:id>/audience")
@auth.staff(Role.EDITOR)
def audience(id: int):
    return _audience_page(queries.campaign(id), AudienceForm())


@bp.post("/staff/campaigns/<int:id>/audience")
@auth.staff(Role.EDITOR)
def choose_audience(id: int):
    campaign = queries.campaign(id)
    form = AudienceForm()
    if not form.validate():
        return _audience_page(campaign, form), 422
    actions.choose_audience(campaign, form.audience(), seen=form.seen.data, by=current_user)
    db.session.commit()
    return redirect(url_for(".show", id=id), 303)


def _audience_page(campaign: Campaign, form: AudienceForm) -> str:
    """The people a filter finds; the filter comes from the address, else from the draft."""
    given = {name: request.values.get(name, "").strip() for name in queries.FILTERS}
    narrowed = given if set(given) & set(request.values) else campaign.audience
    filters = {name: narrowed.get(name, "") for name in queries.FILTERS}
    eligible, not_now = queries.audience(filters, campaign=campaign)
    picked = set(form.ids.data or campaign.audience.get("ids", []))
    return render_template(
        "campaigns/audience.html",
        campaign=campaign,
        form=form,
        filters=filters,
        eligible=eligible,
        not_now=not_now,
        picked=picked,
        elsewhere=picked - {person.id for person in eligible},
        countries=queries.countries(),
        companies=queries.companies(),
    )


# ── Staff: send it, and follow what becomes of it ──────────────────────────────────────────


@bp.get("/staff/campaigns/<int:id>")
@auth.staff()
def show(id: int):
    return _show_page(queries.campaign(id))


def _show_page(campaign: Campaign, refusal: str = "") -> str:
    if campaign.state is CampaignState.DRAFT:
        return _preview_page(campaign, refusal)
    lines = queries.lines(campaign)
    return render_template(
        "campaigns/show.html",
        campaign=campaign,
        lines=lines,
        funnel=queries.funnel(lines),
        actions=ACTIONS,
        refusal=refusal,
    )


def _preview_page(campaign: Campaign, refusal: str) -> str:
    eligible, not_now = queries.audience(campaign.audience, campaign=campaign)
    invitations = [mail.invitation_for(campaign, person) for person in eligible]
    wanted = request.args.get("person", type=int)
    sample = next((one for one in invitations if one.advocate.id == wanted), None)
    sample = sample or (invitations[0] if invitations else None)
    return render_template(
        "campaigns/preview.html",
        campaign=campaign,
        invitations=invitations,
        not_now=not_now,
        sample=sample,
        words=mail.context(sample, settings().brand_name) if sample else None,
        actions=ACTIONS,
        refusal=refusal,
    )


@bp.post("/staff/campaigns/<int:id>/sending")
@auth.staff(Role.EDITOR)
def send(id: int):
    campaign = queries.campaign(id)
    try:
        actions.send(campaign, seen=request.form.get("seen", type=int), by=current_user)
        db.session.commit()
    except (Stale, NotAllowed) as refusal:
        db.session.rollback()
        return _show_page(campaign, str(refusal)), refusal.status
    flash("Sent. The mails leave one after the other in the next minutes.")
    return redirect(url_for(".show", id=id), 303)


@bp.post("/staff/campaigns/<int:id>/closing")
@auth.staff(Role.EDITOR)
def close(id: int):
    actions.close(queries.campaign(id), by=current_user)
    db.session.commit()
    flash("Closed. Nothing new can be started; what was sent goes on.")
    return redirect(url_for(".show", id=id), 303)


@bp.post("/staff/invitations/<int:id>/mails")
@auth.staff(Role.EDITOR)
def send_again(id: int):
    invitation = queries.invitation(id)
    actions.send_again(invitation, by=current_user)
    db.session.commit()
    flash(f"The invitation of {invitation.advocate.name} is on its way again.")
    return redirect(url_for(".show", id=invitation.campaign_id), 303)


@bp.post("/staff/invitations/<int:id>/revocation")
@auth.staff(Role.EDITOR)
def revoke(id: int):
    invitation = queries.invitation(id)
    actions.revoke(invitation, by=current_user)
    db.session.commit()
    flash(f"Taken back: no link of {invitation.advocate.name} to it opens any more.")
    return redirect(url_for(".show", id=invitation.campaign_id), 303)
