"""Sign-off: staff propose a change to a customer's words, and its author alone decides (T3)."""

from flask import flash, g, redirect, request, url_for
from flask_login import current_user

from portal import auth
from portal.approvals import colleagues as colleagues
from portal.approvals import forms, pages
from portal.approvals.pages import bp
from portal.consent.forms import circumstances
from portal.db import db
from portal.errors import NotFound, Refusal, Stale
from portal.publishing import desk, signoff
from portal.publishing.models import Proposal
from portal.publishing.undoing import CONTRIBUTION
from portal.queue.onward import Onward
from portal.staff.models import Role
from portal.submissions import queries as submissions
from portal.undo.actions import undoable
from portal.undo.telling import tell

# ── The author's side ──────────────────────────────────────────────────────────────────────


@bp.get("/me/submissions/<int:id>/signoff")
@auth.advocate
def show_signoff(id: int):
    submission = submissions.of(g.advocate.id, id)
    found = signoff.pending(submission)
    if found is None:
        return redirect(url_for("submissions.show", id=id), 303)
    return pages.signoff_page(found)


@bp.post("/me/submissions/<int:id>/signoff/approval")
@auth.advocate
def approve(id: int):
    form = forms.ApproveForm()
    return _answer(
        id,
        lambda proposal: signoff.approve(
            proposal,
            seen=form.seen.data or "",
            by=g.advocate,
            circumstances=circumstances(proposal.submission.language),
        ),
        "You approved exactly this. Nothing else is shown.",
    )


@bp.post("/me/submissions/<int:id>/signoff/wording")
@auth.advocate
def reword(id: int):
    proposal = mine(id)
    form = pages.reword_form(proposal)
    if not form.validate():
        return pages.signoff_page(proposal, 422, reword=form)
    return _answer(
        id,
        lambda proposal: signoff.reword(
            proposal,
            form.texts,
            note=form.note.data,
            by=g.advocate,
            circumstances=circumstances(proposal.submission.language),
        ),
        "Sent. The team reads your own wording next.",
        reword=form,
    )


@bp.post("/me/submissions/<int:id>/signoff/refusal")
@auth.advocate
def refuse(id: int):
    form = forms.RefuseForm()
    if not form.validate():
        return pages.signoff_page(mine(id), 422, refuse=form)
    return _answer(
        id,
        lambda proposal: signoff.refuse(proposal, note=form.note.data, by=g.advocate),
        "Noted. Your words stay as you sent them.",
        refuse=form,
    )


def mine(id: int) -> Proposal:
    """The newest change to a contribution of theirs; raises NotFound when there never was one."""
    submission = submissions.of(g.advocate.id, id)
    found = signoff.pending(submission) or signoff.newest(submission)
    if found is None:
        raise NotFound("There is nothing of yours to sign off here.")
    return found


def _answer(id: int, act, said: str, **typed):
    """Act, commit, go back to the contribution; or the same page with what was typed."""
    proposal = mine(id)
    try:
        shown = request.form.get("proposal", "")
        if shown and shown != str(proposal.id):
            raise Stale("We proposed something else meanwhile. Read it again; nothing was changed.")
        act(proposal)
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        found = signoff.pending(submissions.of(g.advocate.id, id))
        if found is None:
            raise
        return pages.signoff_page(found, refusal.status, refusal=str(refusal), **typed)
    flash(said)
    return redirect(url_for("submissions.show", id=id), 303)


# ── Ours ───────────────────────────────────────────────────────────────────────────────────


@bp.get("/staff/submissions/<int:id>/proposals/new")
@auth.staff(Role.EDITOR)
def new_proposal(id: int):
    submission = desk.submission(id)
    return pages.propose_page(submission, propose_form(submission, formdata=None))


@bp.post("/staff/submissions/<int:id>/proposals")
@auth.staff(Role.EDITOR)
def propose(id: int):
    submission, on = desk.submission(id), Onward(("decide", id), ("publish", id))
    form = propose_form(submission)
    if not form.validate():
        return pages.propose_page(submission, form, 422)
    try:
        with undoable(CONTRIBUTION, submission, by=current_user):
            signoff.propose_words(
                submission,
                form.texts,
                note=form.note.data,
                seen=form.seen.data,
                fair_edit=form.fair_edit.data,
                by=current_user,
            )
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        field = getattr(refusal, "field", "")
        if field:
            form[field].errors = [str(refusal)]
        said = "" if field else str(refusal)
        return pages.propose_page(desk.submission(id), form, refusal.status, said)
    first_name = submission.advocate.first_name
    tell(f"Sent to {first_name}. Nothing changes without their yes.", submission)
    return on("review.show", submission_id=id)


def propose_form(submission, **more) -> forms.ProposeForm:
    answers = submission.current.answers
    form = forms.wording(forms.ProposeForm, submission, answers, **more)
    if not form.is_submitted():
        form.seen.data = submission.version
    return form


@bp.post("/staff/submissions/<int:id>/proposals/withdrawal")
@auth.staff(Role.EDITOR)
def take_back(id: int):
    submission = desk.submission(id)
    found = signoff.newest(submission)
    if found is None:
        raise NotFound("Nothing was proposed here.")
    signoff.take_back(found, by=current_user)
    db.session.commit()
    flash("Taken back. The words stay as they were sent.")
    return redirect(f"/staff/submissions/{id}", 303)
