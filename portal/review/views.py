"""One contribution in one view, and the three things staff may do with it."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user
from flask_wtf import FlaskForm

from portal import auth
from portal.db import db
from portal.errors import Refusal
from portal.events.queries import for_reason
from portal.media import sending
from portal.publishing import desk as desks
from portal.publishing.forms import PublishForm
from portal.publishing.grounds import WORKING_DAYS, Ground
from portal.publishing.items import address
from portal.publishing.queries import asset_of
from portal.publishing.undoing import CONTRIBUTION
from portal.queue.onward import asked
from portal.queue.queries import Place
from portal.review import actions, escalating, queries, report
from portal.review.forms import ApproveForm, ChangeForm, DeclineForm
from portal.review.waiting import DECIDE
from portal.staff.models import Role
from portal.submissions.attaching import file_sent_with
from portal.submissions.models import Submission
from portal.undo.actions import undoable
from portal.undo.telling import tell

bp = Blueprint("review", __name__)


@bp.get("/staff/submissions/<int:submission_id>")
@auth.staff()
def show(submission_id):
    return _page(desks.submission(submission_id))


@bp.get("/staff/reviews/by-rating")
@auth.staff()
def by_rating():
    late = len(escalating.overdue())
    return render_template("review/report.html", bands=report.bands(), late=late, days=WORKING_DAYS)


@bp.get("/staff/submissions/<int:submission_id>/files/<int:upload_id>")
@auth.staff()
def file(submission_id, upload_id):
    """A file sent with the words; one of a draft is nobody's to see but its owner's."""
    return sending.send(file_sent_with(desks.submission(submission_id), upload_id))


@bp.post("/staff/submissions/<int:submission_id>/approval")
@auth.staff(Role.EDITOR)
def approve(submission_id):
    submission = desks.submission(submission_id)
    form = ApproveForm()
    return _decide(
        submission,
        form,
        lambda: actions.approve(submission, seen=form.seen.data, by=current_user),
        "Approved. {name} gets a mail.",  # a review is published by it, and the mail says so
    )


@bp.post("/staff/submissions/<int:submission_id>/change-request")
@auth.staff(Role.EDITOR)
def ask_for_change(submission_id):
    submission = desks.submission(submission_id)
    form = ChangeForm()
    return _decide(
        submission,
        form,
        lambda: actions.ask_for_change(
            submission, seen=form.seen.data, note=form.note.data, by=current_user
        ),
        "Sent back. {name} gets your note by mail.",
    )


@bp.post("/staff/submissions/<int:submission_id>/decline")
@auth.staff(Role.EDITOR)
def decline(submission_id):
    submission = desks.submission(submission_id)
    form = DeclineForm(submission.action)
    return _decide(
        submission,
        form,
        lambda: actions.decline(
            submission,
            seen=form.seen.data,
            ground=Ground(form.ground.data),
            note=form.note.data,
            by=current_user,
        ),
        "Declined. {name} gets the ground and your note by mail.",
    )


def _decide(submission: Submission, form: FlaskForm, act: Callable, said: str):
    """Act, commit, go on to the next one; or the same page with what was typed and the reason."""
    if not form.validate():
        return _page(submission, form), 422
    since = submission.submitted_at
    place = since and Place(since, DECIDE.key, submission.id)
    try:
        with undoable(CONTRIBUTION, submission, by=current_user):
            act()
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        return _page(submission, form, refusal=str(refusal)), refusal.status
    tell(said.format(name=submission.advocate.first_name), submission)
    after = str(place) if place else None
    return redirect(url_for("dashboard.following", after=after, **asked()), 303)


def _page(submission: Submission, form: FlaskForm | None = None, refusal: str = "") -> str:
    hidden = queries.rating_is_hidden(submission)
    asset = asset_of(submission)
    desk = desks.desk(submission, rated=not hidden)
    return render_template(
        "review/show.html",
        submission=submission,
        hidden=hidden,
        refusal=refusal,
        form=form,
        change=form if isinstance(form, ChangeForm) else ChangeForm(formdata=None),
        decline=form
        if isinstance(form, DeclineForm)
        else DeclineForm(submission.action, formdata=None),
        answers=queries.answers(submission),
        choices=queries.choices(submission),
        story=queries.story(submission),
        speaker=for_reason(submission.subject),
        desk=desk,
        asset=asset,
        address=asset and address(submission.action, asset.slug),
        ground=Ground(submission.ground).sentence if submission.ground else "",
        publish=PublishForm(formdata=None).suit(desk),
    )
