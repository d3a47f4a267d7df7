"""The page that hands a reviewer their own words for another site; proof, for staff to see."""

from flask import Blueprint, flash, g, redirect, render_template, url_for

from portal import auth
from portal.db import db
from portal.errors import NotFound, Unreadable
from portal.handovers import actions, queries
from portal.handovers.forms import HandOverForm
from portal.handovers.models import Said
from portal.media import files, pictures, sending
from portal.media.models import UploadKind
from portal.publishing import desk
from portal.submissions.models import Submission
from portal.submissions.pages import mine

bp = Blueprint("handovers", __name__)
bp.add_app_template_global(queries.destination, "elsewhere_for")
bp.add_app_template_global(queries.of, "hand_over_of")


@bp.get("/me/submissions/<int:id>/elsewhere")
@auth.advocate
def show(id: int):
    submission = mine(id)
    place, found = queries.demand(submission), queries.of(submission)
    return _page(submission, place, HandOverForm.of(found, proof=place.asks_proof))


@bp.post("/me/submissions/<int:id>/elsewhere")
@auth.advocate
def declare(id: int):
    submission = mine(id)
    place = queries.demand(submission)
    form = HandOverForm.of(None, proof=place.asks_proof)
    if not form.validate():
        return _page(submission, place, form), 422
    try:
        proof = _proof(form) if place.asks_proof else {}
    except Unreadable as refusal:
        db.session.rollback()
        form.picture.errors = [str(refusal)]
        return _page(submission, place, form), 422
    actions.declare(submission, Said(form.said.data), **proof, by=g.advocate)
    db.session.commit()
    flash("Noted, thank you. Nothing else depends on it.")
    return redirect(url_for("submissions.show", id=id), 303)


def _proof(form: HandOverForm) -> dict:
    """The address, and the picture if one came along."""
    if not (sent := form.picture.data):
        return {"url": form.url.data}
    data, owner = sent.read(pictures.MAX_BYTES + 1), g.advocate
    name = sent.filename or ""
    upload = files.take(data, name, UploadKind.ATTACHMENT, owner_id=owner.id, by=owner)
    db.session.flush()
    return {"url": form.url.data, "upload": upload}


def _page(submission: Submission, place: queries.Destination, form: HandOverForm) -> str:
    return render_template(
        "handovers/show.html",
        submission=submission,
        place=place,
        form=form,
        text=queries.text_of(submission),
    )


@bp.get("/staff/submissions/<int:id>/proof-elsewhere")
@auth.staff()
def picture(id: int):
    submission = desk.submission(id)
    found = queries.of(submission)
    if found is None or found.upload_id is None:
        raise NotFound("There is no picture of it.")
    return sending.send(files.of(submission.advocate_id, found.upload_id))
