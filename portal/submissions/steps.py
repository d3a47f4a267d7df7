"""The other steps before sending: the offer, about you, permissions, check."""

from flask import g, redirect, request, url_for

from portal import auth
from portal.config import settings
from portal.consent import queries as permissions
from portal.consent.forms import choices_form, circumstances
from portal.consent.models import Purpose
from portal.db import db
from portal.incentives import disclosure
from portal.incentives.models import Choice
from portal.submissions import actions, forms, queries
from portal.submissions.models import Relationship, Submission
from portal.submissions.pages import back_from, bp, detour, mine, onward, page

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


# ── Who speaks, and what may be used ───────────────────────────────────────────────────────


def you_page(submission: Submission, form, status: int = 200):
    return page("you", submission, status, form=form, back=back_from(submission, "you"))


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
        return redirect(url_for("media.show", submission=id), 303)
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
    asked = permissions.wordings(submission.prompt_set.purposes, g.advocate, submission.language)
    return page(
        "check",
        submission,
        status,
        form=form,
        asked=asked,
        may=queries.permitted(submission),
        answers=queries.answers_now(submission),
        relations=forms.RELATIONS,
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
