"""Who may be offered a reward: the rules, and exceptions to them. Pages of the same blueprint."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.advocates import queries as customers
from portal.advocates.models import Advocate
from portal.campaigns import exceptions
from portal.campaigns.gift_forms import ExceptionForm, GiftRuleForm
from portal.campaigns.way_in import bp
from portal.db import db
from portal.errors import NotAllowed, NotFound, Stale
from portal.fields import row_number
from portal.incentives import gifts
from portal.incentives.models import GiftException, RuleKind
from portal.staff.models import Role
from portal.staff.queries import name_of

bp.add_app_template_global(gifts.exceptions_for, "gift_exceptions_for")
bp.add_app_template_global(gifts.off_for, "offers_off_for")


@bp.get("/staff/gift-rules")
@auth.staff()
def gift_rules():
    return _rules_page(GiftRuleForm(formdata=None))


@bp.post("/staff/gift-rules")
@auth.staff(Role.OWNER, confirmed=True)
def write_gift_rule():
    form = GiftRuleForm()
    if not form.validate():
        return _rules_page(form), 422
    try:
        rule = gifts.write_down(**form.values(), seen=form.seen.data or 0, by=current_user)
        db.session.commit()
    except (Stale, NotAllowed) as refusal:
        db.session.rollback()
        form.seen.catch_up(refusal)
        return _rules_page(form, str(refusal)), refusal.status
    flash(f"{rule.name}: version {rule.version} holds for whoever is invited from now on.")
    return redirect(url_for(".gift_rules"), 303)


@bp.get("/staff/customers/<int:id>/gift-exception")
@auth.staff(Role.EDITOR)
def gift_exception(id: int):
    return _exception_page(customers.get(id), ExceptionForm(formdata=None))


@bp.post("/staff/customers/<int:id>/gift-exception")
@auth.staff(Role.EDITOR)
def ask_for_exception(id: int):
    person, form = customers.get(id), ExceptionForm()
    if not form.validate():
        return _exception_page(person, form), 422
    try:
        exceptions.ask(person, **form.values(), by=_me())
        db.session.commit()
    except NotAllowed as refusal:
        db.session.rollback()
        return _exception_page(customers.get(id), form, str(refusal)), refusal.status
    flash("Asked. Nothing is offered before a colleague agrees.")
    return redirect(url_for("advocates.show", id=id, _anchor="gifts"), 303)


@bp.post("/staff/gift-exceptions/<int:id>/agreement")
@auth.staff(Role.EDITOR)
def agree_to_exception(id: int):
    return _answer(id, exceptions.agree, "Agreed. Campaigns may offer them a reward now.")


@bp.post("/staff/gift-exceptions/<int:id>/refusal")
@auth.staff(Role.EDITOR)
def refuse_exception(id: int):
    return _answer(id, exceptions.refuse, "Nothing changes for them.")


@bp.post("/staff/gift-exceptions/<int:id>/end")
@auth.staff(Role.EDITOR)
def end_exception(id: int):
    return _answer(id, exceptions.end, "Nothing more is offered to them. Promises made stay.")


def _answer(id: int, act, done: str):
    found = db.session.get(GiftException, id)
    if found is None:
        raise NotFound("There is no such exception.")
    act(found, by=_me())
    db.session.commit()
    flash(done)
    person = customers.get(request.form.get("person", 0, type=row_number)) if _from_page() else None
    home = person and url_for("advocates.show", id=person.id, _anchor="gifts")
    return redirect(home or url_for(".gift_rules"), 303)


def _from_page() -> bool:
    return bool(request.form.get("person"))


def _me():
    return current_user._get_current_object()


def _exception_page(person: Advocate, form: ExceptionForm, refusal: str = "") -> str:
    return render_template(
        "campaigns/gift-exception.html",
        person=person,
        form=form,
        problems=[(refusal, None)] if refusal else [],
        refusal=refusal,
    )


def _rules_page(form: GiftRuleForm, refusal: str = "") -> str:
    rules, versions = gifts.rules(), gifts.versions()
    if not form.is_submitted():
        form.seen.data = versions[0].id if versions else 0
    current = {rule.id for rule in rules}
    return render_template(
        "campaigns/gift-rules.html",
        rules=rules,
        earlier=[one for one in versions if one.id not in current],
        without=gifts.countries_without(),
        off=sorted(gifts.NO_GIFTS),
        waiting=exceptions.waiting(),
        form=form,
        kinds=RuleKind,
        in_words=gifts.in_words,
        name_of=name_of,
        problems=[(refusal, None)] if refusal else [],
        refusal=refusal,
    )
