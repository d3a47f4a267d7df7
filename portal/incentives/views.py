"""Rewards, to the people who earned them and to the staff who send them; offers, to staff."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.config import settings
from portal.db import db
from portal.errors import NotAllowed, Stale
from portal.fields import row_number
from portal.incentives import (
    actions,
    books,
    codes,
    inwords,
    payees,
    payouts,
    queries,
    seconding,
    several,
    shown,
)
from portal.incentives import finance_pages as finance_pages
from portal.incentives import pool_pages as pool_pages
from portal.incentives.door import bp
from portal.incentives.forms import KINDS, OfferForm, RewardForm, SeveralRewardsForm
from portal.incentives.models import Offer, RewardState
from portal.incentives.undoing import REWARD
from portal.links import actions as links
from portal.links.models import Kind
from portal.queue.onward import Onward
from portal.staff import confirming
from portal.staff.models import Role
from portal.staff.queries import name_of
from portal.undo.actions import undoable
from portal.undo.telling import tell

# ── The advocate's own rewards ─────────────────────────────────────────────────────────────


@bp.get("/me/rewards")
@auth.advocate
def mine():
    found = queries.rewards_of(g.advocate)
    return render_template(
        "incentives/mine.html", rewards=found, totals=queries.totals(found), words=inwords
    )


@bp.post("/me/rewards/<int:reward_id>/code")
@auth.advocate
def show_code(reward_id: int):
    """The code stands in the answer to this POST and nowhere else: no page of it can be kept."""
    found = queries.reward_of(g.advocate, reward_id)
    code = codes.reveal(found, by=g.advocate)
    db.session.commit()
    return render_template("incentives/code.html", reward=found, code=code)


@bp.get("/w/<token>")
@auth.by_link
def way_in(token: str):
    link = links.open(Kind.REWARD, token)
    return render_template("incentives/way-in.html", reward=queries.reward(link.subject_id))


@bp.post("/w/<token>")
@auth.by_link
def come_in(token: str):
    link = links.open(Kind.REWARD, token)
    found = queries.reward(link.subject_id)
    links.use(link)
    auth.sign_in_advocate(found.advocate)
    db.session.commit()
    return redirect(url_for(".mine", _anchor=f"reward-{found.id}"), 303)


# ── Rewards to pay ─────────────────────────────────────────────────────────────────────────


@bp.get("/staff/rewards")
@auth.staff()
def rewards():
    wanted = books.Filter.of(request.args)
    found, older = books.page(wanted, request.args.get("before", type=row_number))
    selectable = [one for one in found if several.selectable(one)]
    bulk = SeveralRewardsForm(formdata=None)
    several.narrow(bulk, selectable)
    return render_template(
        "incentives/rewards.html",
        rewards=found,
        older=older,
        wanted=wanted,
        counts=books.counts(wanted),
        campaigns=books.campaigns(),
        selectable=selectable,
        bulk=bulk,
        kind=several.REWARDS,
    )


@bp.get("/staff/rewards/<int:reward_id>")
@auth.staff()
def reward(reward_id: int):
    found = queries.reward(reward_id)
    return reward_page(found, RewardForm.of(found))


@bp.post("/staff/rewards/<int:reward_id>/moves")
@auth.staff(Role.EDITOR)
def rule(reward_id: int):
    found, on = queries.reward(reward_id), Onward(("rewards", reward_id))
    form = RewardForm.of(found)
    is_whole = form.validate()
    try:
        actions.demand_seen(found, form.seen.data)  # or what it offers now would be the news
        if not is_whole:
            return reward_page(found, form), 422
        wanted = RewardState(form.state.data)
        if wanted is RewardState.ISSUED and (page := confirming.ask(me())):
            return page
        why = {"note": form.note.data, "ground": form.ground.data}
        with undoable(REWARD, found, by=me()):
            actions.move(found, wanted, seen=form.seen.data, **why, by=me())
    except (Stale, NotAllowed) as refusal:
        return reward_refused(reward_id, refusal)
    db.session.commit()
    waits = seconding.first_yes(found) and wanted is RewardState.APPROVED
    said = "Noted. Somebody else has to approve it too." if waits else f"It is {found.state.word}."
    tell(said, found)
    return on(".reward", aside=wanted is RewardState.HELD, reward_id=reward_id)


@bp.post("/staff/rewards/<int:reward_id>/code")
@auth.staff(Role.EDITOR, confirmed=True)
def give_code(reward_id: int):
    found, on = queries.reward(reward_id), Onward(("rewards", reward_id))
    try:
        with undoable(REWARD, found, by=me()):
            codes.give(found, by=me())
    except NotAllowed as refusal:
        return reward_refused(reward_id, refusal)
    db.session.commit()
    tell("A code is given. They find it on their rewards page; a mail tells them.", found)
    return on(".reward", reward_id=reward_id)


@bp.post("/staff/rewards/<int:reward_id>/payout")
@auth.staff(Role.EDITOR, confirmed=True)
def pay_out(reward_id: int):
    found, on = queries.reward(reward_id), Onward(("rewards", reward_id))
    try:
        with undoable(REWARD, found, by=me()):
            payouts.order(found, by=me())
    except NotAllowed as refusal:
        return reward_refused(reward_id, refusal)
    db.session.commit()
    tell("The payment system is told. The page of the reward says what became of it.", found)
    return on(".reward", reward_id=reward_id)


@bp.post("/staff/rewards/<int:reward_id>/tax-form")
@auth.staff(Role.EDITOR)
def tax_form(reward_id: int):
    found, on = queries.reward(reward_id), Onward(("rewards", reward_id))
    actions.tax_form_on_file(found.advocate, by=me())
    db.session.commit()
    flash(f"Noted: a tax form of {found.advocate.name} is on file.")
    return on(".reward", reward_id=reward_id)


def me():
    return current_user._get_current_object()


def reward_refused(reward_id: int, refusal: NotAllowed | Stale):
    """Show how it stands now, and keep the reason that was typed (409)."""
    db.session.rollback()
    found = queries.reward(reward_id)
    form = RewardForm.of(found)
    form.seen.catch_up(refusal)
    return reward_page(found, form, str(refusal)), refusal.status


def reward_page(found, form, refusal: str = "") -> str:
    under, approved = queries.offer_of(found), found.state is RewardState.APPROVED
    first, waits = seconding.first_yes(found), payees.objection_to(found) if approved else ""
    offered = form.state.choices
    if first == me().subject:  # refused if sent all the same
        offered = [one for one in offered if one[0] != RewardState.APPROVED]
    if found.early_until:  # its page says from which day on
        offered = [one for one in offered if one[0] != RewardState.APPROVED]
    if waits:
        offered = [one for one in offered if one[0] != RewardState.ISSUED]
    form.state.choices = offered
    return render_template(
        "incentives/reward.html",
        reward=found,
        form=form,
        refusal=refusal,
        name_of=name_of,
        year=payees.year_of(found.advocate),
        waits=waits,
        offer=under,
        codes_left=codes.left(under) if approved and under else 0,
        pays=payouts.is_set_up(),
        first=name_of(first) if first else "",
        large=seconding.is_large(found),
        mine=first == me().subject,
        tries=len(payouts.BACKOFF) + 1,
        grounds=inwords.GROUNDS,
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
        low={offer.id: codes.is_low(offer) for offer in pool_pages.pooled()},
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
        form.seen.catch_up(refusal, OfferForm.of(found))
        return offer_page(found, form, str(refusal)), refusal.status
    flash("The offer is saved.")
    return redirect(url_for(".offers"), 303)


def offer_page(found: Offer | None, form: OfferForm, refusal: str = "") -> str:
    return render_template(
        "incentives/offer.html",
        offer=found,
        form=form,
        problems=[(refusal, None)] if refusal else [],
        refusal=refusal,
        earlier=queries.earlier_terms(found) if found else [],
        left=codes.left(found) if found else 0,
        places=shown.places(found, settings().brand_name) if found else [],
    )
