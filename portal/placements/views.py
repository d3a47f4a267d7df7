"""Where words are used, and the tasks to get them back."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.config import settings
from portal.consent.models import Channel, Purpose
from portal.db import db
from portal.embeds import queries as embeds
from portal.errors import NotFound, Refusal, Stale
from portal.media import files, storage
from portal.media.models import WEBP, UploadKind
from portal.media.sending import CAGE
from portal.placements import actions, queries
from portal.placements.actions import Proof
from portal.placements.forms import OwnerForm, ProofForm, UseForm
from portal.placements.models import Kind, Outcome, Takedown
from portal.placements.undoing import TAKEDOWN
from portal.placements.words import BECAUSE, OUTCOMES, SHORT
from portal.publishing import placing, plain
from portal.publishing import queries as publishing
from portal.publishing.forms import PlacesForm
from portal.publishing.models import Asset
from portal.queue.onward import Onward, asked
from portal.staff import queries as staff
from portal.staff.models import Role, Staff
from portal.submissions import crediting
from portal.undo.actions import undoable
from portal.undo.telling import tell

NOT_ASKED = "Nothing was changed: choose the pages in the form below."

bp = Blueprint("placements", __name__)

# Pages of submissions, which stand to the left, tell a customer where their words went.
bp.add_app_template_global(queries.with_uses)


@bp.get("/staff/assets/<int:asset_id>/uses")
@auth.staff()
def uses(asset_id):
    asset = embeds.asset(asset_id)
    return _uses(asset, _use_form(asset))


def _use_form(asset: Asset) -> UseForm:
    named = crediting.shows(asset.submission.credit, Purpose.COMPANY)
    return UseForm(
        formdata=None, data={"owner": current_user.id, "names_company": named, "kind": ""}
    )


@bp.post("/staff/assets/<int:asset_id>/uses")
@auth.staff(Role.EDITOR)
def record_use(asset_id):
    asset = embeds.asset(asset_id)
    form = UseForm().for_these(staff.active())
    if not form.validate():
        return _uses(asset, form), 422
    placement = actions.record_use(
        asset,
        Kind(form.kind.data),
        form.place.data,
        owner=db.session.get_one(Staff, form.owner.data),
        by=current_user,
        url=form.url.data,
        note=form.note.data,
        names_company=form.names_company.data,
        since=form.day,
    )
    db.session.commit()
    if placement.takedown:
        flash("Noted. It may not be used there, so it is now a task to take it down.", "warning")
    else:
        flash("Noted. You get a task the moment it may no longer stand there.")
    return redirect(url_for("placements.uses", asset_id=asset_id), 303)


@bp.post("/staff/assets/<int:asset_id>/pages")
@auth.staff(Role.EDITOR)
def choose_pages(asset_id):
    asset = embeds.asset(asset_id)
    form = PlacesForm.of(asset)
    if form.chosen is None:  # not our form: an empty choice would take it off every page
        return _uses(asset, _use_form(asset), refusal=NOT_ASKED), 422
    try:
        placing.place(asset, form.chosen, seen=form.seen.data, by=current_user)
        db.session.commit()
    except Stale as refusal:
        db.session.rollback()
        form.seen.catch_up(refusal, PlacesForm.of(asset, fresh=True))
        return _uses(asset, _use_form(asset), form, str(refusal)), refusal.status
    flash(f"Saved. {placing.in_words(asset)}")
    return redirect(url_for("placements.uses", asset_id=asset_id), 303)


@bp.post("/staff/placements/<int:placement_id>/end")
@auth.staff(Role.EDITOR)
def end(placement_id):
    placement = queries.placement(placement_id)
    actions.end(placement, by=current_user)
    db.session.commit()
    flash("Noted: it is no longer used there.")
    return redirect(url_for("placements.uses", asset_id=placement.asset_id), 303)


# ── Takedowns ──────────────────────────────────────────────────────────────────────────────


@bp.get("/staff/takedowns")
@auth.staff()
def takedowns():
    show = request.args.get("show", "open")
    show = show if show in queries.SHOW else "open"
    mine = request.args.get("owner") == "me"
    owner = current_user if mine else None
    return render_template(
        "placements/takedowns.html",
        found=queries.takedowns(show, owner),
        counts=queries.counts(owner),
        names=queries.SHOW,
        show=show,
        mine=mine,
        short=SHORT,
        outcomes=OUTCOMES,
    )


@bp.get("/staff/takedowns/<int:takedown_id>")
@auth.staff()
def show(takedown_id):
    takedown = queries.takedown(takedown_id)
    return _page(takedown, ProofForm.of(takedown, fresh=True))


@bp.post("/staff/takedowns/<int:takedown_id>/proof")
@auth.staff(Role.EDITOR)
def finish(takedown_id):
    takedown, on = queries.takedown(takedown_id), Onward(("takedowns", takedown_id))
    form = ProofForm.of(takedown)
    if not form.validate():
        return _page(takedown, form), 422
    try:
        actions.hold(takedown)  # before a file is kept that nothing would name
    except Stale as refusal:
        db.session.rollback()
        return _page(queries.takedown(takedown_id), form, str(refusal)), refusal.status
    try:
        key, mimetype = _kept(form.file.data)
    except Refusal as refusal:
        form.file.errors = [str(refusal)]
        return _page(takedown, form), 422
    proof = Proof(form.proof.data, form.proof_url.data, key, mimetype)
    with undoable(TAKEDOWN, takedown, by=current_user._get_current_object()):
        actions.finish(takedown, Outcome(form.outcome.data), proof, by=current_user)
    db.session.commit()
    tell("Closed. The customer reads on their page that it is done.", takedown)
    return on("placements.takedowns", show=None)


@bp.post("/staff/takedowns/<int:takedown_id>/owner")
@auth.staff(Role.EDITOR)
def hand_over(takedown_id):
    takedown = queries.takedown(takedown_id)
    form = OwnerForm().for_these(staff.active())
    if not form.validate():
        return _page(takedown, ProofForm.of(takedown, fresh=True), owner_form=form), 422
    with undoable(TAKEDOWN, takedown, by=current_user._get_current_object()):
        actions.hand_over(takedown, db.session.get_one(Staff, form.owner.data), by=current_user)
    db.session.commit()
    tell(f"Handed over to {takedown.owner.name}.", takedown)
    return redirect(url_for("placements.show", takedown_id=takedown_id, **asked()), 303)


@bp.get("/staff/takedowns/<int:takedown_id>/proof")
@auth.staff()
def proof(takedown_id):
    takedown = queries.takedown(takedown_id)
    if not takedown.proof_key:
        raise NotFound("No file was given as a proof.")
    response = Response(storage.stream(takedown.proof_key), mimetype=takedown.proof_type)
    if takedown.proof_type != WEBP:
        response.headers.set("Content-Disposition", "attachment", filename="proof.pdf")
        response.headers["Content-Security-Policy"] = CAGE
    return response


def _kept(file) -> tuple[str, str]:
    """The key and type of a file given as a proof; both empty without one."""
    if not file:
        return "", ""
    data, mimetype, _ = files.examine(file.read(), UploadKind.ATTACHMENT)
    return storage.write(data), mimetype


def _uses(asset: Asset, form: UseForm, chosen: PlacesForm | None = None, refusal: str = "") -> str:
    item = publishing.one(asset.slug, [asset.submission.action], Channel.EMBED)
    return render_template(
        "placements/uses.html",
        asset=asset,
        submission=asset.submission,
        form=form.for_these(staff.active()),
        ours=queries.ours(asset),
        pages=chosen or PlacesForm.of(asset, fresh=True),
        refusal=refusal,
        picked=asset.submission.action in publishing.PICKED,
        placements=queries.of(asset),
        because=BECAUSE,
        share=item and plain.in_text(item),
        card=item and f"/cards/{asset.slug}.png",
        base=settings().base_url,
    )


def _page(
    takedown: Takedown, form: ProofForm, refusal: str = "", owner_form: OwnerForm | None = None
) -> str:
    owner = OwnerForm(formdata=None, data={"owner": takedown.owner_id}).for_these(staff.active())
    return render_template(
        "placements/takedown.html",
        takedown=takedown,
        placement=takedown.placement,
        submission=takedown.placement.asset.submission,
        form=form,
        refusal=refusal,
        owner_form=owner_form or owner,
        because=BECAUSE[takedown.reason],
        outcomes=OUTCOMES,
    )
