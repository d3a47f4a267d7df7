"""Staff send a campaign, and follow what becomes of it."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.advocates import queries as customers
from portal.campaigns import (
    actions,
    asking,
    destinations,
    eligibility,
    gift_pages,
    inviting,
    mail,
    missing,
    other_device,
    queries,
    suggesting_pages,
    writing,
)
from portal.campaigns.forms import ACTIONS, ScheduleForm
from portal.campaigns.models import Campaign, CampaignState, Invitation
from portal.campaigns.way_in import bp
from portal.config import settings
from portal.db import db
from portal.errors import NotAllowed, Stale, Unreadable
from portal.fields import row_number
from portal.incentives import gifts
from portal.staff.models import Role

__all__ = [
    "asking",
    "bp",
    "gift_pages",
    "other_device",
    "suggesting_pages",
    "writing",
]  # the whole slice


@bp.get("/staff/campaigns/<int:id>")
@auth.staff()
def show(id: int):
    return _show_page(queries.campaign(id))


def _show_page(campaign: Campaign, refusal: str = "") -> str:
    if campaign.state is CampaignState.DRAFT:
        return _preview_page(campaign, refusal)
    return render_template(
        "campaigns/show.html",
        campaign=campaign,
        page=queries.lines(campaign, after=request.args.get("after", 0, type=row_number)),
        platform=destinations.rule_of(campaign),
        why_paused=queries.why_paused(campaign) if campaign.paused_at else "",
        actions=ACTIONS,
        refusal=refusal,
    )


def _preview_page(campaign: Campaign, refusal: str, plan: ScheduleForm | None = None) -> str:
    found = eligibility.sort(campaign.audience, campaign=campaign)
    book = gifts.book()
    invitations = [
        mail.invitation_for(campaign, person, found.unasked[person.id], book=book)
        for person in found.eligible
    ]
    sample = _sample(invitations)
    return render_template(
        "campaigns/preview.html",
        campaign=campaign,
        invitations=invitations,
        not_now=found.not_now,
        shown=writing.SHOWN,
        sample=sample,
        words=mail.context(sample, settings().brand_name) if sample else None,
        platform=destinations.rule_of(campaign),
        actions=ACTIONS,
        missing=missing.of(campaign, found),
        refusal=refusal,
        ask_every_days=settings().ask_every_days,
        plan=plan or ScheduleForm.fresh(),
        owner_name=queries.owner_name(campaign.audience.get("owner")),
    )


def _sample(invitations: Sequence[Invitation]) -> Invitation | None:
    """Whose mail is drawn: the one asked for, else the first."""
    wanted = request.args.get("person", type=row_number)
    chosen = (one for one in invitations if one.advocate.id == wanted)
    return next(chosen, invitations[0] if invitations else None)


@bp.post("/staff/campaigns/<int:id>/test-mail")
@auth.staff(Role.EDITOR)
def send_test(id: int):
    """The mail of one person, to whoever asks for it: no link in it opens anything of theirs."""
    campaign = queries.campaign(id)
    person = customers.get(request.form.get("person", 0, type=row_number))
    inviting.send_test(mail.invitation_for(campaign, person), to=current_user)
    db.session.commit()
    flash(f"{person.name}’s mail is on its way to {current_user.email}.")
    return redirect(url_for(".show", id=id, person=person.id), 303)


@bp.post("/staff/campaigns/<int:id>/schedule")
@auth.staff(Role.EDITOR, confirmed=True)
def schedule(id: int):
    campaign, form = queries.campaign(id), ScheduleForm.fresh()
    if not form.validate():
        return _preview_page(campaign, "", form), 422
    try:
        actions.schedule(campaign, form.moment(), seen=form.seen.data, by=current_user)
        db.session.commit()
    except (Stale, NotAllowed, Unreadable) as refusal:
        db.session.rollback()
        return _preview_page(campaign, str(refusal), form), refusal.status
    flash("Planned. It goes to whoever may be asked at that moment.")
    return redirect(url_for(".show", id=id), 303)


@bp.post("/staff/campaigns/<int:id>/schedule/end")
@auth.staff(Role.EDITOR)
def unschedule(id: int):
    actions.schedule(queries.campaign(id), None, by=current_user)
    db.session.commit()
    flash("No longer planned. It is a draft as before.")
    return redirect(url_for(".show", id=id), 303)


@bp.post("/staff/campaigns/<int:id>/pause")
@auth.staff(Role.EDITOR)
def pause(id: int):
    actions.pause(queries.campaign(id), by=current_user)
    db.session.commit()
    flash("Paused. No invitation and no reminder leaves until you resume.")
    return redirect(url_for(".show", id=id), 303)


@bp.post("/staff/campaigns/<int:id>/resumption")
@auth.staff(Role.EDITOR)
def resume(id: int):
    actions.resume(queries.campaign(id), by=current_user)
    db.session.commit()
    flash("Resumed. The mails go on where they stopped.")
    return redirect(url_for(".show", id=id), 303)


@bp.post("/staff/campaigns/<int:id>/sending")
@auth.staff(Role.EDITOR, confirmed=True)
def send(id: int):
    campaign = queries.campaign(id)
    try:
        actions.send(campaign, seen=request.form.get("seen", type=row_number), by=current_user)
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
