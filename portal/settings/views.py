"""The settings page: owners choose, everyone sees it within seconds."""

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user

from portal import auth
from portal.config import Settings, laid_over, reread, settings
from portal.db import db
from portal.errors import NotFound, Refusal
from portal.fields import row_number
from portal.media import pictures, storage
from portal.settings import actions, queries
from portal.settings.forms import (
    CHANGE,
    LABELS,
    LEDES,
    OF_SECTION,
    SECTIONS,
    ZERO,
    SettingsForm,
)
from portal.staff.models import Role
from portal.staff.queries import name_of

bp = Blueprint("settings", __name__)


def given() -> Settings:
    """What the environment says, whatever was chosen."""
    return current_app.extensions["goodword"]


def holds() -> Settings:
    """What holds now, read afresh: what stands in a form must be what its version is of."""
    return laid_over(given(), queries.chosen() or {})


@bp.get("/staff/settings")
@auth.staff(Role.OWNER)
def show():
    return page()


@bp.get("/staff/settings/<section>")
@auth.staff(Role.OWNER)
def edit(section):
    return one(section, form_of(section))


@bp.post("/staff/settings/<section>")
@auth.staff(Role.OWNER, confirmed=True)
def change(section):
    form = form_of(section)
    if not form.validate():
        return one(section, form), 422
    try:
        said = form.said() | stored_logo(form)
        seen, names = form.seen.data, OF_SECTION[section]
        changed = actions.change(holds(), said, section=names, seen=seen, by=current_user)
    except Refusal as refusal:
        db.session.rollback()
        form.seen.catch_up(refusal, form_of(section))
        return one(section, form, str(refusal)), refusal.status
    db.session.commit()
    reread()
    flash("Saved. Every page says so within seconds." if changed else "Nothing was different.")
    return redirect(url_for("settings.show"), 303)


@bp.get("/staff/settings/<name>/history")
@auth.staff(Role.OWNER)
def versions(name):
    return render_template(
        "settings/versions.html",
        name=name,
        label=LABELS[known(name)],
        entries=queries.changes(name),
        chosen=name in queries.latest(),
        seen=queries.version([name]),
        given=getattr(given(), name),
        name_of=name_of,
        words=actions.in_words,
    )


@bp.post("/staff/settings/<name>/environment")
@auth.staff(Role.OWNER, confirmed=True)
def put_back(name):
    seen = request.form.get("seen", type=row_number)
    actions.put_back(given(), holds(), known(name), seen=seen, by=current_user)
    db.session.commit()
    reread()
    flash(f"“{LABELS[name]}” is what the environment says again.")
    return redirect(url_for("settings.show"), 303)


@bp.get("/brand/<key>.webp")
@auth.public
def logo(key):
    """The logo of this portal; no other file."""
    if key != settings().brand_logo or not key:
        raise NotFound("There is no picture at this address.")
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(storage.read(key), mimetype="image/webp", headers=headers)


def known(name: str) -> str:
    if name not in LABELS:
        raise NotFound("There is no such setting.")
    return name


def form_of(section: str) -> SettingsForm:
    if section not in SECTIONS:
        raise NotFound("There is no such section of the settings.")
    _, form = SECTIONS[section]
    return form(seen=queries.version(OF_SECTION[section]), obj=holds())


def stored_logo(form: SettingsForm) -> dict[str, str]:
    """A new logo is kept as a file of ours; the setting is its key."""
    upload = form.logo.data if "logo" in form else None
    if not upload:
        return {}
    picture = pictures.keep(upload.read(pictures.MAX_BYTES + 1))
    return {"brand_logo": storage.write(pictures.webp(picture))}


def one(section: str, form: SettingsForm, refusal: str = "") -> str:
    title, _ = SECTIONS[section]
    return render_template(
        "settings/edit.html",
        section=section,
        title=title,
        lede=LEDES.get(section),
        form=form,
        refusal=refusal,
    )


def page() -> str:
    return render_template(
        "settings/index.html",
        sections=SECTIONS,
        of_section=OF_SECTION,
        ledes=LEDES,
        change=CHANGE,
        zero=ZERO,
        holds=settings(),
        given=given(),
        latest=queries.latest(),
        words=actions.in_words,
    )
