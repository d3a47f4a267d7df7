"""Undo, and one decision on several, for every kind of thing that waits. A new one: one line."""

from collections.abc import Iterable
from functools import cache

from flask import flash, get_template_attribute, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from markupsafe import Markup

from portal import auth
from portal.approvals.undoing import QUESTIONS
from portal.dashboard.door import bp
from portal.db import db
from portal.errors import NotFound
from portal.events.undoing import EVENT, SPEAKER
from portal.fields import number_of
from portal.incentives.several import REWARDS
from portal.interviews.undoing import INTERVIEW
from portal.nominations.several import NOMINATIONS
from portal.nominations.undoing import NOMINATION
from portal.placements.undoing import TAKEDOWN
from portal.privacy.undoing import REQUEST
from portal.publishing.undoing import CONTRIBUTION
from portal.queue.onward import asked
from portal.referrals.several import PROMISES
from portal.referrals.undoing import LEAD, PROMISE, REWARD
from portal.renewals.undoing import ASKED
from portal.review.several import CONTRIBUTIONS, PUBLICATIONS
from portal.staff import confirming
from portal.staff.models import Role
from portal.undo import actions, several
from portal.undo.several import Result, Several

WAYS = {
    way.row.__tablename__: way
    for way in (
        *(CONTRIBUTION, REWARD, PROMISE, LEAD, NOMINATION, QUESTIONS),
        *(SPEAKER, EVENT, INTERVIEW, TAKEDOWN, REQUEST, ASKED),
    )
}
SEVERAL = {kind.key: kind for kind in (CONTRIBUTIONS, PUBLICATIONS, REWARDS, PROMISES, NOMINATIONS)}
LISTS = {  # to go back to, if not the queue
    "rewards": ("incentives.rewards", "Rewards"),
    "leads": ("referrals.board", "Referrals"),
    "prospect-rewards": ("referrals.prospect_rewards_list", "Promised to prospects"),
}


@bp.post("/staff/undo")
@auth.staff(Role.EDITOR)
def undo():
    """Take back one decision, or all of several; ``items`` are "submission:7"."""
    results = [one for kind, ids in _named().items() for one in _undo(kind, ids)]
    if not results:
        raise NotFound("There is nothing to undo here.")
    db.session.commit()
    if len(results) == 1 and results[0].done:
        flash(results[0].said)
        endpoint, values = results[0].page
        return redirect(url_for(endpoint, **asked() | values), 303)
    alone = len(results) == 1
    return _page(None, None, results, ()), 409 if alone else 200


def _named() -> dict[str, list[int]]:
    """The ids that were sent, by kind of thing."""
    found: dict[str, list[int]] = {}
    for item in request.form.getlist("items"):
        kind, _, number = item.partition(":")
        if kind in WAYS and (one := number_of(number)):
            found.setdefault(kind, []).append(one)
    return found


def _undo(kind: str, ids: Iterable[int]) -> list[Result]:
    way = WAYS[kind]

    def act(thing) -> str:
        return actions.undo(way, thing, by=me())

    return several.each(way, ids, act)


@bp.get("/staff/undo")
@bp.get("/staff/queue/decisions/<what_of>")
@auth.staff()
def results_again(what_of=""):
    """What became of several was said once, in the answer; opened anew, its address leads to the
    list they stand on."""
    if what_of in LISTS and not asked():
        return redirect(url_for(LISTS[what_of][0]), 303)
    return redirect(url_for("dashboard.queue", **asked()), 303)


@bp.post("/staff/queue/decisions/<what_of>")
@auth.staff(Role.EDITOR)
def decide_several(what_of):
    """Several at once: the answer is the page that says what became of each."""
    if what_of not in SEVERAL:
        raise NotFound("There is nothing of this kind to decide.")
    kind = SEVERAL[what_of]
    seen, form = _chosen(), kind.form()
    if not form.validate() or not seen:
        return _page(kind, form, [], seen, unselected=not seen), 422
    if kind.confirmed(form) and (page := confirming.ask(me())):
        return page

    def act(thing) -> str:
        with actions.undoable(kind.way, thing, by=me()):
            return kind.act(thing, seen[thing.id], form, by=me())

    results = several.each(kind.way, seen, act)
    db.session.commit()
    return _page(kind, form, results, [one.id for one in results if not one.done])


def _chosen() -> dict[int, int]:
    """What was selected, as it was seen: id → version."""
    pairs = (item.partition(":")[::2] for item in request.form.getlist("items"))
    numbers = {number_of(one): number_of(version) for one, version in pairs}
    return {one: version for one, version in numbers.items() if one and version is not None}


def _page(
    kind: Several | None,
    form: FlaskForm | None,
    results: list[Result],
    ids: Iterable[int],
    *,
    unselected: bool = False,
) -> str:
    back = request.form.get("back", "")
    way = (*LISTS[back], {}) if back in LISTS else ("dashboard.queue", "Queue", asked())
    if kind:
        kind.narrow(form, several.waiting_of(kind, ids))
    return render_template(
        "queue/several.html",
        kind=kind,
        form=form,
        results=results,
        again=several.choices(kind, ids) if kind else [],
        unselected=unselected,
        back=back,
        list=way,
    )


@cache
def untouched() -> dict[str, tuple[str, Markup]]:
    """The forms that decide on several, by key: what each is called, and its fields. Nothing is
    typed in them yet, so they are drawn once."""
    return {kind.key: (kind.button, _fields(kind)) for kind in SEVERAL.values()}


def _fields(kind: Several) -> Markup:
    form = kind.form(formdata=None, meta={"csrf": False})
    kind.narrow(form, None)
    return get_template_attribute(kind.fields, "bulk_fields")(form)


def me():
    return current_user._get_current_object()
