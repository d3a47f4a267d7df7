"""Second factors in numbers: codes from an authenticator app (RFC 6238), and recovery codes."""

import base64
import hashlib
import hmac
import secrets
import struct
from urllib.parse import quote, urlencode

import sqlalchemy as sa

from portal import clock
from portal.db import changed, db, only
from portal.errors import NotAllowed
from portal.history.actions import record
from portal.sealing import Unsealable, seal, unseal
from portal.staff.models import RecoveryCode, Staff

STEP = 30  # seconds
DRIFT = 1  # steps a clock may be off, either way
WRONG = "That code is not right. Codes change every 30 seconds, and each works once."
HOW_MANY = 10


# ── The app on their phone ─────────────────────────────────────────────────────────────────


def new_seed(person: Staff) -> tuple[str, str]:
    """A seed to show once, and the same sealed, to come back with the form."""
    seed = base64.b32encode(secrets.token_bytes(20)).decode()
    return seed, seal(seed, f"{person.subject} enrols")


def seed_of(sealed: str, person: Staff) -> str:
    """The seed that came back; only this person's, and only as we gave it."""
    try:
        return unseal(sealed, f"{person.subject} enrols")
    except Unsealable:
        raise NotAllowed("This page is too old. Begin again with a new picture.") from None


def address(seed: str, person: Staff, brand: str) -> str:
    """What the picture says to the app."""
    label = quote(f"{brand}:{person.email}")
    return f"otpauth://totp/{label}?{urlencode({'secret': seed, 'issuer': brand})}"


def enrol(person: Staff, seed: str, code: str) -> None:
    """From now on codes from this seed are asked for; the first one proves that it arrived."""
    step = step_of(seed, code)
    if step is None:
        raise NotAllowed(WRONG)
    person.totp_secret, person.totp_step = seal(seed, person.subject), step
    record(person, "authenticator app added", by=person)


def forget_app(person: Staff, *, by) -> None:
    """Codes of the app no longer count."""
    if person.totp_secret:
        person.totp_secret = person.totp_step = None
        record(person, "authenticator app removed", by=by)


def spend(person: Staff, code: str) -> bool:
    """Whether this is a code of theirs that was not used before; from now on it is used.

    One of the app, or a recovery code. Of two requests with one code, one finds it used.
    """
    digits = "".join(code.split())
    if digits.isascii() and digits.isdigit():
        return _spend_step(person, digits)
    return _spend_recovery(person, code)


def _spend_step(person: Staff, digits: str) -> bool:
    if not person.totp_secret:
        return False
    step = step_of(unseal(person.totp_secret, person.subject), digits)
    if step is None:
        return False
    newer = sa.or_(Staff.totp_step.is_(None), Staff.totp_step < step)
    used = sa.update(Staff).where(Staff.id == person.id, newer).values(totp_step=step)
    return changed(used) == 1


def step_of(seed: str, code: str) -> int | None:
    """The half-minute this code belongs to, if it is about now."""
    now = int(clock.now().timestamp()) // STEP
    near, said = range(now - DRIFT, now + DRIFT + 1), code.encode()
    return next((s for s in near if hmac.compare_digest(code_at(seed, s).encode(), said)), None)


def code_at(seed: str, step: int) -> str:
    """The six digits of one half-minute (RFC 4226, 5.3)."""
    digest = hmac.digest(base64.b32decode(seed), struct.pack(">Q", step), "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


# ── For the day the phone is gone ──────────────────────────────────────────────────────────


def renew_recovery(person: Staff, *, by) -> list[str]:
    """Ten new codes, shown this once; the older ones open nothing any more."""
    forget_recovery(person)
    codes = [_readable(secrets.token_bytes(10)) for _ in range(HOW_MANY)]
    db.session.add_all(RecoveryCode(staff_id=person.id, code_hash=_hash(code)) for code in codes)
    record(person, "recovery codes made", by=by)
    return codes


def forget_recovery(person: Staff) -> None:
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.staff_id == person.id))


def recovery_left(person: Staff) -> int:
    """How many recovery codes still open."""
    mine = sa.select(sa.func.count()).where(
        RecoveryCode.staff_id == person.id, RecoveryCode.used_at.is_(None)
    )
    return only(mine)


def _spend_recovery(person: Staff, code: str) -> bool:
    used = (
        sa.update(RecoveryCode)
        .where(RecoveryCode.staff_id == person.id, RecoveryCode.code_hash == _hash(code))
        .where(RecoveryCode.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if changed(used) != 1:
        return False
    record(person, "recovery code used", by=person)
    return True


def _readable(random: bytes) -> str:
    text = base64.b32encode(random).decode().lower()
    return "-".join(text[i : i + 4] for i in range(0, 16, 4))


def _hash(code: str) -> str:
    """80 random bits need no slow hash. Spaces, hyphens and capitals do not matter."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
