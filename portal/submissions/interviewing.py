"""“Interview me instead”: ask for a talk, choose a time, or go back to writing. Pages of the same
blueprint."""

from flask import Response, flash, g, redirect, request, url_for

from portal import auth
from portal.advocates.wishes import live_in
from portal.db import db
from portal.errors import NotAllowed, NotFound
from portal.interviews import actions, calendar, queries
from portal.interviews.forms import AskForm
from portal.interviews.models import MINUTES, Interview, State
from portal.submissions.models import Action, Submission
from portal.submissions.pages import bp, mine, page
from portal.submissions.queries import may_be_written


def talkable(id: int) -> tuple[Submission, Interview | None]:
    """A story of theirs and the talk about it; anything else is written, not told."""
    submission = mine(id)
    if submission.action is not Action.CASE_STUDY:
        raise NotFound("There is no interview for this.")
    return submission, queries.for_reason(submission.subject)


def with_form(submission: Submission, found: Interview | None, form=None, status: int = 200):
    form = form or AskForm.of(found, g.advocate.phone, g.advocate.time_zone)
    asks = may_be_written(submission) and (found is None or found.allows("ask"))
    form = form if asks else None
    return page("interview", submission, status, interview=found, minutes=MINUTES, form=form)


@bp.get("/me/submissions/<int:id>/interview")
@auth.advocate
def interview(id: int):
    return with_form(*talkable(id))


@bp.post("/me/submissions/<int:id>/interview")
@auth.advocate
def ask_for_interview(id: int):
    submission, found = talkable(id)
    if not may_be_written(submission):
        raise NotAllowed("This was already sent, or its invitation has closed.")
    form = AskForm.of(found, g.advocate.phone, g.advocate.time_zone)
    if not form.validate():
        return with_form(submission, found, form, 422)
    live_in(g.advocate, form.time_zone.data)
    actions.ask(submission.invitation, reason=submission.subject, by=g.advocate, **form.values())
    db.session.commit()
    flash("The team has your times, and answers by mail.")
    return redirect(url_for(".interview", id=id), 303)


@bp.post("/me/submissions/<int:id>/interview/time")
@auth.advocate
def choose_time(id: int):
    _, found = talkable(id)
    if found is None:
        raise NotFound("There is no interview for this.")
    actions.accept(found, request.form.get("slot", ""), by=g.advocate)
    db.session.commit()
    return redirect(url_for(".interview", id=id), 303)


@bp.post("/me/submissions/<int:id>/interview/cancellation")
@auth.advocate
def rather_write(id: int):
    submission, found = talkable(id)
    if found:
        actions.call_off(found, by=g.advocate)
    db.session.commit()
    flash("No interview, then. You can ask for one again until you send your story.")
    return redirect(url_for(".resume", id=submission.id), 303)


@bp.get("/me/submissions/<int:id>/interview.ics")
@auth.advocate
def interview_entry(id: int):
    _, found = talkable(id)
    if found is None or found.state is not State.CONFIRMED:
        raise NotFound("No time is agreed on, so there is no calendar entry.")
    return Response(calendar.write(found), content_type="text/calendar; charset=utf-8")
