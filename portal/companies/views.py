"""Rows that may be one company: found, looked at side by side, joined, and parted again."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.advocates import queries as advocates
from portal.companies import actions, queries
from portal.companies.forms import SameForm
from portal.db import db
from portal.errors import NotAllowed
from portal.staff.models import Role

bp = Blueprint("companies", __name__, url_prefix="/staff/companies")
bp.add_app_template_global(queries.twins, "company_twins")
bp.add_app_template_global(queries.joined, "company_also_known_as")


@bp.get("/duplicates")
@auth.staff(Role.EDITOR)
def duplicates():
    return render_template("companies/duplicates.html", pairs=queries.pairs())


@bp.get("/<int:id>/same-as")
@auth.staff(Role.EDITOR)
def look(id: int):
    company = advocates.company(id)
    words = request.args.get("q", "")[:200]
    found = queries.named(company, words) if words.strip() else queries.twins(company)
    return render_template("companies/look.html", company=company, words=words, found=found)


@bp.get("/<int:id>/same-as/<int:other>")
@auth.staff(Role.EDITOR)
def compare(id: int, other: int):
    return comparison(id, other, SameForm(formdata=None))


def comparison(id: int, other: int, form: SameForm, refusal: str = ""):
    kept, second = advocates.company(id), advocates.company(other)
    return render_template(
        "companies/compare.html",
        kept=kept,
        other=second,
        form=form,
        refusal=refusal or actions.objection(second, kept),
        moves=queries.moves(kept, second),
        consequences=queries.consequences(second, kept),
    )


@bp.post("/<int:id>/same-as/<int:other>")
@auth.staff(Role.EDITOR, confirmed=True)
def merge(id: int, other: int):
    kept, second = advocates.company(id), advocates.company(other)
    form = SameForm()
    if not form.validate():
        return comparison(id, other, form), 422
    try:
        actions.merge(second, into=kept, by=current_user)
    except NotAllowed as refusal:
        db.session.rollback()
        return comparison(id, other, form, str(refusal)), 422
    db.session.commit()
    flash(f"{second.name} and {kept.name} are one company from now on.")
    return redirect(url_for("advocates.show_company", id=id), 303)


@bp.post("/<int:id>/separation")
@auth.staff(Role.EDITOR)
def separate(id: int):
    company = advocates.company(id)
    actions.separate(company, by=current_user)
    db.session.commit()
    flash("They are two companies again.")
    return redirect(url_for("advocates.show_company", id=id), 303)
