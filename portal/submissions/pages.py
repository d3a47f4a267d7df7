"""What the pages of a contribution show, and where one goes from here."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from portal.advocates.wishes import clock_of
from portal.campaigns.models import Action
from portal.config import settings
from portal.consent import queries as permissions
from portal.consent.models import Purpose
from portal.errors import there
from portal.events import queries as events
from portal.fields import row_number
from portal.incentives import disclosure
from portal.incentives.models import Choice, Outcome
from portal.interviews import queries as interviews
from portal.submissions import actions, crediting, forms, kinds, queries
from portal.submissions.models import IN_ROWS, Credit, Prompt, PromptKind, Submission
from portal.submissions.questions import QuestionForm, question_form
from portal.submissions.receipted import given_for

bp = Blueprint("submissions", __name__)

bp.add_app_template_global(given_for)  # for the receipts of consent, which stands to the left
bp.add_app_template_global(crediting.CHOSEN.get, "credited")

STAYS = {"add", "remove", "zone"}  # buttons that save and come back to the same question


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


def question_page(submission: Submission, prompt, form, status: int = 200):
    return page(
        "question",
        submission,
        status,
        prompt=prompt,
        form=form,
        total=len(submission.prompt_set.prompts),
        **rows_of(form),
        interview=interview_about(submission),
        back=back_from(submission, "question", prompt.position),
    )


def interview_about(submission: Submission):
    """The talk someone would rather have than write alone, if they asked for one."""
    if submission.action is not Action.CASE_STUDY:
        return None
    return interviews.for_reason(submission.subject)


def form_of(prompt: Prompt, value: Any, seen: int) -> QuestionForm:
    """The form of one prompt, with the events this person may choose if it asks for one."""
    more = {}
    if prompt.kind is PromptKind.EVENT:
        more = {"events": events.to_choose(g.advocate.id), "zone": clock_of(g.advocate)}
    return question_form(prompt, value, seen, **more)


def rows_of(form: QuestionForm) -> dict[str, Any]:
    """How many rows to draw, of what, and how many there may be."""
    prompt = form.prompt
    if prompt.kind not in IN_ROWS:
        return {"rows": 0}
    most = kinds.most_rows(prompt)
    wanted = request.args.get("rows", 1, type=row_number)
    return {
        "rows": min(max(len(form.value.data), wanted, 1), most),
        "parts": kinds.PARTS[prompt.kind],
        "most_rows": most,
        "row_noun": kinds.NOUNS[prompt.kind],
    }


def leave(submission: Submission, number: int, form):
    """Where the button that was pressed leads."""
    if "later" in request.form:
        flash("Saved. You can go on from here whenever it suits you.")
        return redirect(url_for("home.show"), 303)
    if STAYS & set(request.form):
        rows = "zone" not in request.form and len(form.value.data) + ("add" in request.form)
        here: dict[str, Any] = {"id": submission.id, "number": number, "to": request.args.get("to")}
        return redirect(
            url_for(
                ".question", **here, rows=rows or None, _anchor=f"row-{rows}" if rows else None
            ),
            303,
        )
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
        **rows_of(form),
    )


def offer_page(submission: Submission, form, status: int = 200):
    words = disclosure.before(there(submission.promise), submission.action, settings().brand_name)
    said = {
        outcome.name: disclosure.beside(
            submission.promise, Choice.ACCEPTED, submission.action, settings().brand_name, outcome
        )
        for outcome in Outcome
    }
    back = back_from(submission, "offer")
    return page("offer", submission, status, form=form, words=words, said=said, back=back)


def you_form(submission: Submission, **data: Any) -> forms.YouForm:
    """The form of who speaks; once sent, the credit has a page of its own."""
    form = forms.YouForm(**data)
    form.credit.flags.required = True  # one is always chosen, so nothing is optional about it
    if submission.receipt:
        del form.credit
        form.settled = submission.credit
    return form


def you_page(submission: Submission, form, status: int = 200):
    hints = crediting.hints(submission.advocate, submission.company_name)
    back = back_from(submission, "you")
    return page("you", submission, status, form=form, hints=hints, back=back)


def wordings(
    submission: Submission,
    asked: Iterable[Purpose] | None = None,
    credit: Credit | None = None,
) -> list[permissions.Wording]:
    """What is asked of this person, with their name as they want it printed and their company’s
    as the receipt has it, once there is one; unless given, all that the credit they chose shows."""
    return permissions.wordings(
        queries.asked(submission) if asked is None else asked,
        submission.advocate,
        submission.language,
        credit=crediting.in_words(submission.advocate, credit or submission.credit),
        company=submission.company_name,
    )


def given_in_vain(submission: Submission, credit: Credit) -> list[str]:
    """The permissions in force that such a credit does not show, in their words."""
    receipt = submission.receipt
    if receipt is None:
        return []
    return [
        permissions.as_read(said.statement.label, receipt)
        for purpose, said in permissions.state(receipt).items()
        if crediting.without_effect(credit, purpose, said.in_force)
    ]


def check_page(submission: Submission, form, status: int = 200):
    asked = wordings(submission)
    return page(
        "check",
        submission,
        status,
        form=form,
        asked=asked,
        may=queries.permitted(submission),
        answers=queries.answers_now(submission),
        sections=queries.in_sections(submission.prompt_set.prompts),
        relations=forms.RELATIONS,
        unshown=given_in_vain(submission, submission.credit),
        left_out=crediting.left_out(submission.prompt_set.purposes, submission.credit),
        why=crediting.why(submission.credit),
        waits=queries.waits_for_company(submission),
        credit=crediting.CHOICES[submission.credit],
        beside=actions.said_beside(submission),
        later=actions.said_once_sent(submission),
        back=back_from(submission, "check"),
    )
