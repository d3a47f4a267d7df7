"""Rewards, to the people who earned them and to the staff who send them; offers, to staff."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.db import db
from portal.errors import NotAllowed, Stale
from portal.incentives import actions, payees, queries
from portal.incentives.forms import KINDS, OfferForm, RewardForm
from portal.incentives.models import Offer, RewardState
from portal.staff.models import Role
from portal.staff.queries import name_of

bp = Blueprint("incentives", __name__)


# ── The advocate's own rewards ─────────────────────────────────────────────────────────────


@bp.get("/me/rewards")
@auth.advocate
def mine():
    found = queries.rewards_of(g.advocate)
    return render_template(
        "incentives/mine.html",
        rewards=found,
        totals=queries.totals(found),
        in_words=queries.reward_in_words,
    )


# ── Rewards to pay ─────────────────────────────────────────────────────────────────────────


@bp.get("/staff/rewards")
@auth.staff()
def rewards():
    wanted = request.args.get("state", "")
    state = RewardState(wanted) if wanted in set(RewardState) else None
    found, older = queries.listed(state, request.args.get("before", type=int))
    return render_template(
        "incentives/rewards.html", rewards=found, older=older, state=state, counts=queries.counts()
    )


@bp.get("/staff/rewards/<int:reward_id>")
@auth.staff()
def reward(reward_id: int):
    found = queries.reward(reward_id)
    return reward_page(found, RewardForm.of(found))


@bp.post("/staff/rewards/<int:reward_id>/moves")
@auth.staff(Role.EDITOR)
def rule(reward_id: int):
    found = queries.reward(reward_id)
    form = RewardForm.of(found)
    if not form.validate():
        return reward_page(found, form), 422
    try:
        actions.move(
            found,
            RewardState(form.state.data),
            seen=form.seen.data,
            note=form.note.data,
            by=current_user._get_current_object(),
        )
    except (Stale, NotAllowed) as refusal:
        return reward_refused(reward_id, refusal)
    db.session.commit()
    flash(f"The reward is {found.state}.")
    return redirect(url_for(".reward", reward_id=reward_id), 303)


@bp.post("/staff/rewards/<int:reward_id>/tax-form")
@auth.staff(Role.EDITOR)
def tax_form(reward_id: int):
    found = queries.reward(reward_id)
    actions.tax_form_on_file(found.advocate, by=current_user._get_current_object())
    db.session.commit()
    flash(f"Noted: a tax form of {found.advocate.name} is on file.")
    return redirect(url_for(".reward", reward_id=reward_id), 303)


def reward_refused(reward_id: int, refusal: NotAllowed | Stale):
    """Show how it stands now, and keep the reason that was typed (409)."""
    db.session.rollback()
    found = queries.reward(reward_id)
    form = RewardForm.of(found)
    form.seen.data, form.seen.raw_data = len(found.entries), None
    return reward_page(found, form, str(refusal)), refusal.status


def reward_page(found, form, refusal: str = "") -> str:
    return render_template(
        "incentives/reward.html",
        reward=found,
        form=form,
        refusal=refusal,
        name_of=name_of,
        year=payees.year_of(found.advocate),
        waits=payees.objection_to(found) if found.state is RewardState.APPROVED else "",
    )


# ── Offers ─────────────────────────────────────────────────────────────────────────────────


@bp.get("/staff/offers")
@auth.staff()
def offers():
    return render_template(
        "incentives/offers.html",
        offers=queries.offers(),
        retired=queries.offers(retired=True),
        kinds=KINDS,
    )


@bp.get("/staff/offers/new")
@auth.staff(Role.EDITOR)
def new_offer():
    return offer_page(None, OfferForm.of(None))


@bp.post("/staff/offers")
@auth.staff(Role.EDITOR)
def create_offer():
    return save_offer(None)


@bp.get("/staff/offers/<int:offer_id>")
@auth.staff()
def offer(offer_id: int):
    found = queries.offer(offer_id)
    return offer_page(found, OfferForm.of(found))


@bp.post("/staff/offers/<int:offer_id>")
@auth.staff(Role.EDITOR)
def change_offer(offer_id: int):
    return save_offer(queries.offer(offer_id))


@bp.post("/staff/offers/<int:offer_id>/retirement")
@auth.staff(Role.EDITOR)
def retire_offer(offer_id: int):
    actions.retire_offer(queries.offer(offer_id), by=current_user)
    db.session.commit()
    flash("Retired. Campaigns already sent keep their promise; new ones cannot use it.")
    return redirect(url_for(".offers"), 303)


def save_offer(found: Offer | None):
    form = OfferForm.of(found)
    if not form.validate():
        return offer_page(found, form), 422
    try:
        actions.save_offer(form.write(found or Offer()), seen=form.seen.data, by=current_user)
        db.session.commit()
    except (Stale, NotAllowed) as refusal:
        db.session.rollback()
        return offer_page(found, form, str(refusal)), refusal.status
    flash("The offer is saved.")
    return redirect(url_for(".offers"), 303)


def offer_page(found: Offer | None, form: OfferForm, refusal: str = "") -> str:
    return render_template(
        "incentives/offer.html",
        offer=found,
        form=form,
        problems=[(refusal, None)] if refusal else [],
        earlier=queries.earlier_terms(found) if found else [],
    )
