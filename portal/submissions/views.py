"""The way of one contribution: offer, questions, about you, permissions, check, sent."""

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for

from portal import auth
from portal.config import settings
from portal.consent import queries as permissions
from portal.consent.forms import choices_form, circumstances
from portal.consent.models import Purpose
from portal.db import db
from portal.errors import NotFound
from portal.incentives import disclosure
from portal.incentives.models import Choice
from portal.media.models import Photo
from portal.submissions import actions, forms, queries
from portal.submissions.models import Action, PromptKind, Relationship, State, Submission

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


# ── The offer ──────────────────────────────────────────────────────────────────────────────


def offer_page(submission: Submission, form, status: int = 200):
    words = disclosure.before(
        submission.promise, actions.noun(submission.action), settings().brand_name
    )
    beside = disclosure.beside(
        submission.promise, Choice.ACCEPTED, submission.action, settings().brand_name
    )
    back = back_from(submission, "offer")
    return page("offer", submission, status, form=form, words=words, beside=beside, back=back)


@bp.get("/me/submissions/<int:id>/offer")
@auth.advocate
def offer(id: int):
    submission = mine(id)
    if away := detour(submission, "offer"):
        return away
    form = forms.offer_form(submission.promise, submission.choice, submission.employer_allows)
    return offer_page(submission, form)


@bp.post("/me/submissions/<int:id>/offer")
@auth.advocate
def answer_offer(id: int):
    submission = mine(id)
    if away := detour(submission, "offer"):
        return away
    form = forms.offer_form(submission.promise, None, False)
    if not form.validate():
        return offer_page(submission, form, 422)
    choice = Choice(form.choice.data)
    actions.take_offer(submission, choice, form.employer_allows.data, by=g.advocate)
    db.session.commit()
    return onward(submission, "offer")


# ── One question ───────────────────────────────────────────────────────────────────────────


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


# ── Who speaks, and what may be used ───────────────────────────────────────────────────────


def you_page(submission: Submission, form, status: int = 200):
    photo = photo_of(submission)
    back = back_from(submission, "you")
    return page("you", submission, status, form=form, photo=photo, back=back)


def photo_of(submission: Submission) -> Photo | None:
    key = submission.advocate.photo_id
    return db.session.get(Photo, key) if key else None


@bp.get("/me/submissions/<int:id>/you")
@auth.advocate
def you(id: int):
    submission = mine(id)
    if away := detour(submission, "you"):
        return away
    relation = submission.relation.value if submission.relation else None
    form = forms.YouForm(data={"job_title": g.advocate.job_title, "relation": relation})
    return you_page(submission, form)


@bp.post("/me/submissions/<int:id>/you")
@auth.advocate
def save_you(id: int):
    submission = mine(id)
    if away := detour(submission, "you"):
        return away
    form = forms.YouForm()
    if not form.validate():
        return you_page(submission, form, 422)
    relation = Relationship(form.relation.data)
    actions.introduce(submission, job_title=form.job_title.data, relation=relation, by=g.advocate)
    db.session.commit()
    if "photo" in request.form:
        return redirect(f"/me/photo?submission={id}", 303)
    return onward(submission, "you")


@bp.get("/me/submissions/<int:id>/consent")
@auth.advocate
def consent(id: int):
    submission = mine(id)
    if away := detour(submission, "consent"):
        return away
    asked = permissions.wordings(submission.prompt_set.purposes, g.advocate, submission.language)
    return page(
        "consent",
        submission,
        form=choices_form(asked, submission.choices),
        asked=asked,
        photo=photo_of(submission),
        back=back_from(submission, "consent"),
    )


@bp.post("/me/submissions/<int:id>/consent")
@auth.advocate
def save_consent(id: int):
    submission = mine(id)
    if away := detour(submission, "consent"):
        return away
    asked = submission.prompt_set.purposes
    choices = {Purpose(name): request.form.get(name) == "yes" for name in asked}
    actions.choose(submission, choices, by=g.advocate)
    db.session.commit()
    return onward(submission, "consent")


# ── Check and send ─────────────────────────────────────────────────────────────────────────


def check_page(submission: Submission, form, status: int = 200):
    return page(
        "check",
        submission,
        status,
        form=form,
        asked=permissions.wordings(submission.prompt_set.purposes, g.advocate, submission.language),
        standing=permissions.state(submission.receipt) if submission.receipt else {},
        relations=dict(forms.RELATIONS),
        beside=actions.said_beside(submission),
        back=back_from(submission, "check"),
    )


@bp.get("/me/submissions/<int:id>/check")
@auth.advocate
def check(id: int):
    submission = mine(id)
    if away := detour(submission, "check"):
        return away
    return check_page(submission, forms.SendForm(data={"seen": submission.version}))


@bp.post("/me/submissions/<int:id>/sending")
@auth.advocate
def send(id: int):
    submission = mine(id)
    form = forms.SendForm()
    if queries.may_be_written(submission):
        if away := detour(submission, "check"):
            return away
        if not form.validate():
            return check_page(submission, form, 422)
    actions.submit(
        submission,
        relation=submission.relation,
        circumstances=circumstances(submission.language),
        by=g.advocate,
        seen=int(form.seen.data) if (form.seen.data or "").isdigit() else None,
    )
    db.session.commit()
    return redirect(url_for("submissions.sent", id=id), 303)


@bp.get("/me/submissions/<int:id>/sent")
@auth.advocate
def sent(id: int):
    submission = mine(id)
    if not submission.versions:
        return redirect(url_for("submissions.resume", id=id), 303)
    return page("sent", submission, beside=actions.said_beside(submission))


# ── Afterwards ─────────────────────────────────────────────────────────────────────────────


@bp.get("/me/submissions/<int:id>")
@auth.advocate
def show(id: int):
    submission = mine(id)
    return page(
        "show",
        submission,
        story=queries.story(submission),
        open=queries.may_be_written(submission),
        answered=queries.answered(submission),
        standing=permissions.state(submission.receipt) if submission.receipt else {},
        fill=permissions.fill,
        beside=actions.said_beside(submission),
        State=State,
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
