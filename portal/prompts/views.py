"""Change what an action asks. Buttons that only rearrange the form store nothing."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.db import db
from portal.errors import NotAllowed, NotFound, Stale
from portal.events import queries as events
from portal.fields import row_number
from portal.prompts import queries
from portal.prompts.forms import KINDS, MOST, NEW, SetForm
from portal.staff.models import Role
from portal.submissions import prompting
from portal.submissions.models import Prompt, PromptKind, PromptSet
from portal.submissions.pages import rows_of
from portal.submissions.questions import question_form

bp = Blueprint("prompts", __name__, url_prefix="/staff/prompts")
MOVES = {"up": -1, "down": 1}


@bp.get("")
@auth.staff(Role.EDITOR)
def index():
    found = queries.newest()
    waiting = {one.id for one in found if prompting.newer_builtin(one)}
    return render_template("prompts/index.html", sets=found, waiting=waiting)


@bp.get("/<language>/<action>")
@auth.staff(Role.EDITOR)
def edit(language: str, action: str):
    current = queries.current(language, action)
    ours = prompting.newer_builtin(current)
    form = SetForm.of(prompting.as_item(current), current.version)
    if request.args.get("from") == "builtin" and ours:
        form = SetForm.of(prompting.filled(ours), current.version)
        form.seen.was = {}  # all of it is meant
    return edit_page(current, form)


@bp.get("/<language>/<action>/versions")
@auth.staff(Role.EDITOR)
def versions(language: str, action: str):
    current = queries.current(language, action)
    return render_template("prompts/versions.html", current=current, story=queries.story(current))


@bp.post("/<language>/<action>")
@auth.staff(Role.EDITOR)
def save(language: str, action: str):
    current = queries.current(language, action)
    form = SetForm()
    if "preview" in request.form:
        return preview(form)
    if {"up", "down", "remove", "add"} & set(request.form):
        return edit_page(current, rearranged(form), touched=place_of(form))
    if not form.validate():
        return edit_page(current, form), 422
    try:
        made = prompting.save(current, form.item(), seen=form.seen.data, by=current_user)
        db.session.commit()
    except (NotAllowed, Stale) as refusal:
        db.session.rollback()
        now = queries.current(language, action)
        form.seen.catch_up(refusal, SetForm.of(prompting.as_item(now), now.version))
        return edit_page(now, form, refusal=str(refusal)), refusal.status
    same = made.version == form.seen.data
    flash(
        "Nothing was changed."
        if same
        else f"Saved as version {made.version}. Whoever begins now gets it; drafts keep theirs."
    )
    return redirect(url_for(".index"), 303)


def rearranged(form: SetForm) -> SetForm:
    """The form as the button wants it: a question moved, taken out, or a new one at the end."""
    item = form.item()
    prompts = item["prompts"]
    if "add" in request.form and len(prompts) < MOST:
        prompts.append(prompting.as_item_prompt({"kind": NEW.value, "public": False}))
    place = place_of(form)
    if "remove" in request.form and place is not None:
        del prompts[place]
    for button, by in MOVES.items():
        if button in request.form and place is not None and 0 <= place + by < len(prompts):
            prompts.insert(place + by, prompts.pop(place))
    moved = SetForm.of(item, form.seen.data or 0)
    moved.seen.was = form.seen.was  # what it was filled with when it was opened
    return moved


def place_of(form: SetForm) -> int | None:
    """Which question the pressed button belongs to."""
    for button in ("up", "down", "remove", "preview"):
        place = request.form.get(button, type=row_number)
        if place is not None and 0 <= place < len(form.prompts):
            return place
    return None


def edit_page(
    current: PromptSet, form: SetForm, *, refusal: str = "", touched: int | None = None
) -> str:
    return render_template(
        "prompts/edit.html",
        current=current,
        form=form,
        refusal=refusal,
        touched=touched,
        kinds=KINDS,
        most=MOST,
        needed=prompting.NEEDED.get(current.action, set()),
        newer=prompting.newer_builtin(current) is not None,
    )


def preview(form: SetForm) -> str:
    """One question as a customer would see it, with the words just typed; nothing is stored."""
    place = place_of(form)
    if place is None:
        raise NotFound("There is no such question here.")
    words: dict[str, Any] = form.item()["prompts"][place]
    if words["kind"] not in set(KINDS) - {PromptKind.FILES}:
        raise NotAllowed("Choose what they answer with, then look at it.")
    words |= {"kind": PromptKind(words["kind"]), "position": place + 1}
    prompt = Prompt(**words)
    more = {"events": events.ahead()} if prompt.kind is PromptKind.EVENT else {}
    asked = question_form(prompt, None, 0, formdata=None, **more)
    return render_template(
        "submissions/question.html",
        preview=True,
        prompt=prompt,
        form=asked,
        total=len(form.prompts),
        back="",
        **rows_of(asked),
    )
