"""Where staff work on leads: the board, the list, one lead and what may be done with it."""

import re
from collections.abc import Container
from contextlib import nullcontext
from itertools import pairwise
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth, clock
from portal.campaigns.models import REWARDING_STAGES
from portal.clicks import queries as visits
from portal.db import db
from portal.errors import NotAllowed, Refusal, Stale
from portal.fields import one_line, row_number
from portal.queue import queries as queue
from portal.queue.onward import Onward
from portal.referrals import (
    actions,
    attribution,
    forms,
    lead_forms,
    prospect_ledger,
    prospect_rewards,
    report,
    rewarding,
    risk,
    room,
    work,
)
from portal.referrals import board as leads
from portal.referrals.door import bp
from portal.referrals.models import FINAL, PROGRESS, Lead, Stage
from portal.referrals.undoing import LEAD
from portal.referrals.words import NO_REWARD
from portal.staff.models import Role
from portal.staff.queries import name_of
from portal.undo.actions import Way, undoable
from portal.undo.telling import tell

# The stage after each along the way.
AFTER = dict(pairwise(PROGRESS))
MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)


def me():
    """The colleague at work."""
    return current_user._get_current_object()


# ── All leads ──────────────────────────────────────────────────────────────────────────────


@bp.get("/staff/leads")
@auth.staff()
def board():
    if request.args.get("view") == "list":
        return list_page(request.args)
    keys_on = queue.desk_of(current_user).keys_on
    shown = shown_for(request.args)
    return render_template("referrals/board.html", after=AFTER, keys_on=keys_on, **shown)


def list_page(given, **typed) -> str:
    """The list as an address or a form asks for it; with what was ``typed`` below it, if it was
    refused."""
    shown = shown_for(given)
    before = given.get("before", type=row_number)
    found, older = leads.listed(shown["wanted"], before)
    return render_template(
        "referrals/list.html",
        leads=found,
        older=older,
        before=before,
        typed=typed,
        final=FINAL,
        **shown,
    )


def shown_for(given) -> dict[str, Any]:
    wanted = asked_for(given)
    return {
        "wanted": wanted,
        "kept": kept(given),
        "campaigns": leads.campaigns(),
        "owners": leads.owners(),
        "columns": leads.columns(wanted),
    }


def asked_for(given) -> leads.Filter:
    """What narrows the leads, as the address (or a form that keeps it) says."""
    stage = given.get("stage", "")
    return leads.Filter(
        campaign=given.get("campaign", type=row_number),
        owner=given.get("owner", type=row_number),
        search=one_line(given.get("q"))[:100],
        stage=Stage(stage) if stage in set(Stage) else None,
        look=given.get("look") == "1",
        advocate=given.get("advocate", type=row_number),
        source=one_of(given.get("source", ""), report.SOURCES),
        month=given.get("month", "") if MONTH.fullmatch(given.get("month", "")) else "",
        qualified=given.get("qualified") == "1",
    )


def one_of(asked: str, known: Container[str]) -> str:
    return asked if asked in known else ""


def kept(given) -> dict:
    """The same filter, but for the stage, as arguments of the next address."""
    wanted = asked_for(given)
    return {
        "q": wanted.search or None,
        "campaign": wanted.campaign,
        "owner": wanted.owner,
        "look": "1" if wanted.look else None,
        "advocate": wanted.advocate,
        "source": wanted.source or None,
        "month": wanted.month or None,
        "qualified": "1" if wanted.qualified else None,
    }


# ── One lead ───────────────────────────────────────────────────────────────────────────────


@bp.get("/staff/leads/<int:lead_id>")
@auth.staff()
def lead(lead_id: int):
    return lead_page(leads.lead(lead_id))


@bp.post("/staff/leads/<int:lead_id>/moves")
@auth.staff(Role.EDITOR)
def move(lead_id: int):
    found = leads.lead(lead_id)
    form, on = forms.MoveForm.of(found), onward(found)
    is_whole = form.validate()
    try:
        actions.demand_seen(found, form.seen.data)  # or where it can go now would be the news
        if not is_whole:
            return lead_page(found, move=form), 422
        with undoable(LEAD, found, by=me()):
            actions.move(found, form.wanted, seen=form.seen.data, note=form.note.data, by=me())
    except (Stale, NotAllowed) as refusal:
        return overtaken(lead_id, str(refusal))
    db.session.commit()
    tell(f"Moved to {found.stage}.", found)
    if request.form.get("from") == "board":
        return redirect(url_for(".board", **kept(request.form), _anchor=f"lead-{lead_id}"), 303)
    return on(".lead", lead_id=lead_id)


