from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.advocates import actions, exporting, narrowing, queries, signals
from portal.advocates import care_pages as care_pages
from portal.advocates import detail_pages as detail_pages
from portal.advocates import import_pages as import_pages
from portal.advocates import merge_pages as merge_pages
from portal.advocates.care_pages import customer_page
from portal.advocates.columns import LABELS
from portal.advocates.door import bp as bp
from portal.advocates.forms import ImportForm, InviteAgainForm, SignalFileForm, SignalForm
from portal.advocates.import_pages import preview_page
from portal.advocates.models import Sector, SignalKind
from portal.advocates.planning import Outcome
from portal.advocates.queries import Standing
from portal.db import db
from portal.downloads import spreadsheet
from portal.errors import NotAllowed, Unreadable
from portal.fields import row_number
from portal.history.actions import record
from portal.staff.models import Role

# ── Customers ──────────────────────────────────────────────────────────────────────────────


# The mail log looks people up by name; it stands further left and knows none.
bp.record_once(
    lambda state: state.app.extensions.update({"goodword mailboxes of": queries.mailboxes_of})
)


@bp.get("/customers")
@auth.staff()
def index():
    search, country, narrow = asked()
    show = request.args.get("show", "")
    page = queries.people(
        search,
        country,
        Standing(show) if show in list(Standing) else None,
        narrow=narrow,
        after=request.args.get("after", type=row_number),
        before=request.args.get("before", type=row_number),
    )
    return render_template(
        "advocates/index.html",
        page=page,
        counts=queries.counts(search, country, narrow),
        capped=queries.capped,
        countries=queries.countries(),
        tags=queries.tags(),
        owners=queries.owners(),
        sectors=list(Sector),
        asked={"q": search or None, "country": country or None} | narrow.asked(),
        show=show,
    )


def asked() -> tuple[str, str, narrowing.Narrow]:
    """What the address searches for, the country it names, and what else it narrows a list to."""
    search, country = request.args.get("q", "")[:200], request.args.get("country", "")[:100]
    return search, country, narrowing.read(request.args)


@bp.post("/customers/export")
@auth.staff(Role.EDITOR, confirmed=True)
def export():
    """What the address searches for; a POST, because who took it along is written down."""
    text = exporting.customers(queries.everyone(*asked()))
    record(current_user, "customers exported", by=current_user)
    db.session.commit()
    return spreadsheet(text, "customers.csv")


@bp.get("/customers/<int:id>")
@auth.staff()
def show(id: int):
    return customer_page(queries.get(id))


@bp.post("/customers/<int:id>/signals")
@auth.staff(Role.EDITOR)
def note_signal(id: int):
    person, form = queries.get(id), SignalForm()
    if form.validate():
        value = form.value.data.replace(",", ".")
        try:
            signals.note(
                person,
                SignalKind(form.kind.data),
                value=float(value) if value else None,
                words=form.words.data,
                at=form.at.data,
                by=current_user,
            )
            db.session.commit()
            flash("Noted.")
            return redirect(url_for("advocates.show", id=id), 303)
        except NotAllowed as refusal:
            field = form.at if "day" in str(refusal) else form.value
            field.errors = [str(refusal).rstrip(".")]
    return customer_page(person, noting=form), 422


@bp.post("/signals/<int:id>/closing")
@auth.staff(Role.EDITOR)
def close_ticket(id: int):
    signal = signals.get(id)
    signals.close_ticket(signal, by=current_user)
    db.session.commit()
    flash("The ticket is closed.")
    return redirect(url_for("advocates.show", id=signal.advocate_id), 303)


@bp.get("/signals/new")
@auth.staff(Role.EDITOR)
def new_signals():
    return render_template("advocates/signals.html", form=SignalFileForm(), counts=None)


@bp.post("/signals/new")
@auth.staff(Role.EDITOR)
def bring_signals():
    form = SignalFileForm()
    if not form.validate():
        return render_template("advocates/signals.html", form=form, counts=None), 422
    try:
        counts, refused = signals.bring_in(form.file.data.read(), by=current_user)
    except Unreadable as refusal:
        form.file.errors = [str(refusal)]
        return render_template("advocates/signals.html", form=form, counts=None), 422
    db.session.commit()
    return render_template("advocates/signals.html", form=form, counts=counts, refused=refused)


@bp.post("/customers/<int:id>/stop")
@auth.staff(Role.EDITOR)
def stop(id: int):
    person = queries.get(id)
    actions.stop_inviting(person, by=current_user)
    db.session.commit()
    flash(f"{person.name} is not invited any more.")
    return redirect(url_for("advocates.show", id=id), 303)


@bp.post("/customers/<int:id>/readmission")
@auth.staff(Role.EDITOR)
def invite_again(id: int):
    person = queries.get(id)
    form = InviteAgainForm()
    if not form.validate():
        return customer_page(person, readmitting=form), 422
    actions.invite_again(person, by=current_user, note=form.note.data)
    db.session.commit()
    flash(f"{person.name} may be invited again.")
    return redirect(url_for("advocates.show", id=id), 303)


@bp.post("/customers/<int:id>/departure")
@auth.staff(Role.EDITOR)
def leave(id: int):
    person = queries.get(id)
    actions.leave(person, by=current_user)
    db.session.commit()
    flash(f"Noted: {person.name} has left {person.company.name}.")
    return redirect(url_for("advocates.show", id=id), 303)


@bp.post("/customers/<int:id>/return")
@auth.staff(Role.EDITOR)
def come_back(id: int):
    person = queries.get(id)
    actions.come_back(person, by=current_user)
    db.session.commit()
    flash(f"Noted: {person.name} is at {person.company.name}.")
    return redirect(url_for("advocates.show", id=id), 303)


# ── Imports ────────────────────────────────────────────────────────────────────────────────


@bp.get("/imports/new")
@auth.staff(Role.EDITOR)
def new_import():
    return import_page(ImportForm())


@bp.post("/imports/new")
@auth.staff(Role.EDITOR)
def upload():
    form = ImportForm()
    if not form.validate():
        return import_page(form), 422
    sent = form.file.data
    try:
        upload = actions.upload(sent.read(), sent.filename, by=current_user)
    except Unreadable as refusal:
        form.file.errors = [str(refusal)]
        return import_page(form), 422
    db.session.commit()
    return redirect(url_for("advocates.show_import", id=upload.id), 303)


def import_page(form: ImportForm):
    return render_template(
        "advocates/import-new.html", form=form, recent=queries.recent_imports(), labels=LABELS
    )


@bp.get("/imports/<int:id>")
@auth.staff(Role.EDITOR)
def show_import(id: int):
    upload = queries.get_import(id)
    if upload.begun_at or upload.applied_at:
        return render_template("advocates/import-done.html", upload=upload, outcomes=list(Outcome))
    return preview_page(upload)


@bp.get("/imports/<int:id>/refused.csv")
@auth.staff(Role.EDITOR)
def refused_rows(id: int):
    upload = queries.get_import(id)
    refused = upload.refusals if upload.begun_at else actions.refused_of(upload)
    return spreadsheet(exporting.refusals(upload.headings, refused), f"refused-{id}.csv")


@bp.post("/imports/<int:id>/application")
@auth.staff(Role.EDITOR)
def apply_import(id: int):
    upload = queries.get_import(id)
    actions.apply(upload, by=current_user)
    db.session.commit()
    return redirect(url_for("advocates.show_import", id=id), 303)
