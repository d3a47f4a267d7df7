"""A contribution on the web: the steps before sending, and what became of it after."""

from flask import flash, g, jsonify, redirect, request, url_for

from portal import auth
from portal.advocates.wishes import clock_of, live_in
from portal.campaigns.entering import let_in
from portal.consent import queries as permissions
from portal.consent.forms import choices_form, circumstances
from portal.consent.models import Purpose
from portal.db import db
from portal.errors import NotAllowed, NotFound, there
from portal.events import queries as events
from portal.incentives.models import Choice
from portal.submissions import actions, credit_pages, crediting, forms, interviewing, queries
from portal.submissions.filing import files_page, save_files
from portal.submissions.models import Action, Credit, PromptKind, Relationship
from portal.submissions.pages import (
    STAYS,
    back_from,
    both_answers,
    bp,
    check_page,
    detour,
    form_of,
    leave,
    mine,
    offer_page,
    onward,
    page,
    question_page,
    url_of,
    wordings,
    you_form,
    you_page,
)

__all__ = ["bp", "credit_pages", "interviewing"]  # the whole slice, for create_app


@bp.post("/me/invitations/<int:id>/submissions")
@auth.advocate
def start(id: int):
    invitation = queries.invitation_of(g.advocate.id, id)
    submission = actions.start(invitation, wanted_action(), by=g.advocate)
    db.session.commit()
    return redirect(url_for("submissions.resume", id=submission.id), 303)


@bp.post("/i/<token>/submissions")
@auth.by_link
def start_at_once(token: str):
    """A button on the landing page: come in and begin, in one step."""
    action = wanted_action()
    try:
        invitation = let_in(token)
        if action is not Action.REFERRAL:
            begun = actions.start(invitation, action, by=invitation.advocate)
    except (NotFound, NotAllowed):  # the landing page says what became of the link
        return redirect(url_for("campaigns.landing", token=token), 303)
    db.session.commit()
    if action is Action.REFERRAL:
        return redirect(url_for("referrals.begin", invitation_id=invitation.id), 303)
    return redirect(url_for("submissions.resume", id=begun.id), 303)


def wanted_action() -> Action:
    wanted = request.form.get("action", "")
    if wanted not in set(Action):
        raise NotFound("There is nothing of that kind to start here.")
    return Action(wanted)


@bp.get("/me/submissions/<int:id>/next")
@auth.advocate
def resume(id: int):
    submission = mine(id)
    if not queries.may_be_written(submission):
        return redirect(url_for("submissions.show", id=id), 303)
    return redirect(url_of(submission, queries.next_step(submission)), 303)


# ── The offer ───────────────────────────────────────────────────────────────────────────────────


@bp.get("/me/submissions/<int:id>/offer")
@auth.advocate
def offer(id: int):
    submission = mine(id)
    if away := detour(submission, "offer"):
        return away
    form = forms.offer_form(
        there(submission.promise), submission.choice, submission.employer_allows
    )
    return offer_page(submission, form)


@bp.post("/me/submissions/<int:id>/offer")
@auth.advocate
def answer_offer(id: int):
    submission = mine(id)
    if away := detour(submission, "offer"):
        return away
    form = forms.offer_form(there(submission.promise), None, False)
    if not form.validate():
        return offer_page(submission, form, 422)
    choice = Choice(form.choice.data)
    actions.take_offer(submission, choice, form.employer_allows.data, by=g.advocate)
    db.session.commit()
    return onward(submission, "offer")


# ── One question ────────────────────────────────────────────────────────────────────────────────


@bp.get("/me/submissions/<int:id>/questions/<int:number>")
@auth.advocate
def question(id: int, number: int):
    submission = mine(id)
    prompt = queries.prompt_at(submission, number)
    if away := detour(submission, "question", number):
        return away
    if prompt.kind is PromptKind.FILES:
        return files_page(submission, prompt)
    found = submission.answer_to(prompt)
    form = form_of(prompt, found.value if found else None, found.version if found else 0)
    return question_page(submission, prompt, form)


