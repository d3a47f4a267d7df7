"""The same for the owner of the program, when someone asks by mail or phone."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from portal import auth
from portal.advocates import queries as advocates
from portal.advocates.models import Advocate
from portal.consent.actions import Circumstances
from portal.db import db
from portal.downloads import attachment
from portal.errors import Stale
from portal.history.actions import record
from portal.privacy import actions, files, requests
from portal.privacy.forms import AnswerForm, CustomerErasureForm
from portal.privacy.holdings import GOES, STAYS
from portal.privacy.pages import bp, let_go
from portal.privacy.undoing import REQUEST
from portal.queue.onward import Onward
from portal.staff.models import Role
from portal.undo.actions import undoable
from portal.undo.telling import tell


@bp.post("/staff/customers/<int:id>/export")
@auth.staff(Role.OWNER, confirmed=True)
def export_customer(id: int):
    """A POST, because who took whose data along is written down."""
    person = advocates.get(id)
    record(person, "data handed over", by=current_user)
    db.session.commit()
    return attachment(files.as_zip(person), "application/zip", f"customer-{person.id}.zip")


@bp.get("/staff/customers/<int:id>/erasure")
@auth.staff(Role.OWNER)
def customer_erasure(id: int):
    person = advocates.get(id)
    return page(person, CustomerErasureForm(person))


@bp.post("/staff/customers/<int:id>/erasure")
@auth.staff(Role.OWNER, confirmed=True)
def erase_customer(id: int):
    person = advocates.get(id)
    form = CustomerErasureForm(person)
    if not person.erased_at and not form.validate():
        return page(person, form), 422
    stored = actions.erase(person, by=current_user, circumstances=Circumstances())
    db.session.commit()
    let_go(stored)
    flash("Erased. Tell the person that it is done: we no longer know where to write.")
    return redirect(url_for("advocates.show", id=id), 303)


@bp.get("/staff/data-requests/<int:id>")
@auth.staff()
def show_request(id: int):
    asked = requests.get(id)
    undone = "" if asked.answered_at else asked.answer
    return request_page(id, AnswerForm(formdata=None, data={"answer": undone}))


@bp.post("/staff/data-requests/<int:id>")
@auth.staff(Role.OWNER)
def answer_request(id: int):
    form, on = AnswerForm(), Onward(("requests", id))
    if not form.validate():
        return request_page(id, form), 422
    try:
        asked, me = requests.get(id), current_user._get_current_object()
        with undoable(REQUEST, asked, by=me):
            requests.answer(asked, form.answer.data, by=me)
        db.session.commit()
    except Stale as refusal:
        db.session.rollback()
        return request_page(id, form, str(refusal)), refusal.status
    tell(f"Answered. {asked.advocate.name} gets it by mail.", asked)
    return on(".show_request", id=id)


def request_page(id: int, form: AnswerForm, refusal: str = "") -> str:
    return render_template(
        "privacy/request.html", asked=requests.get(id), form=form, refusal=refusal
    )


def page(person: Advocate, form: CustomerErasureForm) -> str:
    return render_template(
        "privacy/customer-erasure.html", person=person, form=form, goes=GOES, stays=STAYS
    )
