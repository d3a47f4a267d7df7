"""Security: what each colleague looks after themselves."""

import segno
from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.config import settings
from portal.db import db
from portal.errors import NotAllowed
from portal.sessions import actions as sessions
from portal.sessions import queries as open_sessions
from portal.sessions.models import Way, Who
from portal.staff import actions, challenges, codes, confirming, devices, factors, passkeys
from portal.staff.forms import AppForm, PasskeyForm, PasswordForm
from portal.staff.models import Staff
from portal.staff.pages import bp, own_words, page_asked_for, security_url


@bp.get("/account", endpoint="account")
@auth.own()
def show():
    return page()


def page(passkey_form: PasskeyForm | None = None, password_form: PasswordForm | None = None):
    return render_template(
        "staff/account.html",
        person=current_user,
        passkeys=passkeys.of(current_user),
        to_add=passkeys.to_add(current_user, challenges.current()),
        recovery_left=codes.recovery_left(current_user),
        lacking=confirming.lacks_factor(current_user),
        sessions=open_sessions.open_ones(Who.STAFF, current_user.id),
        this=current_user.session_row,
        family=devices.family,
        passkey_form=passkey_form or PasskeyForm(formdata=None),
        password_form=password_form or PasswordForm(formdata=None),
        company=settings().sso_name if current_user.sso_subject else None,
    )


def tell(person: Staff, what: str) -> None:
    actions.tell(person, what, url=security_url())


def back(said: str):
    flash(said)
    return redirect(url_for("staff.account"), 303)


# ── The app ────────────────────────────────────────────────────────────────────────────────


@bp.get("/account/app")
@auth.own(confirmed=True)
def new_app():
    seed, sealed = codes.new_seed(current_user)
    return app_page(AppForm(formdata=None, sealed=sealed), seed)


@bp.post("/account/app")
@auth.own(confirmed=True)
def add_app():
    form = AppForm()
    seed = codes.seed_of(form.sealed.data or "", current_user)
    if not form.validate():
        return app_page(form, seed), 422
    try:
        codes.enrol(current_user, seed, form.code.data.replace(" ", ""))
    except NotAllowed as refusal:
        form.code.errors = [str(refusal)]
        return app_page(form, seed), 422
    tell(current_user, "an authenticator app was added")
    return first_factor(Way.CODE, "Codes from your app are asked for from now on.")


def app_page(form: AppForm, seed: str) -> str:
    drawn = segno.make(codes.address(seed, current_user, settings().brand_name), error="m")
    spaced = " ".join(seed[i : i + 4] for i in range(0, len(seed), 4))
    picture = drawn.svg_inline(scale=4, border=4, omitsize=True, svgclass=None, lineclass=None)
    return render_template("staff/app.html", form=form, seed=spaced, picture=picture)


@bp.post("/account/app/removal")
@auth.own(confirmed=True)
def remove_app():
    factors.refuse_last(current_user, required=settings().second_factor_required)
    codes.forget_app(current_user, by=current_user)
    return removed("the authenticator app was removed", "Codes are no longer asked for.")


def removed(what: str, said: str):
    factors.settle(current_user)
    tell(current_user, what)
    db.session.commit()
    return back(said)


def first_factor(way: Way, said: str):
    """This browser has now proved more than a password; recovery codes come with the first."""
    sessions.confirm(current_user.session_token, way)
    if codes.recovery_left(current_user):
        db.session.commit()
        return back(said)
    fresh = codes.renew_recovery(current_user, by=current_user)
    db.session.commit()
    return render_template("staff/recovery.html", codes=fresh, said=said)


@bp.post("/account/recovery")
@auth.own(confirmed=True)
def renew_recovery():
    if not factors.any_of(current_user):
        raise NotAllowed("Recovery codes stand in for a second factor. Add one first.")
    fresh = codes.renew_recovery(current_user, by=current_user)
    tell(current_user, "new recovery codes were made; the older ones no longer work")
    db.session.commit()
    return render_template("staff/recovery.html", codes=fresh, said="")


# ── Passkeys ───────────────────────────────────────────────────────────────────────────────


@bp.post("/account/passkeys")
@auth.own(confirmed=True)
def add_passkey():
    form = PasskeyForm()
    if not form.validate():
        return page(passkey_form=form), 422
    try:
        answer, challenge = form.passkey.data or "", challenges.answered()
        one = passkeys.add(current_user, answer, challenge, name=form.name.data)
    except NotAllowed as refusal:
        form.name.errors = [str(refusal)]
        return page(passkey_form=form), 422
    tell(current_user, f"the passkey “{one.name}” was added")
    return first_factor(Way.PASSKEY, f"“{one.name}” is added.")


@bp.post("/account/passkeys/<int:passkey_id>/name")
@auth.own()
def rename_passkey(passkey_id: int):
    one = passkeys.get(current_user, passkey_id)
    form = PasskeyForm()
    if not form.validate():
        return page(passkey_form=form), 422
    passkeys.rename(one, form.name.data, by=current_user)
    db.session.commit()
    return back(f"It is called “{one.name}” now.")


@bp.post("/account/passkeys/<int:passkey_id>/removal")
@auth.own(confirmed=True)
def remove_passkey(passkey_id: int):
    one = passkeys.get(current_user, passkey_id)
    factors.refuse_last(current_user, required=settings().second_factor_required)
    passkeys.remove(one, by=current_user)
    return removed(f"the passkey “{one.name}” was removed", f"“{one.name}” is removed.")


# ── Password and sessions ──────────────────────────────────────────────────────────────────


@bp.post("/account/password")
@auth.own()
def change_password():
    form = PasswordForm()
    if not form.validate():
        return page(password_form=form), 422
    if not actions.knows(current_user, form.current.data):
        form.current.errors = ["That is not your password now"]
        return page(password_form=form), 422
    way = current_user.session_row.way
    try:
        actions.set_password(current_user, form.password.data, own_words=own_words())
    except NotAllowed as refusal:
        form.password.errors = [str(refusal)]
        return page(password_form=form), 422
    tell(current_user, "your password was changed")
    auth.sign_in_staff(current_user, way)
    db.session.commit()
    return back("Your password is changed, and every other browser is signed out.")


@bp.post("/account/sessions/<int:session_id>/end")
@auth.own()
def end_session(session_id: int):
    sessions.end_one(Who.STAFF, current_user.id, session_id)
    db.session.commit()
    return back("That browser is signed out.")


@bp.post("/account/sessions/end")
@auth.own()
def end_other_sessions():
    sessions.end_all(Who.STAFF, current_user.id, but=current_user.session_token)
    db.session.commit()
    return back("Every other browser is signed out.")


# ── "Confirm it is you", before a page is opened ───────────────────────────────────────────


@bp.post("/confirm")
@auth.own(confirmed=True)
def confirm():
    """What the page that asks sends for someone who was about to open something."""
    url = page_asked_for(request.form.get("next", ""))
    if url.partition("?")[0].endswith((".zip", ".csv")):  # a file does not replace the page
        return render_template("staff/confirmed.html", url=url)
    return redirect(url, 303)