@bp.post("/me/submissions/<int:id>/questions/<int:number>")
@auth.advocate
def save_question(id: int, number: int):
    submission = mine(id)
    prompt = queries.prompt_at(submission, number)
    if prompt.kind is PromptKind.FILES:
        return save_files(submission, prompt)
    form = form_of(prompt, None, 0)
    autosave = request.headers.get("X-Requested-With") == "autosave"
    unfinished = autosave or not {"later", *STAYS}.isdisjoint(request.form)
    if not form.validate() and (not unfinished or form.hopeless):
        return question_page(submission, prompt, form, 422)
    if getattr(form, "zone", ""):
        live_in(g.advocate, form.zone)
        db.session.commit()
    if unfinished and not form.answer and not submission.answer_to(prompt):
        return jsonify(version=0) if autosave else leave(submission, number, form)
    try:
        answer = actions.answer(
            submission, prompt, form.answer, seen=form.seen.data or 0, by=g.advocate
        )
    except actions.Overtaken as overtaken:
        if autosave:
            raise
        return both_answers(submission, prompt, form, overtaken.answer)
    db.session.commit()
    if autosave:
        return jsonify(version=answer.version)
    return leave(submission, number, form)


# ── Who speaks, and what may be used ────────────────────────────────────────────────────────────


@bp.get("/me/submissions/<int:id>/you")
@auth.advocate
def you(id: int):
    submission = mine(id)
    if away := detour(submission, "you"):
        return away
    relation = submission.relation.value if submission.relation else None
    said = {"relation": relation, "credit": submission.credit.value}
    form = you_form(submission, data={"job_title": g.advocate.job_title} | said)
    return you_page(submission, form)


@bp.post("/me/submissions/<int:id>/you")
@auth.advocate
def save_you(id: int):
    submission = mine(id)
    if away := detour(submission, "you"):
        return away
    form = you_form(submission)
    if not form.validate():
        return you_page(submission, form, 422)
    actions.introduce(
        submission,
        job_title=form.job_title.data,
        relation=Relationship(form.relation.data),
        credit=Credit(form.credit.data) if "credit" in form else None,
        by=g.advocate,
    )
    db.session.commit()
    if "photo" in request.form and not crediting.shows(submission.credit, Purpose.PHOTO):
        flash("Saved. With the credit you chose no photo is shown, so you need not add one.")
    elif "photo" in request.form:
        return redirect(url_for("media.show", submission=id), 303)
    return onward(submission, "you")


@bp.get("/me/submissions/<int:id>/consent")
@auth.advocate
def consent(id: int):
    submission = mine(id)
    if away := detour(submission, "consent"):
        return away
    asked = wordings(submission)
    return page(
        "consent",
        submission,
        form=choices_form(asked, submission.choices),
        asked=asked,
        left_out=crediting.left_out(submission.prompt_set.purposes, submission.credit),
        why=crediting.why(submission.credit),
        back=back_from(submission, "consent"),
    )


@bp.post("/me/submissions/<int:id>/consent")
@auth.advocate
def save_consent(id: int):
    submission = mine(id)
    if away := detour(submission, "consent"):
        return away
    asked = queries.asked(submission)
    choices = {purpose: request.form.get(purpose) == "yes" for purpose in asked}
    actions.choose(submission, choices, by=g.advocate)
    db.session.commit()
    return onward(submission, "consent")


# ── Check and send ──────────────────────────────────────────────────────────────────────────────


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


# ── Afterwards ──────────────────────────────────────────────────────────────────────────────────


@bp.get("/me/submissions/<int:id>")
@auth.advocate
def show(id: int):
    submission = mine(id)
    return page(
        "show",
        submission,
        story=queries.story(submission),
        open=queries.may_be_written(submission),
        recreditable=queries.may_be_recredited(submission),
        answers=queries.answered(submission),
        may=queries.permitted(submission),
        speaker=events.for_reason(submission.subject),
        clock=clock_of(submission.advocate),
        standing=permissions.state(submission.receipt) if submission.receipt else {},
        as_read=permissions.as_read,
        beside=actions.said_beside(submission),
        later=actions.said_once_sent(submission),
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
