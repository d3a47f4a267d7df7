"""My data: see it, put it right, take it along, hold it back, erase it."""

from flask import flash, g, redirect, render_template, url_for

from portal import auth
from portal.advocates import actions as advocates
from portal.advocates import wishes
from portal.consent.forms import circumstances
from portal.db import db
from portal.downloads import attachment
from portal.privacy import actions, desk, files, preferences, queries  # noqa: F401
from portal.privacy.forms import CorrectionForm, ErasureForm
from portal.privacy.holdings import GOES, STAYS
from portal.privacy.pages import bp, let_go


@bp.get("/me/data")
@auth.advocate
def show():
    return render_template("privacy/data.html", person=g.advocate, held=queries.held(g.advocate))


# ── Take it along ──────────────────────────────────────────────────────────────────────────


@bp.get("/me/data/everything.zip")
@auth.advocate
def as_zip():
    return attachment(files.as_zip(g.advocate), "application/zip", "my-data.zip")


@bp.get("/me/data/everything.json")
@auth.advocate
def as_json():
    return attachment(files.as_json(g.advocate), "application/json", "my-data.json")


# ── Put it right ───────────────────────────────────────────────────────────────────────────


@bp.get("/me/data/correction")
@auth.advocate
def correction():
    return render_template("privacy/correction.html", form=CorrectionForm.of(g.advocate))


@bp.post("/me/data/correction")
@auth.advocate
def correct():
    form = CorrectionForm.of(g.advocate)
    if not form.validate():
        return render_template("privacy/correction.html", form=form), 422
    wishes.correct(g.advocate, form.values(), by=g.advocate)
    if note := (form.other.data or "").strip():
        actions.ask_for_correction(g.advocate, note)
        flash("Saved. The team has your note, and answers within a month.")
    else:
        flash("Saved.")
    db.session.commit()
    return redirect(url_for(".show"), 303)


@bp.get("/me/data/departure")
@auth.advocate
def departure():
    return render_template("privacy/departure.html", person=g.advocate)


@bp.post("/me/data/departure")
@auth.advocate
def leave():
    actions.moved_on(g.advocate, by=g.advocate)
    db.session.commit()
    flash("Noted. What you said is off our pages, and the team knows.")
    return redirect(url_for(".show"), 303)


@bp.post("/me/data/return")
@auth.advocate
def come_back():
    advocates.come_back(g.advocate, by=g.advocate)
    db.session.commit()
    flash(f"Noted: you are at {g.advocate.company.name}.")
    return redirect(url_for(".show"), 303)


# ── Hold it back ───────────────────────────────────────────────────────────────────────────


@bp.get("/me/data/restriction")
@auth.advocate
def restriction():
    return render_template("privacy/restriction.html", person=g.advocate)


@bp.post("/me/data/restriction")
@auth.advocate
def restrict():
    wishes.restrict(g.advocate, by=g.advocate)
    db.session.commit()
    flash("Done. We keep your data and do nothing with it until you say so here.")
    return redirect(url_for(".show"), 303)


@bp.post("/me/data/restriction/lift")
@auth.advocate
def lift_restriction():
    wishes.lift_restriction(g.advocate, by=g.advocate)
    db.session.commit()
    flash("Lifted. Everything stands again as it stood before.")
    return redirect(url_for(".show"), 303)


# ── Erase it ───────────────────────────────────────────────────────────────────────────────


@bp.get("/me/data/erasure")
@auth.advocate
def erasure():
    return erasure_page(ErasureForm())


def erasure_page(form: ErasureForm) -> str:
    return render_template(
        "privacy/erasure.html", form=form, goes=GOES, stays=STAYS, person=g.advocate
    )


@bp.post("/me/data/erasure")
@auth.advocate
def erase():
    form = ErasureForm()
    if not form.validate():
        return erasure_page(form), 422
    person = g.advocate
    stored = actions.erase(person, by=person, circumstances=circumstances(person.language))
    auth.sign_out_advocate()
    db.session.commit()
    let_go(stored)
    return redirect(url_for(".erased"), 303)


@bp.get("/data-erased")
@auth.public
def erased():
    return render_template("privacy/erased.html", stays=STAYS)
