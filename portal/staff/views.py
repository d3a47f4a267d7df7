"""Coming in and going out: set-up and reset links, password, code, passkey."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.config import settings
from portal.db import db, lock
from portal.errors import NotAllowed
from portal.links import actions as links
from portal.links.models import Kind
from portal.sessions.models import Way
from portal.staff import (
    account,
    actions,
    audit,
    challenges,
    codes,
    company,
    factors,
    passkeys,
    people,
    queries,
)
from portal.staff.forms import CodeForm, ForgottenForm, PasskeyForm, SetUpForm, SignInForm
from portal.staff.limits import askings, counted, passkey_tries, tries
from portal.staff.models import Staff
from portal.staff.pages import (
    bp,
    half_way,
    let_in,
    link_gone,
    own_words,
    page_asked_for,
    with_password,
)

WITH_ROUTES = (account, audit, company, people)  # they add theirs to ``bp``
WRONG = "That mail address and password do not belong together. Check both."


# ── The first time, and after forgetting ───────────────────────────────────────────────────


@bp.get("/setup/<token>")
@auth.by_link
def setup(token: str):
    return choose_password(Kind.SETUP, token)


@bp.post("/setup/<token>")
@auth.by_link
def set_up(token: str):
    return password_chosen(Kind.SETUP, token)


@bp.get("/reset/<token>")
@auth.by_link
def reset(token: str):
    return choose_password(Kind.RESET, token)


@bp.post("/reset/<token>")
@auth.by_link
def set_again(token: str):
    return password_chosen(Kind.RESET, token)


def choose_password(kind: Kind, token: str):
    try:
        person = queries.invited_by(links.open(kind, token))
    except links.LinkGone as gone:
        return link_gone(gone)
    return setup_page(SetUpForm(), person)


def password_chosen(kind: Kind, token: str):
    lock("staff.setup")  # two people with one link: the second finds it used
    try:
        link = links.open(kind, token)
    except links.LinkGone as gone:
        return link_gone(gone)
    person, form = queries.invited_by(link), SetUpForm()
    if not form.validate():
        return setup_page(form, person), 422
    again = bool(person.password_hash)
    try:
        actions.set_password(person, form.password.data, own_words=own_words())
    except NotAllowed as refusal:
        form.password.errors = [str(refusal)]
        return setup_page(form, person), 422
    links.use(link)
    if again:
        account.tell(person, "your password was changed by a link from a mail")
    return with_password(person, url_for("dashboard.show"))


def setup_page(form: SetUpForm, person: Staff) -> str:
    return render_template("staff/setup.html", form=form, person=person)


@bp.get("/forgotten")
@auth.public
def forgotten():
    return render_template("staff/forgotten.html", form=ForgottenForm())


@bp.post("/forgotten")
@auth.public
@askings
def send_reset():
    form = ForgottenForm()
    if not form.validate():
        return render_template("staff/forgotten.html", form=form), 422
    actions.send_reset_link(form.email.data)
    db.session.commit()
    return render_template("staff/forgotten.html", form=None, email=form.email.data)


# ── Every day ──────────────────────────────────────────────────────────────────────────────


@bp.get("/sign-in")
@auth.public
def sign_in():
    wanted = request.args.get("next", "")
    if current_user.is_authenticated:
        return redirect(page_asked_for(wanted), 303)
    return sign_in_page(SignInForm(next=wanted))


@bp.post("/sign-in")
@auth.public
@tries
def begin_session():
    form = SignInForm()
    if not form.validate():
        return sign_in_page(form), 422
    person = actions.check(form.email.data, form.password.data)
    if person is None:
        form.password.errors = [WRONG]
        return sign_in_page(form), 422
    return with_password(person, page_asked_for(form.next.data))


@bp.post("/sign-in/passkey")
@auth.public
@passkey_tries
def begin_with_passkey():
    """A passkey alone, on a device that checked who holds it."""
    form = PasskeyForm()
    person = passkeys.prove(form.passkey.data or "", challenges.answered())
    if person is None:
        db.session.rollback()
        form = SignInForm(formdata=None, next=request.form.get("next", ""))
        return sign_in_page(form, passkeys.REFUSED), 422
    return let_in(person, page_asked_for(request.form.get("next", "")), Way.PASSKEY)


def sign_in_page(form: SignInForm, refusal: str = "") -> str:
    return render_template(
        "staff/sign-in.html",
        form=form,
        refusal=refusal,
        passkey=passkeys.to_prove(challenges.current()),
        company=settings().sso_name if settings().sso_issuer else None,
    )


# ── The second step ────────────────────────────────────────────────────────────────────────


@bp.get("/sign-in/code")
@auth.public
def second_step():
    person, _ = half_way()
    if person is None:
        return redirect(url_for("staff.sign_in"), 303)
    return second_page(person, CodeForm())


def who_is_half_way() -> str:
    person, _ = half_way()
    return f"staff-code:{person.id if person else 0}"


half_way_tries = counted(("10 per 15 minutes", who_is_half_way))


@bp.post("/sign-in/code")
@auth.public
@half_way_tries
def give_code():
    person, url = half_way()
    if person is None:
        flash("That took too long. Sign in once more.")
        return redirect(url_for("staff.sign_in"), 303)
    form = CodeForm()
    if not form.validate():
        return second_page(person, form), 422
    if not codes.spend(person, form.code.data):
        db.session.rollback()
        form.code.errors = [codes.WRONG]
        return second_page(person, form), 422
    return let_in(person, url, Way.CODE)


@bp.post("/sign-in/code/passkey")
@auth.public
@half_way_tries
def give_passkey():
    person, url = half_way()
    if person is None:
        flash("That took too long. Sign in once more.")
        return redirect(url_for("staff.sign_in"), 303)
    answer = PasskeyForm().passkey.data or ""
    if passkeys.prove(answer, challenges.answered(), person) is None:
        db.session.rollback()
        return second_page(person, CodeForm(formdata=None), passkeys.REFUSED), 422
    return let_in(person, url, Way.PASSKEY)


def second_page(person: Staff, form: CodeForm, refusal: str = "") -> str:
    known = factors.has_passkey(person)
    return render_template(
        "staff/second-step.html",
        form=form,
        refusal=refusal,
        person=person,
        passkey=passkeys.to_prove(challenges.current(), person) if known else None,
    )


@bp.post("/sign-out")
@auth.public
def sign_out():
    auth.sign_out_staff()
    db.session.commit()
    flash("You are signed out.")
    return redirect(url_for("staff.sign_in"), 303)
