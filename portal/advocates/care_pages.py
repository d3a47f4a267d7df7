"""The page of one person and of one company, and what staff keep of them there."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from portal import auth, clock
from portal.advocates import caring, queries, signals
from portal.advocates.door import bp
from portal.advocates.forms import CareForm, InviteAgainForm, SignalForm
from portal.advocates.models import Advocate, Company
from portal.advocates.overtaking import demand_newest_care, newest_care
from portal.db import db
from portal.errors import NotAllowed, Stale
from portal.history import queries as history
from portal.staff import queries as staff
from portal.staff.models import Role


def customer_page(
    person: Advocate,
    *,
    readmitting: InviteAgainForm | None = None,
    noting: SignalForm | None = None,
    caring: CareForm | None = None,
    refusal: str = "",
):
    entries = [(entry, staff.name_of(entry.by)) for entry in reversed(history.of(person))]
    return render_template(
        "advocates/show.html",
        person=person,
        form=readmitting or InviteAgainForm(formdata=None),
        entries=entries,
        noting=noting or SignalForm(formdata=None, at=clock.now().date()),
        caring=caring or care_form(person, formdata=None),
        refusal=refusal,
        known=signals.of(person),
        kinds=signals.WORDS,
    )


def care_form(person: Advocate, **more) -> CareForm:
    """Filled with what stands there, and with whoever may look after a company."""
    owner = person.company.owner
    form = CareForm(
        tags=", ".join(tag.name for tag in person.tags),
        owner=owner.id if owner else 0,
        seen=newest_care(person),
        **more,
    )
    who = [one for one in staff.everyone() if one.is_active or one is owner]
    form.owner.choices = [(0, "Nobody"), *((one.id, one.name) for one in who)]
    return form


@bp.post("/customers/<int:id>/care")
@auth.staff(Role.EDITOR)
def care(id: int):
    person = queries.get(id)
    form = care_form(person)
    if not form.validate():
        return customer_page(person, caring=form), 422
    try:
        demand_newest_care(person, form.seen.data)
        caring.tag(person, caring.split(form.tags.data), by=current_user)
        owner = staff.get(form.owner.data) if form.owner.data else None
        caring.look_after(person.company, owner, by=current_user)
    except Stale as refusal:
        db.session.rollback()
        form.seen.catch_up(refusal, care_form(person, formdata=None))
        return customer_page(person, caring=form, refusal=str(refusal)), refusal.status
    except NotAllowed as refusal:
        form.owner.errors = [str(refusal).rstrip(".")]
        db.session.rollback()
        return customer_page(queries.get(id), caring=form), 422
    db.session.commit()
    flash("Saved.")
    return redirect(url_for("advocates.show", id=id), 303)


@bp.get("/companies/<int:id>")
@auth.staff()
def show_company(id: int):
    company = queries.company(id)
    if company.merged_into_id:
        return redirect(url_for("advocates.show_company", id=company.merged_into_id))
    return company_page(company)


def company_page(company: Company):
    entries = [(entry, staff.name_of(entry.by)) for entry in reversed(history.of(company))]
    return render_template(
        "advocates/company.html",
        company=company,
        people=queries.people_of(company),
        known=signals.at(company),
        kinds=signals.WORDS,
        entries=entries,
    )
