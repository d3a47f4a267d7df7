"""How they are credited, changed after sending: choose, then answer what that asks anew."""

from flask import flash, g, redirect, request, url_for

from portal import auth
from portal.advocates.actions import correct_title
from portal.consent.forms import choices_form, circumstances
from portal.db import db
from portal.submissions import crediting, forms, queries, recrediting
from portal.submissions.models import Credit, Submission
from portal.submissions.pages import bp, given_in_vain, mine, page, wordings


@bp.get("/me/submissions/<int:id>/credit")
@auth.advocate
def credit(id: int):
    """First the choice, which changes nothing; with one in the address, what it means."""
    submission, wanted = mine(id), wanted_credit()
    if not queries.may_be_recredited(submission):
        return redirect(url_for("submissions.show", id=id), 303)
    if wanted in (None, submission.credit):
        return choose_page(submission)
    return confirm_page(submission, wanted, forms.TitleForm())


@bp.post("/me/submissions/<int:id>/credit")
@auth.advocate
def change_credit(id: int):
    submission, wanted = mine(id), wanted_credit()
    if wanted is None:
        return redirect(url_for("submissions.credit", id=id), 303)
    if recrediting.lacks_title(submission, wanted):
        return save_title(submission, wanted)
    asked = recrediting.asked_for(submission, wanted)
    recrediting.recredit(
        submission,
        wanted,
        {purpose: request.form.get(purpose) == "yes" for purpose in asked},
        by=g.advocate,
        circumstances=circumstances(submission.language),
    )
    db.session.commit()
    flash(f"Saved. You are credited {crediting.CHOSEN[submission.credit]}.")
    there = "check" if request.args.get("to") == "check" else "show"
    return redirect(url_for(f"submissions.{there}", id=id), 303)


def save_title(submission: Submission, wanted: Credit):
    """The title first: what is asked next is asked with it."""
    form = forms.TitleForm()
    if not form.validate():
        return confirm_page(submission, wanted, form, 422)
    correct_title(g.advocate, form.job_title.data, by=g.advocate)
    db.session.commit()
    to = request.args.get("to")
    return redirect(url_for("submissions.credit", id=submission.id, how=wanted.value, to=to), 303)


def wanted_credit() -> Credit | None:
    said = request.args.get("how", "")
    return Credit(said) if said in set(Credit) else None


def choose_page(submission: Submission):
    form = forms.CreditForm(formdata=None, data={"how": submission.credit.value})
    form.how.flags.required = True  # one is always chosen, so nothing is optional about it
    hints = crediting.hints(submission.advocate, submission.company_name)
    return page("credit", submission, form=form, hints=hints, to=request.args.get("to"))


def confirm_page(submission: Submission, wanted: Credit, form, status: int = 200):
    asked = wordings(submission, recrediting.asked_for(submission, wanted), wanted)
    hints = crediting.hints(submission.advocate, submission.company_name)
    before = set(given_in_vain(submission, submission.credit))
    return page(
        "recredit",
        submission,
        status,
        wanted=crediting.CHOSEN[wanted],
        hint=hints[wanted],
        asked=asked,
        choices=choices_form(asked, {}),
        gone=[one for one in given_in_vain(submission, wanted) if one not in before],
        lacks_title=recrediting.lacks_title(submission, wanted),
        form=form,
        to=request.args.get("to"),
    )
