"""What the pages of a contribution share: whose it is, and where one goes from here."""

from flask import Blueprint, g, redirect, render_template, request, url_for

from portal.submissions import actions, queries
from portal.submissions.models import Submission

bp = Blueprint("submissions", __name__)


def mine(id: int) -> Submission:
    return queries.of(g.advocate.id, id)


def page(name: str, submission: Submission, status: int = 200, **more):
    """A page of this contribution, with what they all show."""
    return (
        render_template(
            f"submissions/{name}.html",
            submission=submission,
            prompts=submission.prompt_set.prompts,
            noun=actions.noun(submission.action),
            shown=queries.shown,
            **more,
        ),
        status,
    )


def url_of(submission: Submission, step: queries.Step) -> str:
    return url_for(f"submissions.{step.name}", id=submission.id, **step.place)


def detour(submission: Submission, name: str, number: int | None = None):
    """Where to go instead, when this page is not the one to be on; None when it is."""
    if not queries.may_be_written(submission):
        return redirect(url_for("submissions.show", id=submission.id), 303)
    if not queries.may_visit(submission, name, number):
        return redirect(url_of(submission, queries.next_step(submission)), 303)
    return None


def back_from(submission: Submission, name: str, number: int | None = None) -> str:
    before, _ = queries.around(submission, name, number)
    if request.args.get("to") == "check":
        return url_for("submissions.check", id=submission.id)
    if before:
        return url_of(submission, before)
    return url_for("home.choose", id=submission.invitation_id)


def onward(submission: Submission, name: str, number: int | None = None):
    """To the next page, or back to the answers when the person came from there."""
    _, after = queries.around(submission, name, number)
    if request.args.get("to") == "check" or after is None:
        return redirect(url_for("submissions.check", id=submission.id), 303)
    return redirect(url_of(submission, after), 303)
