""" "Confirm it is you", before what would do harm in a stranger’s hands (ASVS 7.5)."""

from flask import render_template, request
from limits import parse

from portal import clock
from portal.config import settings
from portal.db import SAFE_METHODS, db
from portal.errors import there
from portal.sessions import actions as sessions
from portal.sessions.models import CONFIRMED
from portal.staff import actions, challenges, passkeys
from portal.staff.forms import ConfirmForm
from portal.staff.models import Staff
from portal.web import guesses, limiter

TRIES = parse("10 per 15 minutes")
OURS = {"confirming", "confirm_password", "confirm_passkey", "file_again", "csrf_token"}
WRONG = "That is not your password."


def lacks_factor(person: Staff) -> bool:
    """Whether they came in by a password alone, where that is not enough."""
    return settings().second_factor_required and not there(person.session_row).way.is_strong


def is_confirmed(person: Staff) -> bool:
    return clock.now() - there(person.session_row).confirmed_at < CONFIRMED


def ask(person: Staff):
    """The page that asks, or nothing for someone who proved it before or just now.

    What they were about to send stands in the page and is sent with the proof.
    """
    if is_confirmed(person):
        return None
    sending = request.method not in SAFE_METHODS
    form = ConfirmForm(formdata=request.form if "confirming" in request.form else None)
    if sending and form.confirming.data and prove(person, form):
        return None
    return page(
        person,
        form,
        action=request.full_path if sending else "/staff/confirm",
        kept=[pair for pair in request.form.items(multi=True) if pair[0] not in OURS]
        if sending
        else [("next", request.full_path)],
        status=422 if sending else 200,
    )


def page(person: Staff, form: ConfirmForm, *, action: str, kept: list, status: int):
    known = passkeys.of(person)
    text = render_template(
        "staff/confirm.html",
        form=form,
        action=action,
        kept=kept,
        person=person,
        passkey=passkeys.to_prove(challenges.current(), person) if known else None,
        by_company=bool(person.sso_subject and settings().sso_issuer),
        file_again=loses_file(),
    )
    return text, status


def loses_file() -> bool:
    """Whether a file was sent, now or at first: no page can bring one back."""
    return "file_again" in request.form or any(one.filename for one in request.files.values())


def prove(person: Staff, form: ConfirmForm) -> bool:
    """Whether this is really them; kept at once, whatever becomes of what they wanted to do."""
    key = f"confirm:{person.id}"
    if limiter.enabled and not guesses.test(TRIES, key):
        form.confirm_password.errors = ["That was too often. Wait a quarter of an hour."]
        return False
    if not _proof(person, form):
        guesses.hit(TRIES, key)
        form.confirm_password.errors = [WRONG if person.password_hash else passkeys.REFUSED]
        return False
    sessions.confirm(there(person.session_token))
    db.session.commit()
    return True


def _proof(person: Staff, form: ConfirmForm) -> bool:
    if answer := form.confirm_passkey.data:
        return passkeys.prove(answer, challenges.answered(), person) is not None
    return actions.knows(person, form.confirm_password.data or "")
