"""Anyone on the team proposes a customer; editors decide."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from portal import auth
from portal.advocates import queries as advocates
from portal.advocates.models import Advocate
from portal.db import db
from portal.errors import NotAllowed, Refusal
from portal.nominations import actions, queries
from portal.nominations.forms import DeclineForm, ProposeForm
from portal.nominations.undoing import NOMINATION
from portal.queue.onward import Onward
from portal.staff.models import Role
from portal.undo.actions import undoable
from portal.undo.telling import tell

bp = Blueprint("nominations", __name__)


@bp.get("/staff/customers/<int:id>/nomination")
@auth.staff()
def new(id: int):
    return form_page(advocates.get(id), ProposeForm())


@bp.post("/staff/customers/<int:id>/nomination")
@auth.staff()
def propose(id: int):
    """The one thing a colleague who only looks may send: it changes nothing but the queue."""
    person, form = advocates.get(id), ProposeForm()
    if not form.validate():
        return form_page(person, form), 422
    try:
        found = actions.propose(person, form.reason.data, by=me())
        db.session.commit()
    except NotAllowed as refusal:
        db.session.rollback()
        return form_page(advocates.get(id), form, str(refusal)), refusal.status
    flash("Proposed. You get a mail once somebody has decided.")
    return redirect(url_for(".show", id=found.id), 303)


@bp.get("/staff/nominations/<int:id>")
@auth.staff()
def show(id: int):
    return page(id, DeclineForm(formdata=None))


@bp.post("/staff/nominations/<int:id>/acceptance")
@auth.staff(Role.EDITOR)
def accept(id: int):
    found, on = queries.get(id), Onward(("nominations", id))
    try:
        with undoable(NOMINATION, found, by=me()):
            actions.accept(found, by=me())
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        return page(id, DeclineForm(formdata=None), str(refusal)), refusal.status
    tell(f"Accepted. Campaigns find {found.advocate.name} by the tag “{actions.TAG}”.", found)
    return on(".show", id=id)


@bp.post("/staff/nominations/<int:id>/decline")
@auth.staff(Role.EDITOR)
def decline(id: int):
    found, form, on = queries.get(id), DeclineForm(), Onward(("nominations", id))
    if not form.validate():
        return page(id, form), 422
    try:
        with undoable(NOMINATION, found, by=me()):
            actions.decline(found, note=form.note.data, by=me())
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        return page(id, form, str(refusal)), refusal.status
    tell(f"Declined. {found.staff.name} gets your note by mail.", found)
    return on(".show", id=id)


def form_page(person: Advocate, form: ProposeForm, refusal: str = "") -> str:
    return render_template(
        "nominations/new.html",
        person=person,
        form=form,
        refusal=refusal or actions.objection(person),
        waiting=queries.waiting(person),
    )


def page(id: int, form: DeclineForm, refusal: str = "") -> str:
    return render_template(
        "nominations/show.html", nomination=queries.get(id), form=form, refusal=refusal
    )


def me():
    return current_user._get_current_object()
