"""The pages of both yeses, drawn; and what other pages show of them."""

from flask import Blueprint, render_template, request, url_for

from portal.advocates.models import Company
from portal.approvals import forms, queries
from portal.campaigns.models import Action
from portal.consent import asking, companies
from portal.consent.models import OrgApproval, OrgVerdict
from portal.fields import row_number
from portal.publishing import rendering, signoff
from portal.publishing.models import Proposal
from portal.submissions.actions import noun
from portal.submissions.models import Submission
from portal.submissions.sending import said_once_sent

bp = Blueprint("approvals", __name__)

# Pages to the left and right show where a sign-off and a company's yes stand.
bp.add_app_template_global(queries.standing, "company_standing")
bp.add_app_template_global(queries.waiting_for, "company_waiting_for")
bp.add_app_template_global(companies.approvals_of, "company_approvals")
bp.add_app_template_global(companies.standing, "approval_standing")
bp.add_app_template_global(companies.in_words, "approval_extent")
bp.add_app_template_global(companies.listed, "approval_scopes")
bp.add_app_template_global(asking.may_remind)
bp.add_app_template_global(signoff.newest, "newest_proposal")


def signoff_page(
    proposal: Proposal,
    status: int = 200,
    *,
    reword: forms.RewordForm | None = None,
    refuse: forms.RefuseForm | None = None,
    refusal: str = "",
):
    """Everything the author needs to say yes, no, or something else."""
    submission = proposal.submission
    photo_url = url_for("media.own_photo") if submission.advocate.photo_id else None
    return (
        render_template(
            "approvals/signoff.html",
            proposal=proposal,
            submission=submission,
            noun=noun(submission.action),
            changes=queries.changes(proposal),
            item=rendering.draw(proposal, photo_url),
            sections=queries.whole_story(proposal),
            company=queries.standing(submission),
            later=said_once_sent(submission),
            seal=proposal.seal(rendering.proposed(proposal)),
            reword=reword or reword_form(proposal, formdata=None),
            refuse=refuse or forms.RefuseForm(formdata=None),
            form=reword if reword and reword.errors else refuse,
            refusal=refusal,
        ),
        status,
    )


def reword_form(proposal: Proposal, **more) -> forms.RewordForm:
    return forms.wording(forms.RewordForm, proposal.submission, proposal.answers, **more)


def propose_page(submission: Submission, form: forms.ProposeForm, status: int = 200, refusal=""):
    page = render_template(
        "approvals/propose.html",
        submission=submission,
        noun=noun(submission.action),
        form=form,
        refusal=refusal,
    )
    return page, status


def ask_page(submission: Submission, form: forms.AskForm, status: int = 200, refusal: str = ""):
    """The customer's page: where the name of their company stands, and whom to ask."""
    page = render_template(
        "approvals/ask.html",
        submission=submission,
        noun=noun(submission.action),
        standing=queries.standing(submission),
        domains=companies.domains(submission.advocate.company),
        form=form,
        refusal=refusal,
    )
    return page, status


def company_page(company, form: forms.StaffAskForm, status: int = 200, refusal: str = ""):
    """The same for staff, with all that was ever asked of a company; where somebody there wants a
    change, they are the one to ask next."""
    things = wishes_of(company)
    page = render_template(
        "approvals/company.html",
        company=company,
        things=things,
        anew=queries.wish(company, (number for _, number in things)) is not None,
        asked_first=asked_approval(),
        approvals=companies.approvals_of(company),
        forbidden=companies.forbids(company),
        by_contract=companies.forbidden_by_contract,
        domains=companies.domains(company),
        form=form,
        refusal=refusal,
    )
    return page, status


def wishes_of(company: Company) -> list[tuple[str, int]]:
    """What its people want changed, as it may wait in the queue; the one it led to, if it did."""
    if asked := asked_approval():
        return [("companies", asked)]
    found = companies.approvals_of(company)
    return [("companies", one.id) for one in found if one.verdict is OrgVerdict.CHANGE]


def asked_approval() -> int | None:
    return request.args.get("approval", type=row_number)


def approver_page(
    approval: OrgApproval,
    token: str,
    status: int = 200,
    *,
    yes: forms.YesForm | None = None,
    change: forms.ChangeForm | None = None,
    refusal: str = "",
):
    """What somebody at the company reads and answers; and later, what they answered."""
    preview = queries.preview(approval, url_for("approvals.photo", token=token))
    submission = queries.submission_of(approval.receipt) if approval.receipt else None
    page = render_template(
        "approvals/approver.html",
        approval=approval,
        token=token,
        preview=preview,
        gone=bool(submission and preview is None),
        noun="story" if submission and submission.action is Action.CASE_STUDY else "words",
        asker=queries.asked_by(approval),
        standing=companies.standing(approval),
        seal=preview.seal if preview else "",
        yes=yes or yes_form(approval, formdata=None),
        change=change or forms.ChangeForm(formdata=None),
        forbid=forms.ForbidForm(formdata=None),
        form=yes or change,
        refusal=refusal,
    )
    return page, status


def yes_form(approval: OrgApproval, **more) -> forms.YesForm:
    form = forms.YesForm(data={"name": approval.approver, "title": approval.title}, **more)
    return form.for_these(approval.asked, asking.authority(approval))
