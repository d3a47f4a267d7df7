"""A company's own yes: who is asked for it, and where they answer (T28)."""

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.advocates.models import Company
from portal.approvals import forms, pages, queries
from portal.approvals.pages import bp
from portal.approvals.undoing import QUESTIONS
from portal.consent import asking, companies
from portal.consent.models import Clause, OrgApproval, Scope
from portal.db import db
from portal.errors import NotAllowed, NotFound, Refusal, Stale, there
from portal.fields import row_number
from portal.links import actions as links
from portal.links.actions import LinkGone
from portal.links.models import Kind
from portal.media import storage
from portal.publishing import desk
from portal.queue.onward import Onward
from portal.staff.models import Role
from portal.submissions import queries as submissions
from portal.submissions.models import Submission
from portal.undo.actions import undoable
from portal.undo.telling import tell
from portal.web import limiter

# ── Customers ask a colleague ──────────────────────────────────────────────────────────────


@bp.get("/me/submissions/<int:id>/company")
@auth.advocate
def show_company(id: int):
    return pages.ask_page(submissions.of(g.advocate.id, id), forms.AskForm(formdata=None))


@bp.post("/me/submissions/<int:id>/company")
@auth.advocate
@limiter.limit("20 per hour")
def ask_colleague(id: int):
    submission = submissions.of(g.advocate.id, id)
    form = forms.AskForm()
    if not form.validate():
        return pages.ask_page(submission, form, 422)
    if form.email.data.casefold() == g.advocate.email.casefold():
        form.email.errors = [
            "Enter a colleague’s address. If you may decide for the company yourself, write to us"
        ]
        return pages.ask_page(submission, form, 422)
    try:
        approval = _ask(form, submission.advocate.company, submission, by=g.advocate)
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        submission = submissions.of(g.advocate.id, id)
        return pages.ask_page(submission, form, refusal.status, _placed(form, refusal))
    flash(f"Sent to {approval.approver}. You see here what they answer.")
    return redirect(url_for(".show_company", id=id), 303)


@bp.post("/me/submissions/<int:id>/company/<int:approval_id>/reminder")
@auth.advocate
def remind_colleague(id: int, approval_id: int):
    submission = submissions.of(g.advocate.id, id)
    approval = companies.get(approval_id)
    if not submission.receipt_id or approval.receipt_id != submission.receipt_id:
        raise NotFound("There is no such question about a contribution of yours.")
    asking.remind(approval, by=g.advocate)
    db.session.commit()
    flash(f"We wrote to {approval.approver} once more.")
    return redirect(url_for(".show_company", id=id), 303)


# ── Staff ask, see and remind ──────────────────────────────────────────────────────────────


@bp.get("/staff/companies/<int:id>/approvals")
@auth.staff()
def show_approvals(id: int):
    company = queries.company(id)
    if company.merged_into_id:
        return redirect(url_for(".show_approvals", id=company.merged_into_id))
    wish = queries.wish(company, (number for _, number in pages.wishes_of(company)))
    asked = queries.as_asked(wish) if wish else {}
    if about := request.args.get("submission", 0, type=row_number):
        asked["about"] = about
    return pages.company_page(company, _staff_form(company, formdata=None, data=asked))


@bp.post("/staff/companies/<int:id>/approvals")
@auth.staff(Role.EDITOR)
def ask_company(id: int):
    company = queries.company(id)
    form, on = _staff_form(company), Onward(*pages.wishes_of(company))
    if not form.validate():
        return pages.company_page(company, form, 422)
    try:
        submission = desk.submission(form.about.data) if form.about.data else None
        with undoable(QUESTIONS, company, by=current_user):
            clause = Clause(form.clause.data)
            approval = _ask(form, company, submission, by=current_user, clause=clause)
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        return pages.company_page(queries.company(id), form, refusal.status, _placed(form, refusal))
    told = approval.clause is not Clause.FORBIDS
    said = f"Sent to {approval.approver}." if told else f"Noted. {company.name} is not named."
    tell(said, company)
    return on(".show_approvals", id=id)


@bp.post("/staff/approvals/<int:approval_id>/reminder")
@auth.staff(Role.EDITOR)
def remind(approval_id: int):
    approval = companies.get(approval_id)
    with undoable(QUESTIONS, approval.company, by=current_user):
        asking.remind(approval, by=current_user)
    db.session.commit()
    tell(f"We wrote to {approval.approver} once more.", approval.company)
    return redirect(url_for(".show_approvals", id=approval.company_id), 303)


