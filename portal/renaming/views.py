"""The page on which a company gets another name."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from portal import auth
from portal.advocates import queries as advocates
from portal.advocates.models import Company
from portal.db import db
from portal.errors import NotAllowed, Refusal
from portal.renaming import actions, queries
from portal.renaming.forms import NameForm
from portal.staff.models import Role

bp = Blueprint("renaming", __name__, url_prefix="/staff/companies")


@bp.get("/<int:id>/name")
@auth.staff(Role.EDITOR)
def name(id: int):
    company = advocates.company(id)
    if company.merged_into_id:
        return redirect(url_for(".name", id=company.merged_into_id))
    return page(company, NameForm(formdata=None, name=company.name))


@bp.post("/<int:id>/name")
@auth.staff(Role.EDITOR, confirmed=True)
def rename(id: int):
    company, form = advocates.company(id), NameForm()
    if not form.validate():
        return page(company, form), 422
    old = form.seen.data or ""
    try:
        actions.rename(company, form.name.data, seen=old, by=current_user)
    except NotAllowed as refusal:
        db.session.rollback()
        form.name.errors = [str(refusal)]
        return page(company, form, queries.called(form.name.data)), 422
    except Refusal as refusal:
        db.session.rollback()
        return page(company, form, refusal=str(refusal)), refusal.status
    db.session.commit()
    flash(f"It is called {form.name.data} now. What was agreed to as {old} is shown as {old}.")
    return redirect(url_for("advocates.show_company", id=id), 303)


def page(company: Company, form: NameForm, other: Company | None = None, refusal: str = "") -> str:
    form.seen.data = company.name  # what stands on this page
    taken = other and other.id != company.id and other.merged_into_id is None
    return render_template(
        "renaming/name.html",
        company=company,
        form=form,
        refusal=refusal,
        other=other if taken else None,
        preview=queries.preview(company),
    )
