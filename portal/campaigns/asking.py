"""A page of who may be asked for what, and why not now: pages of the same blueprint."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.advocates import queries as customers
from portal.advocates.models import Advocate
from portal.campaigns import eligibility, facts, moments
from portal.campaigns.forms import ACTIONS
from portal.campaigns.models import Action
from portal.campaigns.way_in import bp
from portal.campaigns.weighing import WeightsForm
from portal.db import db
from portal.errors import Stale
from portal.fields import row_number
from portal.staff.models import Role


@bp.app_template_global()
def may_be_asked(person: Advocate) -> list[tuple[str, list[str]]]:
    """Each thing one may be asked for, in words, and every reason why not now."""
    known = facts.of([person])
    return [(name, eligibility.why_not(person, one, known)) for one, (name, _) in ACTIONS.items()]


@bp.get("/staff/asks")
@auth.staff()
def asks():
    return _asks_page(WeightsForm.of(moments.weights()))


def _asks_page(form: WeightsForm, refusal: str = "") -> str:
    named = request.args.get("action", "")
    action = Action(named) if named in list(Action) else Action.QUOTE
    search = request.args.get("q", "")[:200]
    page = customers.people(
        search=search,
        after=request.args.get("after", type=row_number),
        before=request.args.get("before", type=row_number),
    )
    known = facts.of(page.people)
    weights = moments.weights()
    signs = {} if action is Action.REVIEW else moments.of(page.people)  # T19
    rows = [
        (person, eligibility.why_not(person, action, known), signs.get(person.id, []))
        for person in page.people
    ]
    return render_template(
        "campaigns/asks.html",
        rows=rows,
        page=page,
        action=action,
        actions=ACTIONS,
        q=search,
        signs=moments.SIGNS,
        weights=weights,
        form=form,
        refusal=refusal,
        changes=moments.changes(),
    )


@bp.post("/staff/asks/weights")
@auth.staff(Role.OWNER)
def weigh():
    form, me = WeightsForm.of(moments.weights()), current_user._get_current_object()
    if not form.validate():
        return _asks_page(form), 422
    try:
        moments.change_weights(form.weights(), seen=form.seen.data, by=me)
        db.session.commit()
    except Stale as refusal:
        db.session.rollback()
        form.seen.catch_up(refusal, WeightsForm.of(moments.weights()))
        return _asks_page(form, str(refusal)), refusal.status
    flash("From now on the signs count like this.")
    return redirect(url_for(".asks"), 303)
