"""Change the words customers are asked for permission with."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.consent.models import Statement
from portal.db import db
from portal.errors import NotAllowed, Stale
from portal.staff.models import Role
from portal.statements import actions, queries
from portal.statements.forms import StatementForm

bp = Blueprint("statements", __name__, url_prefix="/staff/statements")


@bp.get("")
@auth.staff(Role.OWNER)
def index():
    found = queries.newest()
    return render_template(
        "statements/index.html",
        statements=found,
        ours={one.id for one in found if queries.is_ours(one)},
        waiting={one.id for one in found if queries.newer_builtin(one)},
        as_read=queries.as_read,
    )


@bp.get("/<language>/<purpose>")
@auth.staff(Role.OWNER)
def edit(language: str, purpose: str):
    current = queries.current(language, purpose)
    ours = queries.newer_builtin(current)
    if ours and request.args.get("from") == "builtin":
        words = {name: ours[name] for name in ("label", "detail", "months")}
        form = StatementForm(data=words | {"seen": current.version})
        form.seen.was = {}  # all of it is meant
        return page(current, form)
    return page(current, StatementForm(obj=current, data={"seen": current.version}))


@bp.post("/<language>/<purpose>")
@auth.staff(Role.OWNER, confirmed=True)
def save(language: str, purpose: str):
    current = queries.current(language, purpose)
    form = StatementForm()
    if not form.validate():
        return page(current, form), 422
    words = {name: form[name].data for name in ("label", "detail", "months")}
    try:
        made = actions.reword(current, **words, seen=form.seen.data or 0, by=current_user)
        db.session.commit()
    except (NotAllowed, Stale) as refusal:
        db.session.rollback()
        now = queries.current(language, purpose)
        form.seen.catch_up(refusal, StatementForm(formdata=None, obj=now))
        return page(now, form, str(refusal)), refusal.status
    same = made.version == form.seen.data
    flash(
        "Nothing was changed."
        if same
        else f"Saved as version {made.version}. Whoever is asked from now on reads it."
    )
    return redirect(url_for(".index"), 303)


@bp.get("/<language>/<purpose>/versions")
@auth.staff(Role.OWNER)
def versions(language: str, purpose: str):
    current = queries.current(language, purpose)
    return render_template(
        "statements/versions.html", current=current, story=queries.story(current)
    )


def page(current: Statement, form: StatementForm, refusal: str = "") -> str:
    return render_template(
        "statements/edit.html",
        current=current,
        form=form,
        refusal=refusal,
        needed=sorted(queries.needed(current)),
        newer=queries.newer_builtin(current) is not None,
        read=queries.as_read(form.label.data or "", form.detail.data or ""),
    )
