""" "Confirm it is you", before what would do harm in a stranger’s hands (ASVS 7.5)."""

from flask import render_template, request
from limits import parse

from portal import clock
from portal.config import settings
from portal.db import SAFE_METHODS, db
from portal.errors import there
from portal.history.actions import apart
from portal.sessions import actions as sessions
from portal.sessions.models import CONFIRMED
from portal.staff import actions, challenges, codes, factors, passkeys
from portal.staff.forms import ConfirmForm
from portal.staff.models import Staff
from portal.web import guesses, limiter

TRIES = parse("10 per 15 minutes")
WRONG = {
    "confirm_passkey": passkeys.REFUSED,
    "confirm_code": codes.WRONG,
    "confirm_password": "That is not your password.",
}
OURS = {"confirming", *WRONG, "file_again", "csrf_token"}
TOO_OFTEN = "That was too often. Wait a quarter of an hour."
NOT_YET = "Your company’s sign-in did not confirm it yet. Sign in there again, or use another way."


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
    known = factors.has_passkey(person)
    text = render_template(
        "staff/confirm.html",
        form=form,
        action=action,
        kept=kept,
        person=person,
        passkey=passkeys.to_prove(challenges.current(), person) if known else None,
        by_code=bool(person.totp_secret and not person.password_hash),
        by_company=bool(person.sso_subject and settings().sso_issuer),
        file_again=loses_file(),
    )
    return text, status


def loses_file() -> bool:
    """Whether a file was sent, now or at first: no page can bring one back."""
    return "file_again" in request.form or any(one.filename for one in request.files.values())


def prove(person: Staff, form: ConfirmForm) -> bool:
    """Whether this is really them; kept at once, whatever becomes of what they wanted to do."""
    sent = next((name for name in WRONG if name in request.form), None)
    if sent is None:  # “I have, go on”: there is nothing to guess
        form.form_errors = [NOT_YET]
        return False
    with apart():
        if sentence := _fault(person, sent, form[sent].data or ""):
            form[sent].errors = [sentence]
            return False
        sessions.confirm(there(person.session_token))
        db.session.commit()
    return True


def _fault(person: Staff, sent: str, proof: str) -> str:
    """What is wrong with this proof, as a sentence; wrong ones are counted."""
    key = f"confirm:{person.id}"
    if limiter.enabled and not guesses.test(TRIES, key):
        return TOO_OFTEN
    if _holds(person, sent, proof):
        return ""
    guesses.hit(TRIES, key)
    return WRONG[sent]


def _holds(person: Staff, sent: str, proof: str) -> bool:
    if sent == "confirm_passkey":
        return passkeys.prove(proof, challenges.answered(), person) is not None
    if sent == "confirm_code":  # instead of a password, for who has none
        return not person.password_hash and codes.spend(person, proof)
    return actions.knows(person, proof)
