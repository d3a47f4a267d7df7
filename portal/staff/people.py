"""Colleagues: owners let them in, say what they may do, and let them go."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from portal import auth
from portal.config import settings
from portal.db import db
from portal.errors import NotAllowed, there
from portal.sessions import actions as sessions
from portal.sessions import queries as open_sessions
from portal.sessions.models import Who
from portal.staff import account, actions, devices, factors, passkeys, queries, team
from portal.staff.forms import MEANINGS, InviteForm, RoleForm
from portal.staff.models import Role, Staff
from portal.staff.pages import bp


@bp.get("/people")
@auth.staff(Role.OWNER)
def people():
    return list_page(InviteForm(formdata=None))


def list_page(form: InviteForm) -> str:
    return render_template(
        "staff/people.html",
        people=queries.everyone(),
        with_factor=factors.holders(),
        last=queries.last_acted(),
        form=form,
        meanings=MEANINGS,
        required=settings().second_factor_required,
    )


@bp.post("/people")
@auth.staff(Role.OWNER, confirmed=True)
def invite():
    form = InviteForm()
    if not form.validate():
        return list_page(form), 422
    try:
        refuse_known(form.email.data)
        role = Role(form.role.data)
        url = actions.invite(
            form.email.data, name=form.name.data.strip(), role=role, by=current_user
        )
    except NotAllowed as refusal:
        form.email.errors = [str(refusal)]
        return list_page(form), 422
    return link_page(there(queries.known(form.email.data)), url)


def refuse_known(email: str) -> None:
    if queries.known(email):
        raise NotAllowed("This address has an account already. Find it in the list.")


def link_page(person: Staff, url: str) -> str:
    """The mail is promised, and the link stands on this one page."""
    actions.send_set_up_link(person, by=current_user, portal=settings().brand_name)
    db.session.commit()
    return render_template("staff/invited.html", person=person, url=url)


@bp.get("/people/<int:staff_id>")
@auth.staff(Role.OWNER)
def person(staff_id: int):
    who = queries.get(staff_id)
    return person_page(who, RoleForm(formdata=None, role=who.role.value))


def person_page(who: Staff, form: RoleForm) -> str:
    return render_template(
        "staff/person.html",
        person=who,
        form=form,
        meanings={role.value: words for role, words in MEANINGS.items()},
        sessions=open_sessions.open_ones(Who.STAFF, who.id),
        passkeys=passkeys.of(who),
        family=devices.family,
    )


@bp.post("/people/<int:staff_id>/role")
@auth.staff(Role.OWNER, confirmed=True)
def change_role(staff_id: int):
    who, form = queries.get(staff_id), RoleForm()
    if not form.validate():
        return person_page(who, form), 422
    role = Role(form.role.data)
    return done(
        who,
        lambda: team.change_role(who, role, by=current_user),
        f"{who.name} is {article(role)} from now on.",
    )


def article(role: Role) -> str:
    return f"{'a' if role is Role.VIEWER else 'an'} {role.value}"


@bp.post("/people/<int:staff_id>/closing")
@auth.staff(Role.OWNER, confirmed=True)
def close(staff_id: int):
    who = queries.get(staff_id)
    return done(
        who,
        lambda: team.close(who, by=current_user),
        f"{who.name} can no longer come in, and is signed out everywhere.",
    )


@bp.post("/people/<int:staff_id>/opening")
@auth.staff(Role.OWNER, confirmed=True)
def open_again(staff_id: int):
    who = queries.get(staff_id)
    return done(
        who, lambda: team.open_again(who, by=current_user), f"{who.name} may come in again."
    )


@bp.post("/people/<int:staff_id>/link")
@auth.staff(Role.OWNER, confirmed=True)
def new_link(staff_id: int):
    who = queries.get(staff_id)
    if not who.is_active:
        raise NotAllowed("This account is closed. Open it again first.")
    url = actions.invite(who.email, name=who.name, role=who.role, by=current_user)
    return link_page(who, url)


@bp.post("/people/<int:staff_id>/factors")
@auth.staff(Role.OWNER, confirmed=True)
def reset_factors(staff_id: int):
    who = queries.get(staff_id)
    factors.reset(who, by=current_user)
    account.tell(
        who, f"{current_user.name} removed your second factors, so that you can begin again"
    )
    return done(who, lambda: None, f"{who.name} comes in with the password alone once more.")


@bp.post("/people/<int:staff_id>/sessions/end")
@auth.staff(Role.OWNER)
def end_sessions(staff_id: int):
    who = queries.get(staff_id)
    return done(
        who,
        lambda: sessions.end_all(Who.STAFF, who.id),
        f"{who.name} is signed out everywhere.",
    )


def done(who: Staff, act: Callable, said: str):
    act()
    db.session.commit()
    flash(said)
    own = who.id == current_user.id
    url = url_for("staff.sign_in") if own and not who.is_active else None
    return redirect(url or url_for("staff.person", staff_id=who.id), 303)
