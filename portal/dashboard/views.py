"""Home and the queue."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import (
    current_app,
    flash,
    has_request_context,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from markupsafe import Markup

from portal import auth, clock
from portal.campaigns.models import Action
from portal.dashboard import charts, first_steps, notices, people_pages, program, thinking_again
from portal.dashboard import mine as mine_of
from portal.dashboard.door import bp
from portal.dashboard.kinds import KINDS
from portal.db import db
from portal.errors import NotAllowed, NotFound
from portal.fields import number_of
from portal.queue import actions, queries
from portal.queue.onward import VIA, first_asked
from portal.queue.queries import SHOWS, SORTS, View, capped
from portal.staff.models import Role
from portal.submissions.actions import noun
from portal.web import money

__all__ = ["bp", "people_pages"]  # the whole slice

bp.record_once(lambda state: state.app.extensions.update({"goodword kinds": KINDS}))

WHATS = {
    action.value: noun(action).capitalize()
    for action in (Action.REVIEW, Action.QUOTE, Action.CASE_STUDY, Action.WEBINAR)
}


# ── Home ───────────────────────────────────────────────────────────────────────────────────


@bp.get("/staff")
@auth.staff()
def show():
    words, desk = program.words(), queries.desk_of(current_user)
    numbers, mine = program.numbers(words), mine_of.of(current_user)
    return render_template(
        "dashboard/home.html",
        counts=how_many(),
        kinds=KINDS,
        mine=mine,
        oldest=mine_of.longest(current_user, mine),
        numbers=numbers,
        owed=" + ".join(money(cents, currency) for cents, currency in numbers.owed),
        steps=first_steps.steps(),
        hidden=desk.steps_hidden_at is not None,
        weekly=charts.weekly(),
        levels=[charts.coverage(words), charts.funnel(numbers.leads)],
        notices=notices.all_notices() if current_user.may("editor") else [],
        capped=capped,
    )


@bp.post("/staff/first-steps/mail")
@auth.staff(Role.EDITOR)
def test_mail():
    first_steps.test_mail(current_user._get_current_object())
    db.session.commit()
    flash(f"A mail to {current_user.email} is on its way. This step is done once it has left.")
    return redirect(url_for(".show"), 303)


# ── Queue ──────────────────────────────────────────────────────────────────────────────────


@bp.get("/staff/queue")
@auth.staff()
def queue():
    return queue_page(View.read(request.args, KINDS, WHATS))


def queue_page(view: View, refusal: str = "", name: str = ""):
    return render_template(
        "queue/index.html",
        view=view,
        kinds=KINDS,
        counts=how_many(view),
        page=queries.page(KINDS, view, current_user),
        address=leading(view),
        choices={"show": SHOWS, "what": {"": "All contributions"} | WHATS, "sort": SORTS},
        views=queries.views_of(current_user),
        desk=queries.desk_of(current_user),
        bulk=thinking_again.untouched(),
        capped=capped,
        refusal=refusal,
        name=name,
    )


@bp.get("/staff/queue/next")
@auth.staff()
def following():
    """On to what waits after a place in the queue, under the same filter; from its end to its
    beginning; else to the list."""
    asked = View.read(request.args, KINDS, WHATS)
    for view in (asked, replace(asked, after=None)):
        if found := queries.page(KINDS, view, current_user, 1).items:
            return redirect(address(found[0], asked), 303)
    return redirect(url_for(".queue", **asked.asked()), 303)


def leading(view: View) -> Callable[[queries.Waiting], str]:
    """Gives the page of a waiting thing, which knows through which filter it was come to; what
    its address says of the filter is written once for a list."""
    asked, url_for = urlencode(view.asked() or VIA), current_app.url_for

    def address(one: queries.Waiting) -> str:
        page, *anchor = url_for(one.drawn.endpoint, **one.drawn.values).split("#")
        return "#".join([f"{page}{'&' if '?' in page else '?'}{asked}", *anchor])

    return address


def address(one: queries.Waiting, view: View) -> str:
    return leading(view)(one)


@bp.app_template_global()
def queue_asked() -> dict[str, Any]:
    """The filter of the queue this page was come to through, for the forms and links on it."""
    through = VIA if request.args.get("via") == VIA["via"] else {}
    return View.read(request.args, KINDS, WHATS).asked() or through


@bp.app_template_global()
def queue_bar(*things: tuple[str, int], back: tuple[str, str] | None = None) -> Markup:
    """For a page of waiting things: the way on from the first of them, who is on it, the keys.
    ``back`` is the way back (address, text) once none of them waits."""
    asked = replace(View.read(request.args, KINDS, WHATS), after=None, before=None)
    here = next(filter(None, (waiting(*thing) for thing in first_asked(things))), None)
    previous = following = None
    if here:
        most = len(things)  # as often as this very page may come by
        before = queries.page(KINDS, replace(asked, before=here.place), current_user, most).items
        after = queries.page(KINDS, replace(asked, after=here.place), current_user, most).items
        previous, following = elsewhere(here, before[::-1], asked), elsewhere(here, after, asked)
    return Markup(
        render_template(
            "queue/_bar.html",
            here=here,
            back=None if here else back,
            previous=previous,
            following=following,
            asked=asked.asked(),
            desk=queries.desk_of(current_user),
        )
    )


def elsewhere(here: queries.Waiting, near: Sequence[queries.Waiting], asked: View) -> str | None:
    """The page of the nearest of these that is not the page of ``here``: one thing may wait for
    two reasons."""
    page = (here.drawn.endpoint, here.drawn.values)
    found = (one for one in near if (one.drawn.endpoint, one.drawn.values) != page)
    return next((address(one, asked) for one in found), None)


def waiting(key: str, number: int) -> queries.Waiting | None:
    try:
        return queries.find(KINDS, key, number)
    except NotFound:
        return None


# ── Who is on it ───────────────────────────────────────────────────────────────────────────


@bp.post("/staff/queue/claims")
@auth.staff(Role.EDITOR)
def claim():
    """Take one on, or put it back; ``item`` is "take:decide:7" or "leave:decide:7"."""
    act, _, item = request.form.get("item", "").partition(":")
    key, _, number = item.partition(":")
    one = queries.find(KINDS, key, number_of(number) or 0)
    try:
        change = actions.release if act == "leave" else actions.claim
        change(one.kind.subject(one.id), by=current_user)
        db.session.commit()
        flash("It is free again." if act == "leave" else "Noted for half an hour: you are on it.")
    except NotAllowed as refusal:
        db.session.rollback()
        flash(str(refusal), "warning")
    if "view" in request.form:
        return redirect(url_for(".queue", **here().asked()), 303)
    return redirect(address(one, here()), 303)


def here() -> View:
    """The view of the queue somebody came from, which stands in the form."""
    return View.read(request.form, KINDS, WHATS)


# ── Views and keys ─────────────────────────────────────────────────────────────────────────


@bp.post("/staff/queue/views")
@auth.staff(Role.EDITOR)
def save_view():
    name = request.form.get("name", "")
    try:
        actions.save_view(name, here(), by=current_user)
        db.session.commit()
    except NotAllowed as refusal:
        db.session.rollback()
        return queue_page(here(), refusal=str(refusal), name=name), 422
    flash("Saved. It stands above the list from now on.")
    return redirect(url_for(".queue", **here().asked()), 303)


@bp.post("/staff/queue/views/<int:id>/removal")
@auth.staff(Role.EDITOR)
def drop_view(id: int):
    actions.drop_view(id, by=current_user)
    db.session.commit()
    flash("The view is removed; nothing in the queue changed.")
    return redirect(url_for(".queue"), 303)


@bp.post("/staff/queue/keys")
@auth.staff(Role.EDITOR)
def set_keys():
    on = request.form.get("keys") == "on"
    actions.set_keys(on, by=current_user)
    db.session.commit()
    flash(f"Keys are {'on' if on else 'off'}, on every machine you sign in at.")
    return redirect(url_for(".queue"), 303)


@bp.post("/staff/first-steps")
@auth.staff(Role.EDITOR)
def hide_steps():
    hide = request.form.get("steps") != "show"
    actions.hide_steps(clock.now() if hide else None, by=current_user)
    db.session.commit()
    return redirect(url_for(".show"), 303)


def how_many(view: View | None = None) -> dict[str, int]:
    """How much waits, by kind; asked once for a page that says it in two places."""
    if view and (view.show or view.what):
        return queries.counts(KINDS, view, current_user)
    if "goodword.waiting" not in request.environ:
        request.environ["goodword.waiting"] = queries.counts(KINDS)
    return request.environ["goodword.waiting"]


@bp.app_context_processor
def queue_count() -> dict[str, str]:
    """How much waits, beside "Queue" on every staff page; asked on no other page."""
    view = has_request_context() and current_app.view_functions.get(request.endpoint or "")
    if not getattr(view, "door", "").startswith("staff") or not current_user.is_authenticated:
        return {}
    total = sum(how_many().values())
    return {"queue_count": capped(total)} if total else {}
