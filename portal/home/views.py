"""An advocate's own pages: choose, follow what became of it, leave."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from portal import auth
from portal.advocates import actions as advocates
from portal.advocates.wishes import clock_of
from portal.campaigns import inviting, mail
from portal.campaigns.eligibility import ask_every
from portal.campaigns.later import snooze
from portal.campaigns.models import Action
from portal.config import settings
from portal.db import db
from portal.errors import NotFound
from portal.events.told import in_short
from portal.fields import row_number
from portal.home import queries
from portal.home.forms import DeclineForm
from portal.home.queries import NEEDS_THEM

bp = Blueprint("home", __name__)

# Landing pages and mails of campaigns, which stand to the left of the prompts, name what is
# asked and how long it takes; this is how their templates reach it.
bp.add_app_template_global(queries.prompt_sets)
bp.add_app_template_global(queries.cards, "cards_of")


@bp.get("/me")
@auth.advocate
def show():
    return render_template(
        "home/show.html",
        home=queries.overview(g.advocate),
        needs_them=NEEDS_THEM,
        clock=clock_of(g.advocate),
        became_of=in_short,
        ask_every=ask_every(g.advocate).days,
    )


@bp.get("/me/invitations/<int:id>")
@auth.advocate
def choose(id: int):
    return _choice(id, DeclineForm())


def _choice(id: int, form: DeclineForm, refused: dict[Action, DeclineForm] | None = None):
    """``form`` declines everything, and there is one like it for each thing asked."""
    invitation = queries.invitation_of(g.advocate, id)
    cards = queries.cards(invitation)
    one_by_one = {
        card.action: DeclineForm(formdata=None, prefix=f"{card.action.value}-") for card in cards
    }
    return render_template(
        "home/choose.html",
        invitation=invitation,
        cards=cards,
        one_by_one=one_by_one | (refused or {}),
        offers=mail.offered(invitation, settings().brand_name),
        form=form,
    )


@bp.post("/me/invitations/<int:id>/declined-actions")
@auth.advocate
def decline_action(id: int):
    invitation = queries.invitation_of(g.advocate, id)
    try:
        action = Action(request.form.get("action", ""))
    except ValueError:
        raise NotFound("We did not ask you for that.") from None
    form = DeclineForm(prefix=f"{action.value}-")
    if not form.validate():
        return _choice(id, DeclineForm(formdata=None), {action: form}), 422
    inviting.decline_action(invitation, action, g.advocate, reason=form.reason.data or "")
    db.session.commit()
    flash("Noted: not this one. The others stay open.")
    return redirect(url_for("home.choose", id=id), 303)


@bp.post("/me/invitations/<int:id>/decline")
@auth.advocate
def decline(id: int):
    invitation = queries.invitation_of(g.advocate, id)
    form = DeclineForm()
    if not form.validate_on_submit():
        return _choice(id, form), 422
    inviting.decline(invitation, by=g.advocate, reason=form.reason.data or "")
    db.session.commit()
    flash("Noted, and no reminder will follow. You can still change your mind until the deadline.")
    return redirect(url_for("home.choose", id=id), 303)


@bp.get("/me/invitations/<int:id>/later")
@auth.advocate
def asked_later(id: int):
    return render_template(
        "campaigns/later.html",
        invitation=queries.invitation_of(g.advocate, id),
        action=url_for(".later", id=id),
        back=url_for(".choose", id=id),
    )


@bp.post("/me/invitations/<int:id>/later")
@auth.advocate
def later(id: int):
    invitation = queries.invitation_of(g.advocate, id)
    snooze(invitation, request.form.get("days", 0, type=row_number), by=g.advocate)
    db.session.commit()
    return redirect(url_for(".asked_later", id=id), 303)


@bp.post("/me/no-more-invitations")
@auth.advocate
def stop():
    advocates.stop_inviting(g.advocate, by=g.advocate)
    db.session.commit()
    flash("We will not invite you again. Nothing you shared and no permission changed.")
    return redirect(url_for("home.show", _anchor="asking"), 303)


@bp.post("/me/no-more-invitations/undo")
@auth.advocate
def resume():
    advocates.invite_again(g.advocate, by=g.advocate, note="Said so on their own page.")
    db.session.commit()
    flash("Good to know: we may invite you again.")
    return redirect(url_for("home.show", _anchor="asking"), 303)


@bp.post("/me/sign-out")
@auth.public
def sign_out():
    auth.sign_out_advocate()
    db.session.commit()
    return redirect(url_for("home.session_over", left=1), 303)


@bp.get("/session-over")
@auth.public
def session_over():
    return render_template("home/session_over.html", left="left" in request.args)
