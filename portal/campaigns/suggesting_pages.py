"""The page on which staff suggest words to pass a link on with. Of the same blueprint."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from portal import auth
from portal.campaigns import queries, suggesting
from portal.campaigns.models import Campaign
from portal.campaigns.suggesting_forms import SuggestionForm
from portal.campaigns.way_in import bp
from portal.db import db
from portal.errors import NotAllowed, Stale
from portal.staff.models import Role
from portal.staff.queries import name_of


@bp.get("/staff/campaigns/<int:id>/message")
@auth.staff()
def suggestion(id: int):
    campaign = queries.campaign(id)
    return _page(campaign, SuggestionForm.of(campaign))


@bp.post("/staff/campaigns/<int:id>/message")
@auth.staff(Role.EDITOR)
def suggest(id: int):
    campaign, form = queries.campaign(id), SuggestionForm()
    if not form.validate():
        return _page(campaign, form), 422
    try:
        suggesting.suggest(campaign, form.words.data, seen=form.seen.data, by=current_user)
        db.session.commit()
    except (Stale, NotAllowed) as refusal:
        db.session.rollback()
        campaign = queries.campaign(id)
        form.seen.data, form.seen.raw_data = campaign.version, None
        return _page(campaign, form, str(refusal)), refusal.status
    flash("Saved. It holds for whoever has not written words of their own.")
    return redirect(url_for(".suggestion", id=id), 303)


def _page(campaign: Campaign, form: SuggestionForm, refusal: str = "") -> str:
    return render_template(
        "campaigns/suggestion.html",
        campaign=campaign,
        form=form,
        refusal=refusal,
        versions=suggesting.versions(campaign),
        name_of=name_of,
    )
