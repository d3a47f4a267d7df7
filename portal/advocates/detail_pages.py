"""One customer added by hand, and the details of one put right."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from portal import auth
from portal.advocates import detailing, queries
from portal.advocates.door import bp
from portal.advocates.forms import DetailsForm, NewCustomerForm
from portal.advocates.models import Advocate
from portal.db import db
from portal.errors import NotAllowed, Stale
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
    return details_page(person, DetailsForm.of(person))


@bp.post("/customers/<int:id>/details")
@auth.staff(Role.EDITOR)
def correct_details(id: int):
    person = queries.get(id)
    form = DetailsForm.of(person)
    if not form.validate():
        return details_page(person, form), 422
    try:
        same_job, seen = form.same_job.data, form.seen.data
        changed = detailing.correct(
            person, form.said(), same_job=same_job, by=current_user, seen=seen
        )
    except Stale as refusal:
        db.session.rollback()
        form.seen.catch_up(refusal, DetailsForm.of(person, formdata=None))
        return details_page(person, form, str(refusal)), refusal.status
    except NotAllowed as refusal:
        return details_page(person, form, refusal), 422
    db.session.commit()
    flash("Saved." if changed else "Nothing was different.")
    return redirect(url_for("advocates.show", id=id), 303)


def new_page(form: NewCustomerForm, refusal: NotAllowed | None = None) -> str:
    return render_template("advocates/new.html", form=form, refusal=refusal)


def details_page(person: Advocate, form: DetailsForm, refusal: NotAllowed | str = "") -> str:
    return render_template("advocates/details.html", person=person, form=form, refusal=refusal)
