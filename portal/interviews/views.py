"""Staff: choose a time or propose others, and say that it took place."""

from flask import Blueprint, Response, render_template
from flask_login import current_user

from portal import auth
from portal.db import db
from portal.errors import NotAllowed, NotFound, Stale
from portal.interviews import actions, calendar, queries
from portal.interviews.forms import AnswerForm, HeldForm, OffForm
from portal.interviews.models import Interview
from portal.interviews.undoing import INTERVIEW
from portal.queue.onward import Onward
from portal.staff.models import Role
from portal.undo.actions import undoable
from portal.undo.telling import tell

bp = Blueprint("interviews", __name__, url_prefix="/staff/interviews/<int:id>")


def page(interview: Interview, refusal: str = "", status: int = 200, **forms):
    held = HeldForm(formdata=None, data={"seen": interview.version})
    drawn = {"answer": AnswerForm.of(interview), "held": held, "off": OffForm(formdata=None)}
    return (
        render_template(
            "interviews/show.html", interview=interview, refusal=refusal, **(drawn | forms)
        ),
        status,
    )


@bp.get("")
@auth.staff()
def show(id: int):
    return page(queries.interview(id))


def decide(id: int, act, said: str, **forms):
    """Do it, or show the page again with what was typed and why not."""
    interview, on = queries.interview(id), Onward(("talks", id), ("interviews", id))
    try:
        with undoable(INTERVIEW, interview, by=me()):
            act(interview)
        db.session.commit()
    except (NotAllowed, Stale) as refusal:
        db.session.rollback()
        return page(queries.interview(id), str(refusal), refusal.status, **forms)
    tell(said, interview)
    return on(".show", id=id)


@bp.post("/time")
@auth.staff(Role.EDITOR)
def confirm(id: int):
    interview = queries.interview(id)
    form = AnswerForm.of(interview)
    if not form.confirms():
        return page(interview, status=422, answer=form)

    def act(it: Interview) -> None:
        slot, place = form.slot.data, form.place.data
        actions.confirm(it, slot, place=place, seen=form.seen.data or 0, by=me())

    said = f"Confirmed. {interview.advocate.first_name} gets a mail with the calendar entry."
    return decide(id, act, said, answer=form)


@bp.post("/proposal")
@auth.staff(Role.EDITOR)
def propose(id: int):
    interview = queries.interview(id)
    form = AnswerForm.of(interview)
    if not form.proposes():
        return page(interview, status=422, answer=form, proposing=True)

    def act(it: Interview) -> None:
        actions.propose(
            it,
            form.slots(),
            place=form.place.data,
            note=form.note.data,
            seen=form.seen.data or 0,
            by=me(),
        )

    said = f"Proposed. {interview.advocate.first_name} chooses one, or names others."
    return decide(id, act, said, answer=form, proposing=True)


@bp.post("/end")
@auth.staff(Role.EDITOR)
def hold(id: int):
    form = HeldForm()
    if not form.validate():
        return page(queries.interview(id), status=422, held=form)

    def act(it: Interview) -> None:
        actions.hold(it, form.reminder.data, seen=form.seen.data or 0, by=me())

    beside = ", your notes beside them" if form.reminder.data else ""
    said = f"Noted. They go on with the questions{beside}."
    return decide(id, act, said, held=form)


@bp.post("/cancellation")
@auth.staff(Role.EDITOR)
def call_off(id: int):
    form = OffForm()
    if not form.validate():
        return page(queries.interview(id), status=422, off=form)

    def act(it: Interview) -> None:
        actions.call_off(it, note=form.note.data, by=me())

    return decide(id, act, "Called off. They are told by mail.", off=form)


@bp.get("/entry.ics")
@auth.staff()
def entry(id: int):
    interview = queries.interview(id)
    if interview.starts_at is None:
        raise NotFound("No time is agreed on, so there is no calendar entry.")
    return Response(calendar.write(interview), content_type="text/calendar; charset=utf-8")


def me():
    return current_user._get_current_object()
