"""Review platforms: what each allows, to everyone on the staff; owners write new versions."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from portal import auth
from portal.db import db
from portal.errors import NotAllowed, Stale
from portal.platforms import actions, queries, rules
from portal.platforms.forms import RuleForm
from portal.platforms.models import PlatformRule
from portal.staff.models import Role
from portal.staff.queries import name_of

bp = Blueprint("platforms", __name__, url_prefix="/staff/platforms")


@bp.get("")
@auth.staff()
def index():
    rows = queries.all_current()
    old = [rule for rule in rows if rule.is_old]
    return render_template("platforms/index.html", rows=rows, old=old, most=rules.in_words)


@bp.get("/new")
@auth.staff(Role.OWNER)
def new():
    return _page(None, RuleForm.of(None))


@bp.post("")
@auth.staff(Role.OWNER, confirmed=True)
def create():
    return _save(None)


@bp.get("/<platform>")
@auth.staff()
def show(platform: str):
    rule = queries.named(platform)
    return _page(rule, RuleForm.of(rule))


@bp.post("/<platform>")
@auth.staff(Role.OWNER, confirmed=True)
def change(platform: str):
    return _save(queries.named(platform))


def _save(rule: PlatformRule | None):
    form = RuleForm.of(rule)
    if not form.validate():
        return _page(rule, form), 422
    try:
        if rule:
            seen = form.seen.data
            made = actions.change(rule.platform, form.values(), seen=seen, by=current_user)
        else:
            made = actions.add(form.values(), by=current_user)
        db.session.commit()
    except (Stale, NotAllowed) as refusal:
        db.session.rollback()
        form.seen.catch_up(refusal, RuleForm.of(rule and queries.named(rule.platform)))
        return _page(rule, form, str(refusal)), refusal.status
    flash(f"{made.name}: version {made.version} holds from now on. The one before is kept.")
    return redirect(url_for(".index"), 303)


def _page(rule: PlatformRule | None, form: RuleForm, refusal: str = "") -> str:
    return render_template(
        "platforms/rule.html",
        rule=rule,
        form=form,
        problems=[(refusal, None)] if refusal else [],
        refusal=refusal,
        earlier=queries.earlier(rule) if rule else [],
        most=rules.in_words,
        name_of=name_of,
    )
