"""Many leads at once: moves from the list, a file for the spreadsheet, a file from the CRM."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from portal import auth
from portal.db import db
from portal.downloads import spreadsheet
from portal.errors import Unreadable
from portal.fields import number_of, row_number, trimmed
from portal.history.actions import record
from portal.referrals import board as leads
from portal.referrals import desk, prospect_ledger, prospect_rewards, stage_file, work
from portal.referrals.door import bp
from portal.referrals.models import Lead, Stage, StageImport
from portal.spreadsheet import table
from portal.staff.models import Role

MOST = 200
LINES = 100
HEADS = [
    "id", "crm id", "name", "email", "company", "phone", "stage", "sent by", "campaign", "source",
    "owner", "value", "currency", "to look at", "no reward", "came", "last change",
    "they were promised", "it is", "since",
]  # fmt: skip


# ── From the list ──────────────────────────────────────────────────────────────────────────


@bp.post("/staff/leads/moves")
@auth.staff(Role.EDITOR)
def move_many():
    """Each lead for itself; the page says what became of each."""
    ticked = request.form.getlist("lead")[:MOST]
    picked = [pair for text in ticked if (pair := read(text))]
    stage, note = request.form.get("to", ""), trimmed(request.form.get("note"))[:1000]
    if not picked or stage not in set(Stage) - {Stage.WITHDRAWN}:
        return desk.list_page(request.form, ticked=ticked, to=stage, note=note), 422
    done = work.move_all(picked, Stage(stage), note=note, by=desk.me())
    db.session.commit()
    back = url_for(
        ".board", view="list", stage=desk.asked_for(request.form).stage, **desk.kept(request.form)
    )
    return render_template("referrals/moved.html", done=done, stage=stage, back=back)


@bp.get("/staff/leads/moves")
@auth.staff()
def moved():
    """What became of them was said once, in the answer; opened anew it is the list."""
    return redirect(url_for(".board", view="list"), 303)


def read(text: str) -> tuple[int, int] | None:
    """A lead as the list names it: its id and the version that was on the page, ``7:3``."""
    lead_id, _, seen = text.partition(":")
    numbers = number_of(lead_id), number_of(seen)
    return (numbers[0], numbers[1]) if numbers[0] and numbers[1] else None


# ── For a spreadsheet ──────────────────────────────────────────────────────────────────────


@bp.post("/staff/leads/export")
@auth.staff(Role.EDITOR, confirmed=True)
def export():
    """What the filters leave, all pages of it; a POST, because who took it along is written
    down."""
    found = leads.every(desk.asked_for(request.args))
    theirs = prospect_ledger.by_lead()
    text = table(HEADS, (cells(one, theirs.get(one.id)) for one in found))
    record(current_user, "leads exported", by=current_user)
    db.session.commit()
    return spreadsheet(text, "leads.csv")


def cells(lead: Lead, theirs: prospect_ledger.ProspectReward | None) -> list:
    referral = lead.link.referral
    return [
        lead.id,
        lead.crm_id or "",
        lead.name,
        lead.email,
        lead.company,
        lead.phone,
        lead.stage,
        referral.advocate.name,
        referral.invitation.campaign.name,
        lead.source,
        lead.owner.name if lead.owner else "",
        "" if lead.value_cents is None else f"{lead.value_cents / 100:.2f}",
        lead.currency if lead.value_cents is not None else "",
        "yes" if lead.open_signals else "no",
        lead.no_reward,
        lead.created_at.date(),
        lead.updated_at.date(),
        lead.prospect_promise,
        prospect_rewards.in_short(theirs) if theirs else "",
        theirs.line.at.date() if theirs else "",
    ]


# ── From the CRM ───────────────────────────────────────────────────────────────────────────


class StageFileForm(FlaskForm):
    file = FileField("CSV file", validators=[FileRequired("Choose a CSV file")])


@bp.get("/staff/leads/imports/new")
@auth.staff(Role.EDITOR)
def new_stage_import():
    return new_import_page(StageFileForm(formdata=None))


@bp.post("/staff/leads/imports/new")
@auth.staff(Role.EDITOR)
def upload_stages():
    form = StageFileForm()
    if not form.validate():
        return new_import_page(form), 422
    sent = form.file.data
    try:
        kept = stage_file.upload(sent.read(), sent.filename, by=desk.me())
    except Unreadable as refusal:
        db.session.rollback()
        form.file.errors = [str(refusal)]
        return new_import_page(form), 422
    db.session.commit()
    return redirect(url_for(".stage_import", import_id=kept.id), 303)


def new_import_page(form: StageFileForm) -> str:
    return render_template("referrals/import-new.html", form=form, recent=stage_file.recent())


@bp.get("/staff/leads/imports/<int:import_id>")
@auth.staff(Role.EDITOR)
def stage_import(import_id: int):
    return import_page(stage_file.get(import_id))


def import_page(kept: StageImport) -> str:
    rows = [] if kept.applied_at else stage_file.preview(kept)
    counts = kept.counts or {
        outcome.value: sum(row.outcome is outcome for row in rows) for outcome in stage_file.Outcome
    }
    after = request.args.get("after", 0, type=row_number)
    shown = [row for row in rows if row.line > after]
    return render_template(
        "referrals/import.html",
        kept=kept,
        rows=shown[:LINES],
        next=shown[LINES - 1].line if len(shown) > LINES else None,
        asked={} if kept.applied_at else stage_file.words_to_ask(kept),
        choices=stage_file.CHOICES,
        counts=[(outcome, counts.get(outcome.value, 0)) for outcome in stage_file.Outcome],
    )


@bp.post("/staff/leads/imports/<int:import_id>/words")
@auth.staff(Role.EDITOR)
def say_words(import_id: int):
    """What the CRM’s own words mean here; what nobody chose for stays asked."""
    said = zip(request.form.getlist("word"), request.form.getlist("means"), strict=False)
    meanings = {word: "" if to == "out" else to for word, to in said if to}
    number = stage_file.mean(stage_file.get(import_id), meanings, by=desk.me())
    db.session.commit()
    if number:
        flash("Saved what it means." if number == 1 else f"Saved what {number} words mean.")
    else:
        flash("Nothing was different.")
    return redirect(url_for(".stage_import", import_id=import_id), 303)


@bp.post("/staff/leads/imports/<int:import_id>/application")
@auth.staff(Role.EDITOR)
def apply_stages(import_id: int):
    stage_file.apply(stage_file.get(import_id), by=desk.me())
    db.session.commit()
    return redirect(url_for(".stage_import", import_id=import_id), 303)
