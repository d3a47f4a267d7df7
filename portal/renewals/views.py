"""Still right? The page behind the link in the mail, the same for who is signed in, the list."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.consent.forms import circumstances
from portal.consent.queries import as_read
from portal.db import db
from portal.errors import NotAllowed, NotFound, Refusal, there
from portal.fields import row_number
from portal.links import actions as links
from portal.links.models import Kind
from portal.publishing import desk
from portal.publishing.queries import asset_of
from portal.renewals import actions, queries
from portal.renewals.forms import AnswerForm
from portal.renewals.models import Answer, Renewal
from portal.renewals.undoing import ASKED
from portal.staff.models import Role
from portal.undo.actions import undoable
from portal.undo.telling import tell

bp = Blueprint("renewals", __name__)

# The advocate's home, to the right, and pages of submissions, to the left, say what waits.
bp.add_app_template_global(queries.waiting_for, "renewals_for")
bp.add_app_template_global(queries.pending, "renewal_of")


def behind(token: str) -> Renewal:
    link = links.open(Kind.RENEWAL, token)
    found = db.session.get(Renewal, link.subject_id)
    if found is None:
        raise NotFound("What this link was about is gone.")
    return found


@bp.get("/renew/<token>")
@auth.by_link
def by_link(token):
    return _page(behind(token), AnswerForm(formdata=None), token)


@bp.post("/renew/<token>")
@auth.by_link
def answer_by_link(token):
    renewal = behind(token)
    return _answer(renewal, url_for("renewals.by_link", token=token), token)


@bp.get("/me/renewals/<int:id>")
@auth.advocate
def mine(id):
    return _page(queries.of(g.advocate, id), AnswerForm(formdata=None))


@bp.post("/me/renewals/<int:id>")
@auth.advocate
def answer(id):
    return _answer(queries.of(g.advocate, id), url_for("renewals.mine", id=id))


def _answer(renewal: Renewal, here: str, token: str = ""):
    form = AnswerForm()
    if not form.validate():
        return _page(renewal, form, token), 422
    who = renewal.submission.advocate
    how = circumstances(who.language)
    try:
        if form.answer.data == Answer.KEPT:
            also = {"decks_too": form.decks_too.data, "new_name": form.new_name.data}
            actions.keep(renewal, seen=form.seen.data or "", **also, by=who, circumstances=how)
        elif form.answer.data == Answer.CHANGED:
            actions.tell_of_change(renewal, form.note.data, new_name=form.new_name.data, by=who)
        else:
            actions.withdraw(renewal, by=who, circumstances=how)
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        return _page(renewal, form, token, refusal=str(refusal)), refusal.status
    return redirect(here, 303)


def _page(renewal: Renewal, form: AnswerForm, token: str = "", refusal: str = "") -> str:
    question = None if renewal.answered_at else queries.question(renewal)
    asset = asset_of(renewal.submission)
    if question and question.decks:
        receipt = there(renewal.submission.receipt)
        form.decks_too.label.text = f"Also: {as_read(question.decks.statement.label, receipt)}"
    if question and question.called:
        form.new_name.label.text = f"I would like to stand under {question.called}"
    return render_template(
        "renewals/answer.html",
        renewal=renewal,
        submission=renewal.submission,
        question=question,
        held_in_decks=asset is not None and queries.held_in_decks(asset),
        form=form,
        by_link=bool(token),
        refusal=refusal,
    )


# ── For staff ──────────────────────────────────────────────────────────────────────────────


@bp.get("/staff/renewals")
@auth.staff()
def index():
    asked = request.args.get("renewal", type=row_number)  # which of them the queue led to
    return render_template("renewals/index.html", due=queries.coming(), asked=asked)


@bp.post("/staff/submissions/<int:submission_id>/renewal")
@auth.staff(Role.EDITOR)
def ask(submission_id):
    submission = desk.submission(submission_id)
    asset = asset_of(submission)
    if asset is None:
        raise NotAllowed(actions.NOT_PUBLISHED)
    with undoable(ASKED, asset, by=current_user._get_current_object()):
        actions.ask(submission, by=current_user)
    db.session.commit()
    tell(f"{submission.advocate.first_name} gets a mail with one question.", asset)
    return redirect(url_for("renewals.index"), 303)
