"""What an uploaded file would change, and which of its columns is what."""

from collections import Counter

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.advocates import actions, columns, importing, queries
from portal.advocates.columns import LABELS
from portal.advocates.door import bp
from portal.advocates.models import CustomerImport
from portal.advocates.planning import Outcome
from portal.db import db
from portal.errors import NotAllowed, Unreadable
from portal.fields import row_number
from portal.staff.models import Role

LINES = 100  # of a preview on one page


def preview_page(upload: CustomerImport):
    try:
        file, plan = actions.preview(upload)
    except Unreadable as fault:
        return columns_page(upload, str(fault))
    show = request.args.get("show", "")
    after = request.args.get("after", 0, type=row_number)
    rows = [r for r in plan if r.line > after and show in {r.outcome.value, ""}]
    return render_template(
        "advocates/import-preview.html",
        upload=upload,
        file=file,
        rows=rows[:LINES],
        next=rows[LINES - 1].line if len(rows) > LINES else None,
        counts={o: sum(row.outcome is o for row in plan) for o in Outcome},
        unknown=Counter(r.note for r in plan if r.note),
        show=show,
        labels=LABELS,
        first=after == 0,
    )


@bp.get("/imports/<int:id>/columns")
@auth.staff(Role.EDITOR)
def choose_columns(id: int):
    upload = queries.get_import(id)
    if upload.begun_at:
        return redirect(url_for("advocates.show_import", id=id))
    return columns_page(upload)


def columns_page(upload: CustomerImport, refusal: str = "", typed: dict[str, str] | None = None):
    headings = importing.headings_of(upload.content)
    found = columns.recognise(headings, upload.mapping)
    rows = importing.table(upload.content)
    next(rows)
    _, cells = next(rows, (0, []))
    return render_template(
        "advocates/import-columns.html",
        upload=upload,
        headings=dict(zip(headings, [*cells, *[""] * len(headings)], strict=False)),
        chosen=typed or {field: headings[place] for field, place in found.items()},
        labels=LABELS,
        refusal=refusal,
    )


@bp.post("/imports/<int:id>/columns")
@auth.staff(Role.EDITOR)
def map_columns(id: int):
    upload = queries.get_import(id)
    said = {field: request.form.get(field, "")[:200] for field in LABELS}
    try:
        actions.map_columns(upload, said, by=current_user)
    except (NotAllowed, Unreadable) as refusal:
        return columns_page(upload, str(refusal), said), 422
    db.session.commit()
    flash("The columns are read like this now.")
    return redirect(url_for("advocates.show_import", id=id), 303)
