from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for

from portal import auth
from portal.db import db
from portal.errors import Unreadable
from portal.fields import row_number
from portal.media import actions, files, pictures, queries, sending, storage
from portal.media.forms import PhotoForm

bp = Blueprint("media", __name__, url_prefix="/me")


@bp.get("/photo")
@auth.advocate
def show():
    return photo_page(PhotoForm())


def photo_page(form: PhotoForm):
    photo = queries.photo_of(g.advocate) if g.advocate.photo_id else None
    return render_template(
        "media/photo.html", form=form, photo=photo, back=back(), submission=submission()
    )


@bp.post("/photo")
@auth.advocate
def upload():
    form = PhotoForm()
    if not form.validate():
        return photo_page(form), 422
    try:
        former = actions.put(
            form.photo.data.read(pictures.MAX_BYTES + 1),
            beside=g.advocate,
            by=g.advocate,
            square=form.square,
            alt=form.alt.data,
        )
    except Unreadable as refusal:
        form.photo.errors = [str(refusal)]
        return photo_page(form), 422
    db.session.commit()
    let_go(former)
    flash("Your photo is saved. It is shown only where you allow it.")
    return redirect(url_for("media.show", submission=submission()), 303)


@bp.post("/photo/removal")
@auth.advocate
def remove():
    former = actions.take_away(g.advocate, by=g.advocate)
    db.session.commit()
    let_go(former)
    flash("Your photo is removed.")
    return redirect(url_for("media.show", submission=submission()), 303)


@bp.get("/photo.webp")
@auth.advocate
def own_photo():
    """Their own, for their own eyes; the door says no-store."""
    return Response(storage.read(queries.photo_of(g.advocate).key), mimetype="image/webp")


@bp.get("/files/<int:id>")
@auth.advocate
def own_file(id: int):
    """A file they gave us, for their own eyes."""
    return sending.send(files.of(g.advocate.id, id))


def submission() -> int | None:
    """Whose permissions page they came from; a number, so that it can lead nowhere else."""
    return request.args.get("submission", type=row_number) or request.form.get(
        "submission", type=row_number
    )


def back() -> str | None:
    number = submission()
    return url_for("submissions.consent", id=number) if number else None


def let_go(key: str | None) -> None:
    """Only after the commit: a file too many is harmless, one too few is not."""
    if key:
        storage.delete(key)