def onward(found: Lead) -> Onward:
    """What of a lead may wait: that nobody has spoken to it, and what stood out."""
    return Onward(("leads", found.id), *(("risks", one.id) for one in found.open_signals))


def overtaken(lead_id: int, message: str):
    """Someone was faster: show how it stands now, with the note that was typed (409)."""
    db.session.rollback()
    found = leads.lead(lead_id)
    form = forms.MoveForm.of(found)
    form.seen.data = found.version
    form.seen.raw_data = None
    return lead_page(found, message, move=form), 409


@bp.post("/staff/leads/<int:lead_id>/ruling")
@auth.staff(Role.EDITOR)
def rule_on(lead_id: int):
    """Release the reward, or say that there is none; with the reason."""
    form = lead_forms.RulingForm()
    if not form.validate():
        return lead_page(leads.lead(lead_id), ruling=form), 422
    act = risk.release if form.ruling.data == "release" else risk.refuse
    return done(
        lead_id,
        lambda found: act(found, note=form.note.data, by=me()),
        "Released. The reward goes its way."
        if act is risk.release
        else "Noted: this lead earns no reward.",
        way=LEAD,
        ruling=form,
    )


@bp.post("/staff/leads/<int:lead_id>/attribution")
@auth.staff(Role.EDITOR)
def give(lead_id: int):
    form = lead_forms.GiveForm.of(leads.lead(lead_id))
    if not form.validate():
        return lead_page(leads.lead(lead_id), give=form), 422
    return done(
        lead_id,
        lambda found: attribution.give(
            found, form.wanted, note=form.note.data, by=me(), at=clock.now()
        ),
        "It counts for the other link now.",
        give=form,
    )


@bp.post("/staff/leads/<int:lead_id>/facts")
@auth.staff(Role.EDITOR)
def describe(lead_id: int):
    form = lead_forms.FactsForm.of(leads.lead(lead_id))
    if not form.validate():
        return lead_page(leads.lead(lead_id), facts=form), 422
    return done(
        lead_id,
        lambda found: work.describe(found, **form.values(), by=me()),
        "Saved.",
        facts=form,
    )


@bp.post("/staff/leads/<int:lead_id>/notes")
@auth.staff(Role.EDITOR)
def note(lead_id: int):
    form = lead_forms.NoteForm()
    if not form.validate():
        return lead_page(leads.lead(lead_id), note=form), 422
    return done(
        lead_id,
        lambda found: work.note(found, form.text.data, by=me()),
        "The note is kept.",
        note=form,
    )


def done(lead_id: int, act, said: str, way: Way | None = None, **typed):
    """Act on a lead, commit and show it, with a ``way`` back where there is one; a refusal keeps
    what was typed."""
    found = leads.lead(lead_id)
    on = onward(found)
    try:
        with undoable(way, found, by=me()) if way else nullcontext():
            act(found)
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        for form in typed.values():
            if isinstance(form, lead_forms.FactsForm):
                form.seen.catch_up(refusal, lead_forms.FactsForm.of(found, fresh=True))
        return lead_page(leads.lead(lead_id), str(refusal), **typed), refusal.status
    if way:
        tell(said, found)
    else:
        flash(said)
    return on(".lead", lead_id=lead_id)


def lead_page(found: Lead, refusal: str = "", **given) -> str:
    """One lead, with what was typed into one of its forms."""
    shown = {
        "move": forms.MoveForm.of(found, fresh="move" not in given),
        "ruling": lead_forms.RulingForm(formdata=None),
        "give": lead_forms.GiveForm.of(found, fresh=True),
        "facts": lead_forms.FactsForm.of(found, fresh=True),
        "note": lead_forms.NoteForm(formdata=None),
    } | given
    return render_template(
        "referrals/lead.html",
        lead=found,
        refusal=refusal,
        wrong=next((form for form in given.values() if form.errors), None),
        reward=rewarding.reward_of(found),
        barred=rewarding.barred(found),
        no_reward=NO_REWARD.get(found.no_reward),
        after_all=room.after_all(found),
        theirs=prospect_ledger.of(found),
        short=prospect_rewards.SHORT,
        why=[(attribution.in_words(claim, name_of), claim) for claim in found.claims],
        counts_until=attribution.counts_until(found.link),
        notes=work.notes(found),
        visits=visits.of_links([found.link_id]).get(found.link_id, 0),
        alike_to_it=leads.alike_to(found),
        name_of=name_of,
        rewarded_for=REWARDING_STAGES[found.link.referral.rewarding_stage],
        **shown,
    )
