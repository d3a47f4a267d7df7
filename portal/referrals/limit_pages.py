"""Owners raise the limits of the rewards of a campaign that is on its way."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms.validators import InputRequired

from portal import auth
from portal.campaigns import queries as campaigns
from portal.campaigns.fields import at_least_one
from portal.campaigns.models import Campaign, CampaignState
from portal.db import db
from portal.errors import NotAllowed, NotFound, Stale
from portal.fields import Seen, Whole
from portal.referrals import rewarding, room
from portal.referrals.door import bp
from portal.staff.models import Role

ASKS = "Enter a whole number, or leave it empty for no limit"


class LimitsForm(FlaskForm):
    most_each = Whole("Most rewards per customer", asks=ASKS, validators=[at_least_one])
    most_all = Whole("Most rewards in this campaign", asks=ASKS, validators=[at_least_one])
    budget = Whole("Budget for these rewards", asks=ASKS, validators=[at_least_one])
    seen = Seen(validators=[InputRequired("Reload the page")])

    @classmethod
    def of(cls, campaign: Campaign) -> "LimitsForm":
        cents = campaign.budget_cents
        return cls(obj=campaign, seen=campaign.version, budget=cents and cents // 100)

    def values(self) -> dict[str, int | None]:
        budget = self.budget.data
        return {
            "most_each": self.most_each.data,
            "most_all": self.most_all.data,
            "budget_cents": None if budget is None else budget * 100,
        }


def sent(campaign_id: int) -> Campaign:
    found = campaigns.campaign(campaign_id)
    if found.state is CampaignState.DRAFT:
        raise NotFound("The limits of a draft are set where it is written.")
    return found


@bp.get("/staff/campaigns/<int:campaign_id>/limits")
@auth.staff()
def limits(campaign_id: int):
    found = sent(campaign_id)
    return limits_page(found, LimitsForm.of(found))


@bp.post("/staff/campaigns/<int:campaign_id>/limits")
@auth.staff(Role.OWNER)
def raise_limits(campaign_id: int):
    found = sent(campaign_id)
    form = LimitsForm.of(found)
    if not form.validate():
        return limits_page(found, form), 422
    try:
        by = current_user._get_current_object()
        room.raise_limits(found, seen=form.seen.data, by=by, **form.values())
        db.session.commit()
    except (NotAllowed, Stale) as refusal:
        db.session.rollback()
        form.seen.catch_up(refusal, LimitsForm.of(found))
        return limits_page(sent(campaign_id), form, str(refusal)), refusal.status
    flash("Saved. Leads that were left out get what there is room for now, the longest due first.")
    return redirect(url_for(".limits", campaign_id=campaign_id), 303)


def limits_page(campaign: Campaign, form: LimitsForm, refusal: str = "") -> str:
    number, cents = rewarding.limits_of(campaign).used
    offer = campaign.referral_offer
    return render_template(
        "referrals/limits.html",
        campaign=campaign,
        form=form,
        refusal=refusal,
        number=number,
        cents=cents,
        currency=offer.currency if offer else "EUR",
        left_out=len(room.left_out(campaign.id)),
    )
