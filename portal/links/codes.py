"""Six digits in a mail that carry a visit to another device, together with the mail’s address.

Six digits alone could be guessed. So a code is worth something only beside the address it went
to; only the newest one of an address counts; it opens once, for two weeks; and after five wrong
tries it opens no more. What is kept is a keyed hash: whoever reads the database alone learns
neither the code nor the address.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal import clock
from portal.addresses import canonical_email
from portal.config import settings
from portal.db import changed, db, lock
from portal.links.models import Code

LIVES = timedelta(days=14)
TRIES = 5
KIND = "code"  # among the links of a promised mail


def mint(about: str, address: str, *, until: datetime | None = None) -> str:
    """A fresh code that opens ``about`` for this address, as ``482 913``; earlier ones end."""
    digits = f"{secrets.randbelow(10**6):06}"
    key, latest = _keyed("address", canonical_email(address)), clock.now() + LIVES
    lock(f"code.{key}")  # two mails to one address may leave at the same moment
    db.session.execute(sa.delete(Code).where(Code.address_hash == key))
    db.session.add(
        Code(
            about=about,
            address_hash=key,
            code_hash=_keyed("digits", key, digits),
            expires_at=min(until, latest) if until else latest,
        )
    )
    return f"{digits[:3]} {digits[3:]}"


def redeem(address: str, digits: str) -> str | None:
    """What these two open, once; None for wrong, used up, locked, expired or unknown alike.

    The try is counted before it is looked at, so that no number of tries at once is more than
    five. The caller commits in either case.
    """
    try:
        key = _keyed("address", canonical_email(address))
    except UnicodeError:
        return None
    counted = (
        sa.update(Code)
        .where(Code.address_hash == key, Code.tries < TRIES, Code.expires_at > clock.now())
        .values(tries=Code.tries + 1)
        .returning(Code.id, Code.about, Code.code_hash)
    )
    found = db.session.execute(counted).first()
    if found is None:
        return None
    if not hmac.compare_digest(found.code_hash, _keyed("digits", key, digits)):
        return None
    db.session.execute(sa.delete(Code).where(Code.id == found.id))
    return found.about


def end(names: Iterable[str]) -> None:
    """Let no code open these things any more."""
    db.session.execute(sa.delete(Code).where(Code.about.in_(names)))


def purge(before: datetime) -> int:
    """Let go of codes that ended before this moment; how many."""
    return changed(sa.delete(Code).where(Code.expires_at < before))


def _keyed(*parts: str) -> str:
    key = settings().secret_key.get_secret_value().encode()
    return hmac.new(key, "\n".join(("code.v1", *parts)).encode(), hashlib.sha256).hexdigest()
