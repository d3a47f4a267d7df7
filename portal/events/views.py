"""Events: planned and answered by staff; with a page and a calendar file for who speaks."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.advocates.wishes import clock_of
from portal.db import db
from portal.errors import NotAllowed, Stale, there
from portal.events import actions, calendar, queries
from portal.events.forms import FORMATS, EventForm, NoteForm, OffForm
from portal.events.models import Event, Speaker, SpeakerState
from portal.events.undoing import EVENT, SPEAKER
from portal.fields import row_number
from portal.queue.onward import Onward
from portal.staff.models import Role
from portal.undo.actions import undoable
from portal.undo.telling import tell

bp = Blueprint("events", __name__)
bp.add_app_template_global(clock_of)


# ── Whoever speaks ─────────────────────────────────────────────────────────────────────────


@bp.get("/me/events/<int:id>")
@auth.advocate
def mine(id: int):
    return my_page(queries.mine(g.advocate.id, id), OffForm(formdata=None))


def my_page(speaker: Speaker, form: OffForm) -> str:
    return render_template(
        "events/mine.html",
        speaker=speaker,
        event=speaker.event,
        zone=clock_of(speaker.advocate),
        formats=FORMATS,
        form=form,
    )


@bp.post("/me/events/<int:id>/end")
@auth.advocate
def step_down(id: int):
    speaker, form = queries.mine(g.advocate.id, id), OffForm()
    if not form.validate():
        return my_page(speaker, form), 422
    actions.step_down(speaker, dates=form.dates.data, by=g.advocate)
    db.session.commit()
    flash("Noted: you do not speak at it. The team is told, and it leaves your calendar by mail.")
    return redirect(url_for("submissions.show", id=speaker.reason_id), 303)


@bp.get("/me/events/<int:id>.ics")
@auth.advocate
def file(id: int):
    return calendar_file(there(queries.mine(g.advocate.id, id).event))


def calendar_file(event: Event) -> Response:
    return Response(
        calendar.file(event),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="event-{event.id}.ics"'},
    )


def asked_offer() -> int | None:
    """Which offer to speak, of all on the page, the queue led to."""
    return request.args.get("speaker", type=row_number)


# ── Staff plan ─────────────────────────────────────────────────────────────────────────────


@bp.get("/staff/events")
@auth.staff()
def index():
    return index_page({})


def index_page(refused: dict[str, Any]) -> str:
    return render_template(
        "events/index.html",
        offer=asked_offer(),
        ahead=queries.ahead(),
        over=queries.over(),
        available=queries.available(),
        formats=FORMATS,
        refused=refused,
    )


@bp.get("/staff/events/new")
@auth.staff(Role.EDITOR)
def new():
    return edit_page(None, EventForm.of(None))


@bp.post("/staff/events")
@auth.staff(Role.EDITOR)
def create():
    form = EventForm.of(None)
    if not form.validate():
        return edit_page(None, form), 422
    event = actions.plan(by=current_user._get_current_object(), **form.values())
    db.session.commit()
    flash("Planned. Customers you ask for a webinar can now offer to speak at it.")
    return redirect(url_for(".show", id=event.id), 303)


@bp.get("/staff/events/<int:id>/edit")
@auth.staff(Role.EDITOR)
def edit(id: int):
    event = queries.event(id)
    return edit_page(event, EventForm.of(event))


@bp.post("/staff/events/<int:id>")
@auth.staff(Role.EDITOR)
def change(id: int):
    event = queries.event(id)
    form = EventForm.of(event)
    if not form.validate():
        return edit_page(event, form), 422
    try:
        actions.change(event, seen=form.seen.data or 0, by=current_user, **form.values())
        db.session.commit()
    except (NotAllowed, Stale) as refusal:
        db.session.rollback()
        form.seen.catch_up(refusal, EventForm.of(event))
        return edit_page(event, form, str(refusal)), refusal.status
    flash("Changed. Whoever is confirmed gets a new calendar entry if it shows a difference.")
    return redirect(url_for(".show", id=id), 303)


def edit_page(event: Event | None, form: EventForm, refusal: str = "") -> str:
    return render_template("events/edit.html", event=event, form=form, refusal=refusal)


# ── Staff answer ───────────────────────────────────────────────────────────────────────────


@bp.get("/staff/events/<int:id>")
@auth.staff()
def show(id: int):
    return show_page(queries.event(id))


@bp.get("/staff/events/<int:id>.ics")
@auth.staff()
def entry(id: int):
    return calendar_file(queries.event(id))


def show_page(
    event: Event,
    refusal: str = "",
    refused: dict[str, Any] | None = None,
    cancelling: NoteForm | None = None,
) -> str:
    return render_template(
        "events/show.html",
        event=event,
        offer=asked_offer(),
        available=queries.available() if event.is_ahead and not event.is_over else [],
        form=cancelling or NoteForm(formdata=None),
        formats=FORMATS,
        refusal=refusal,
        refused=refused or {},
    )


@bp.post("/staff/events/<int:id>/speakers")
@auth.staff(Role.EDITOR)
def confirm(id: int):
    event = queries.event(id)
    speaker = queries.speaker(request.form.get("speaker", 0, type=row_number))
    on = onward(event, speaker)
    try:
        with undoable(SPEAKER, speaker, by=me()):
            actions.confirm(speaker, event, by=current_user)
        db.session.commit()
    except NotAllowed as refusal:
        db.session.rollback()
        return show_page(event, str(refusal)), refusal.status
    tell(f"{speaker.advocate.name} is confirmed, and gets the calendar entry by mail.", speaker)
    return on(".show", id=id)


@bp.post("/staff/speakers/<int:id>/refusal")
@auth.staff(Role.EDITOR)
def turn_down(id: int):
    speaker = queries.speaker(id)
    form, on = NoteForm(), onward(speaker.event, speaker)
    if not form.validate():
        return note_refused(speaker, form), 422
    with undoable(SPEAKER, speaker, by=me()):
        actions.turn_down(speaker, note=form.note.data, by=current_user)
    db.session.commit()
    tell(f"{speaker.advocate.name} is told by mail.", speaker)
    return on(".show", id=speaker.event_id) if speaker.event_id else on(".index")


def note_refused(speaker: Speaker, form: NoteForm) -> str:
    """The page the note was written on, with the note still there."""
    refused = {"note": form.note.data, "says": form.note.errors[0], "speaker": speaker.id}
    if speaker.event:
        return show_page(speaker.event, refused=refused)
    return index_page(refused)


def onward(event: Event | None, *speakers: Speaker) -> Onward:
    """What of an event may wait: these offers to speak at it, else all, and that it is over."""
    offers = speakers or (event.those(SpeakerState.OFFERED) if event else ())
    over = [("events", event.id)] if event else []
    return Onward(*(("speakers", one.id) for one in offers), *over)


@bp.post("/staff/events/<int:id>/cancellation")
@auth.staff(Role.EDITOR)
def cancel(id: int):
    event = queries.event(id)
    form, on = NoteForm(), onward(event)
    if not form.validate():
        return show_page(event, cancelling=form), 422
    with undoable(EVENT, event, by=me()):
        actions.cancel(event, note=form.note.data, by=current_user)
    db.session.commit()
    tell("Cancelled. Everyone who offered or was confirmed is told by mail.", event)
    return on(".show", id=id)


@bp.post("/staff/events/<int:id>/end")
@auth.staff(Role.EDITOR)
def hold(id: int):
    event = queries.event(id)
    on = onward(event)
    with undoable(EVENT, event, by=me()):
        actions.hold(event, by=current_user)
    db.session.commit()
    tell("Noted. Everyone who spoke is thanked by mail.", event)
    return on(".show", id=id)


def me():
    return current_user._get_current_object()
