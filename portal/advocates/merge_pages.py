"""Rows that may be one person: looked at side by side, joined, and parted again."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from portal import auth
from portal.advocates import merging, queries, signals
from portal.advocates.door import bp
from portal.db import db
from portal.errors import NotAllowed
from portal.staff.models import Role

bp.add_app_template_global(lambda person: merging.same_as([person.id])[person.id], "also_here_as")


@bp.get("/duplicates")
@auth.staff(Role.EDITOR)
def duplicates():
    return render_template("advocates/duplicates.html", pairs=merging.suggestions())


@bp.get("/customers/<int:id>/same-as/<int:other>")
@auth.staff(Role.EDITOR)
def compare(id: int, other: int):
    return comparison(id, other)


def comparison(id: int, other: int, refusal: str = ""):
    kept, second = queries.get(id), queries.get(other)
    return render_template(
        "advocates/compare.html",
        kept=kept,
        other=second,
        refusal=refusal or merging.objection(second, kept),
        known={one.id: len(signals.about(one)) for one in (kept, second)},
    )


@bp.post("/customers/<int:id>/same-as/<int:other>")
@auth.staff(Role.EDITOR)
def merge(id: int, other: int):
    kept, second = queries.get(id), queries.get(other)
    try:
        merging.merge(second, into=kept, by=current_user)
    except NotAllowed as refusal:
        db.session.rollback()
        return comparison(id, other, str(refusal)), 422
    db.session.commit()
    flash(f"{second.email} and {kept.email} are one person from now on.")
    return redirect(url_for("advocates.show", id=id), 303)


@bp.post("/customers/<int:id>/separation")
@auth.staff(Role.EDITOR)
def separate(id: int):
    person = queries.get(id)
    merging.separate(person, by=current_user)
    db.session.commit()
    flash("They are two people again.")
    return redirect(url_for("advocates.show", id=id), 303)
