"""Staff write a campaign and say whom it is for."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.advocates import queries as customers
from portal.advocates.models import Sector
from portal.campaigns import actions, eligibility, mail, queries
from portal.campaigns.forms import ACTIONS, AudienceForm, CampaignForm, LineForm
from portal.campaigns.models import Campaign
from portal.campaigns.way_in import bp
from portal.db import db
from portal.errors import NotAllowed, Stale, Unreadable
from portal.staff.models import Role

SHOWN = 500  # rows of an audience on its page; the counts are of all


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
    try:
        campaign = actions.draft(**form.values(), audience={}, owner=owner)
        db.session.commit()
    except NotAllowed as refusal:
        db.session.rollback()
        return _edit_page(None, form, str(refusal)), refusal.status
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
        form.seen.catch_up(refusal, CampaignForm.of(campaign))
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
    try:
        actions.choose_audience(campaign, form.audience(), seen=form.seen.data, by=current_user)
        db.session.commit()
    except (Stale, NotAllowed) as refusal:
        db.session.rollback()
        return _audience_page(campaign, form, str(refusal)), refusal.status
    return redirect(url_for(".show", id=id), 303)


@bp.post("/staff/campaigns/<int:id>/lines/<int:person_id>")
@auth.staff(Role.EDITOR)
def personal_line(id: int, person_id: int):
    campaign, person = queries.campaign(id), customers.get(person_id)
    form = LineForm()
    if not form.validate():
        raise Unreadable(form.words.errors[0])
    actions.write_personal_line(campaign, person, form.words.data, by=current_user)
    db.session.commit()
    flash(f"Only {person.name} will read this line.")
    return redirect(url_for(".show", id=id, person=person_id), 303)


@bp.get("/staff/campaigns/<int:id>/audience/count")
@auth.staff(Role.EDITOR)
def count_audience(id: int):
    """How many a filter finds, as a sentence, while it is typed."""
    campaign = queries.campaign(id)
    found = eligibility.sort(_asked(campaign), campaign=campaign)
    now, later = len(found.eligible), len(found.not_now)
    said = f"{now:,} can be asked now, {later:,} not now."
    if now or later:
        said += " Press Filter to see " + ("them." if now else "why.")
    return Response(said, content_type="text/plain; charset=utf-8")


def _asked(campaign: Campaign) -> dict[str, Any]:
    """A filter, as it stands in the address, else in the draft."""
    given = {name: request.values.get(name, "").strip() for name in eligibility.FILTERS}
    narrowed = given if set(given) & set(request.values) else campaign.audience
    return {name: narrowed.get(name, "") for name in eligibility.FILTERS}


def _audience_page(campaign: Campaign, form: AudienceForm, refusal: str = "") -> str:
    """The people a filter finds."""
    filters = _asked(campaign)
    found = eligibility.sort(filters, campaign=campaign)
    picked = set(form.ids.data or campaign.audience.get("ids", []))
    return render_template(
        "campaigns/audience.html",
        campaign=campaign,
        form=form,
        filters=filters,
        eligible=found.eligible,
        not_now=found.not_now,
        shown=SHOWN,
        refusal=refusal,
        for_reviews="review" in campaign.actions,
        sample=campaign.audience.get("sample"),
        picked=picked,
        elsewhere=picked - {person.id for person in found.eligible[:SHOWN]},
        choices=customers.choices(filters["company"]),
        sectors=list(Sector),
    )
