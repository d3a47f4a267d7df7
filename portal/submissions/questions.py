"""One question per page, saved as it is typed, and never over another window’s text."""

from flask import flash, g, jsonify, redirect, request, url_for

from portal import auth
from portal.db import db
from portal.submissions import actions, forms, queries
from portal.submissions.models import PromptKind, Submission
from portal.submissions.pages import back_from, bp, detour, mine, onward, page


def question_page(submission: Submission, prompt, form, status: int = 200):
    return page(
        "question",
        submission,
        status,
        prompt=prompt,
        form=form,
        total=len(submission.prompt_set.prompts),
        rows=rows_to_draw(form) if prompt.kind is PromptKind.RESULTS else 0,
        parts=forms.PARTS,
        most_rows=forms.MOST_ROWS,
        back=back_from(submission, "question", prompt.position),
    )


def rows_to_draw(form) -> int:
    wanted = request.args.get("rows", 1, type=int)
    return min(max(len(form.value.data), wanted, 1), forms.MOST_ROWS)


@bp.get("/me/submissions/<int:id>/questions/<int:number>")
@auth.advocate
def question(id: int, number: int):
    submission = mine(id)
    prompt = queries.prompt_at(submission, number)
    if away := detour(submission, "question", number):
        return away
    found = submission.answer_to(prompt)
    form = forms.question_form(
        prompt, found.value if found else None, found.version if found else 0
    )
    return question_page(submission, prompt, form)


@bp.post("/me/submissions/<int:id>/questions/<int:number>")
@auth.advocate
def save_question(id: int, number: int):
    submission = mine(id)
    prompt = queries.prompt_at(submission, number)
    form = forms.question_form(prompt, None, 0)
    autosave = request.headers.get("X-Requested-With") == "autosave"
    unfinished = autosave or not {"later", "add", "remove"}.isdisjoint(request.form)
    if not form.validate() and (not unfinished or form.hopeless):
        return question_page(submission, prompt, form, 422)
    if unfinished and not form.value.data and not submission.answer_to(prompt):
        return jsonify(version=0) if autosave else leave(submission, number, form)
    try:
        answer = actions.answer(
            submission, prompt, form.value.data, seen=form.seen.data or 0, by=g.advocate
        )
    except actions.Overtaken as overtaken:
        if autosave:
            raise
        return both_answers(submission, prompt, form, overtaken.answer)
    db.session.commit()
    if autosave:
        return jsonify(version=answer.version)
    return leave(submission, number, form)


def leave(submission: Submission, number: int, form):
    """Where the button that was pressed leads."""
    if "later" in request.form:
        flash("Saved. You can go on from here whenever it suits you.")
        return redirect(url_for("home.show"), 303)
    if {"add", "remove"} & set(request.form):
        rows = len(form.value.data) + ("add" in request.form)
        here = {"id": submission.id, "number": number, "to": request.args.get("to")}
        return redirect(url_for(".question", **here, rows=rows, _anchor=f"row-{rows}"), 303)
    return onward(submission, "question", number)


def both_answers(submission: Submission, prompt, form, saved):
    """Two windows, two texts: the person decides, nothing is overwritten."""
    form.seen.data = saved.version
    form.seen.raw_data = None
    return page(
        "both",
        submission,
        409,
        prompt=prompt,
        form=form,
        saved=saved,
        rows=rows_to_draw(form) if prompt.kind is PromptKind.RESULTS else 0,
        parts=forms.PARTS,
        most_rows=forms.MOST_ROWS,
    )
