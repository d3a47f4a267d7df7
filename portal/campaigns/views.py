"""Staff send a campaign, and follow what becomes of it."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.campaigns import actions, destinations, eligibility, inviting, mail, queries, writing
from portal.campaigns.forms import ACTIONS
from portal.campaigns.models import Campaign, CampaignState
from portal.campaigns.way_in import bp
from portal.config import settings
from portal.db import db
from portal.errors import NotAllowed, Stale
from portal.staff.models import Role

__all__ = ["bp", "writing"]  # the whole slice, for create_app


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
        platform=destinations.rule_of(campaign),
        actions=ACTIONS,
        refusal=refusal,
    )


def _preview_page(campaign: Campaign, refusal: str) -> str:
    eligible, not_now = eligibility.audience(campaign.audience, campaign=campaign)
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
        platform=destinations.rule_of(campaign),
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
    inviting.send_again(invitation, by=current_user)
    db.session.commit()
    flash(f"The invitation of {invitation.advocate.name} is on its way again.")
    return redirect(url_for(".show", id=invitation.campaign_id), 303)


@bp.post("/staff/invitations/<int:id>/revocation")
@auth.staff(Role.EDITOR)
def revoke(id: int):
    invitation = queries.invitation(id)
    inviting.revoke(invitation, by=current_user)
    db.session.commit()
    flash(f"Taken back: no link of {invitation.advocate.name} to it opens any more.")
    return redirect(url_for(".show", id=invitation.campaign_id), 303)