@bp.post("/staff/approvals/<int:approval_id>/closing")
@auth.staff(Role.EDITOR)
def close(approval_id: int):
    approval = companies.get(approval_id)
    with undoable(QUESTIONS, approval.company, by=current_user):
        asking.close(approval, by=current_user)
    db.session.commit()
    tell("Closed. Their link shows that nothing is asked any more.", approval.company)
    return redirect(url_for(".show_approvals", id=approval.company_id), 303)


def _staff_form(company: Company, **more) -> forms.StaffAskForm:
    return forms.StaffAskForm(**more).about_these(queries.contributions(company))


def _ask(form: forms.AskForm, company: Company, submission: Submission | None, *, by, **more):
    scopes = [Scope(scope) for scope in form.scopes.data]
    if submission and not queries.wants_company(submission):
        name = submission.advocate.name
        raise NotAllowed(f"{name} has not agreed to have these words shown under {company.name}.")
    if submission is None and Scope.STORY in scopes:
        raise NotAllowed("Choose whose story it is, so that they can read it.")
    colleague = asking.Colleague(form.name.data, form.email.data, form.title.data)
    receipt = submission.receipt if submission else None
    return asking.ask(company, colleague, scopes, by=by, why=form.why.data, receipt=receipt, **more)


def _placed(form: forms.AskForm, refusal: Refusal) -> str:
    """Put a sentence about the address beside it; anything else stands above the form."""
    if isinstance(refusal, asking.WrongAddress):
        form.email.errors = [str(refusal)]
        return ""
    return str(refusal)


# ── The colleague answers, by the link in their mail ───────────────────────────────────────


@bp.errorhandler(LinkGone)
def link_gone(error: LinkGone):
    db.session.rollback()
    return render_template("approvals/gone.html"), error.status


def behind(token: str) -> OrgApproval:
    """The question a link opens."""
    return companies.get(links.open(Kind.COMPANY, token).subject_id)


@bp.get("/company/<token>")
@auth.by_link
def show(token: str):
    return pages.approver_page(behind(token), token)


@bp.get("/company/<token>/photo.webp")
@auth.by_link
def photo(token: str):
    key = queries.photo_key(behind(token))
    return Response(storage.read(key), mimetype="image/webp")


@bp.post("/company/<token>/approval")
@auth.by_link
def approve_as_company(token: str):
    approval = behind(token)
    form = pages.yes_form(approval)
    if not form.validate():
        return pages.approver_page(approval, token, 422, yes=form)
    return _answer(token, lambda approval: asking.approve(approval, _yes(form, approval)), yes=form)


def _yes(form: forms.YesForm, approval: OrgApproval) -> asking.Yes:
    preview = queries.preview(approval, url_for(".photo", token=there(request.view_args)["token"]))
    if form.seen.data != (preview.seal if preview else ""):
        raise Stale("Something on this page changed after you opened it. Look at it once more.")
    return asking.Yes(
        scopes=[Scope(scope) for scope in form.scopes.data],
        on_web="web" in form.channels.data,
        in_sales="sales" in form.channels.data,
        territory=form.territory.data if form.reach.data == forms.SOME else "",
        until=form.until.data,
        name=form.name.data,
        title=form.title.data,
        authorised=form.authorised.data,
        text_sha256=preview.sha256 if preview else "",
    )


@bp.post("/company/<token>/change-request")
@auth.by_link
def ask_for_change(token: str):
    approval = behind(token)
    form = forms.ChangeForm()
    if not form.validate():
        return pages.approver_page(approval, token, 422, change=form)
    return _answer(
        token, lambda approval: asking.ask_for_change(approval, form.note.data), change=form
    )


@bp.post("/company/<token>/refusal")
@auth.by_link
def forbid(token: str):
    form = forms.ForbidForm()
    note = (form.note.data or "")[:2000]
    return _answer(token, lambda approval: asking.forbid(approval, note))


@bp.post("/company/<token>/withdrawal")
@auth.by_link
def withdraw(token: str):
    return _answer(token, asking.withdraw)


def _answer(token: str, act, **typed):
    """Act, commit, and show what was answered; or the same page with what was typed."""
    try:
        act(behind(token))
        links.use(links.open(Kind.COMPANY, token))
        db.session.commit()
    except LinkGone:
        raise
    except Refusal as refusal:
        db.session.rollback()
        return pages.approver_page(
            behind(token), token, refusal.status, refusal=str(refusal), **typed
        )
    flash("Thank you. Your answer is noted below, and you can change it here at any time.")
    return redirect(url_for(".show", token=token), 303)
