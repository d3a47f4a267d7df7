"""One customer added by hand, and the details of one put right."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from portal import auth
from portal.advocates import detailing, queries
from portal.advocates.door import bp
from portal.advocates.forms import DetailsForm, NewCustomerForm
from portal.advocates.models import Advocate
from portal.db import db
from portal.errors import NotAllowed
from portal.staff.models import Role


@bp.get("/customers/new")
@auth.staff(Role.EDITOR)
def new_customer():
    return new_page(NewCustomerForm())


@bp.post("/customers/new")
@auth.staff(Role.EDITOR)
def add_customer():
    form = NewCustomerForm()
    if not form.validate():
        return new_page(form), 422
    try:
        person = detailing.add(form.said(), by=current_user)
    except NotAllowed as refusal:
        return new_page(form, refusal), 422
    db.session.commit()
    flash(f"{person.name} is here now. Nobody was written to.")
    return redirect(url_for("advocates.show", id=person.id), 303)


@bp.get("/customers/<int:id>/details")
@auth.staff(Role.EDITOR)
def details(id: int):
    person = queries.get(id)
    return details_page(person, DetailsForm(obj=person))


@bp.post("/customers/<int:id>/details")
@auth.staff(Role.EDITOR)
def correct_details(id: int):
    person, form = queries.get(id), DetailsForm()
    if not form.validate():
        return details_page(person, form), 422
    try:
        same_job = form.same_job.data
        changed = detailing.correct(person, form.said(), same_job=same_job, by=current_user)
    except NotAllowed as refusal:
        return details_page(person, form, refusal), 422
    db.session.commit()
    flash("Saved." if changed else "Nothing was different.")
    return redirect(url_for("advocates.show", id=id), 303)


def new_page(form: NewCustomerForm, refusal: NotAllowed | None = None) -> str:
    return render_template("advocates/new.html", form=form, refusal=refusal)


def details_page(person: Advocate, form: DetailsForm, refusal: NotAllowed | None = None) -> str:
    return render_template("advocates/details.html", person=person, form=form, refusal=refusal)
