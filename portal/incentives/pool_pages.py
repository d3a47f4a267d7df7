"""The pool of codes of an offer: how many are left, and more of them from a file."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.db import db
from portal.errors import Unreadable
from portal.fields import row_number
from portal.incentives import codes, pool, queries
from portal.incentives.door import bp
from portal.incentives.forms import CodesForm
from portal.incentives.models import Issuing, Offer
from portal.staff.models import Role

LINES = 200


def pooled() -> Sequence[Offer]:
    """The offers on the table that give codes."""
    given = sa.select(Offer).where(Offer.issuing == Issuing.CODE, Offer.retired_at.is_(None))
    return db.session.scalars(given.order_by(Offer.name)).all()


@bp.get("/staff/offers/<int:offer_id>/codes")
@auth.staff(Role.EDITOR)
def codes_of(offer_id: int):
    return pool_page(queries.offer(offer_id), CodesForm(formdata=None))


@bp.post("/staff/offers/<int:offer_id>/codes")
@auth.staff(Role.EDITOR)
def upload_codes(offer_id: int):
    found, form = queries.offer(offer_id), CodesForm()
    if not form.validate():
        return pool_page(found, form), 422
    sent = form.file.data
    try:
        kept = pool.upload(sent.read(), sent.filename or "", found, by=me())
    except Unreadable as refusal:
        db.session.rollback()
        form.file.errors = [str(refusal)]
        return pool_page(queries.offer(offer_id), form), 422
    db.session.commit()
    return redirect(url_for(".code_upload", upload_id=kept.id), 303)


@bp.get("/staff/codes/<int:upload_id>")
@auth.staff(Role.EDITOR)
def code_upload(upload_id: int):
    kept = pool.get(upload_id)
    rows = [] if kept.applied_at else pool.preview(kept)
    after = request.args.get("after", 0, type=row_number)
    shown = [row for row in rows if row.line > after]
    counted = pool.counts(rows)
    return render_template(
        "incentives/codes-preview.html",
        kept=kept,
        rows=shown[:LINES],
        next=shown[LINES - 1].line if len(shown) > LINES else None,
        good=kept.added if kept.applied_at else counted[True],
        bad=len(kept.refused) if kept.applied_at else counted[False],
    )


@bp.post("/staff/codes/<int:upload_id>")
@auth.staff(Role.EDITOR)
def add_codes(upload_id: int):
    kept = pool.get(upload_id)
    pool.apply(kept, by=me())
    db.session.commit()
    flash(f"{kept.added:,} codes are in the pool.")
    return redirect(url_for(".codes_of", offer_id=kept.offer_id), 303)


def me():
    return current_user._get_current_object()


def pool_page(found: Offer, form: CodesForm) -> str:
    return render_template(
        "incentives/codes.html",
        offer=found,
        form=form,
        left=codes.left(found),
        given=codes.given(found),
        owed=codes.owed(found),
        low=codes.is_low(found),
        recent=pool.recent(found),
    )
