"""A contribution from its start to what became of it; the steps between are beside."""

from flask import flash, g, redirect, request, url_for

from portal import auth
from portal.consent import queries as permissions
from portal.consent.forms import circumstances
from portal.db import db
from portal.errors import NotFound
from portal.submissions import actions, queries, questions, steps  # noqa: F401
from portal.submissions.models import Action
from portal.submissions.pages import bp, mine, page, url_of


@bp.post("/me/invitations/<int:id>/submissions")
@auth.advocate
def start(id: int):
    invitation = queries.invitation_of(g.advocate.id, id)
    wanted = request.form.get("action", "")
    if wanted not in set(Action):
        raise NotFound("There is nothing of that kind to start here.")
    submission = actions.start(invitation, Action(wanted), by=g.advocate)
    db.session.commit()
    return redirect(url_for("submissions.resume", id=submission.id), 303)


@bp.get("/me/submissions/<int:id>/next")
@auth.advocate
def resume(id: int):
    submission = mine(id)
    if not queries.may_be_written(submission):
        return redirect(url_for("submissions.show", id=id), 303)
    return redirect(url_of(submission, queries.next_step(submission)), 303)


@bp.get("/me/submissions/<int:id>/sent")
@auth.advocate
def sent(id: int):
    submission = mine(id)
    if not submission.versions:
        return redirect(url_for("submissions.resume", id=id), 303)
    return page("sent", submission, beside=actions.said_beside(submission))


@bp.get("/me/submissions/<int:id>")
@auth.advocate
def show(id: int):
    submission = mine(id)
    return page(
        "show",
        submission,
        story=queries.story(submission),
        open=queries.may_be_written(submission),
        answers=queries.answered(submission),
        may=queries.permitted(submission),
        standing=permissions.state(submission.receipt) if submission.receipt else {},
        fill=permissions.fill,
        beside=actions.said_beside(submission),
    )


@bp.get("/me/submissions/<int:id>/withdrawal")
@auth.advocate
def think_again(id: int):
    submission = mine(id)
    if not submission.allows("withdraw"):
        return redirect(url_for("submissions.show", id=id), 303)
    return page("withdrawal", submission)


@bp.post("/me/submissions/<int:id>/withdrawal")
@auth.advocate
def withdraw(id: int):
    submission = mine(id)
    actions.withdraw(submission, by=g.advocate, circumstances=circumstances(submission.language))
    db.session.commit()
    flash(f"You took your {actions.noun(submission.action)} back.")
    return redirect(url_for("submissions.show", id=id), 303)
