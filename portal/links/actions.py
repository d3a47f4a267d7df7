"""Mint, open and revoke signed links.

The token is an itsdangerous payload around 128 random bits; the row decides (expiry,
revocation), because a signature alone is malleable in its last character, lives for ever
without a date, and cannot be called back.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeSerializer

from portal import clock
from portal.config import settings
from portal.db import Model, changed, db
from portal.errors import NotFound
from portal.links import codes
from portal.links.models import DOORS, Kind, Link

TRAILING = " \t\r\n.,;:)>]\"'"  # what mail clients glue to the end of a link


class LinkGone(NotFound):
    """The link was ours but no longer opens; ``why`` is expired or revoked."""

    status = 410

    def __init__(self, why: str, link: Link):
        super().__init__(f"This link is {why}.")
        self.why, self.link = why, link


def _signer(kind: Kind) -> URLSafeSerializer:
    keys = settings().link_keys  # oldest first; the newest signs
    return URLSafeSerializer(
        [key.get_secret_value() for key in keys],
        salt=f"{kind}.v1",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def mint(
    kind: Kind, about: Model | str, *, until: datetime | None = None, sent_to: str = ""
) -> str:
    """A full URL that opens ``kind`` for this subject until the given moment."""
    path, days = DOORS[kind]
    secret = secrets.token_urlsafe(16)
    latest = clock.now() + timedelta(days=days)
    link = Link(
        token_hash=_hash(secret),
        kind=kind,
        about=about if isinstance(about, str) else about.subject,
        sent_to=sent_to,
        expires_at=min(until, latest) if until else latest,
    )
    db.session.add(link)
    return f"{settings().base_url}{path}{_signer(kind).dumps({'j': secret})}"


def open(kind: Kind, token: str) -> Link:
    """The live link behind a token.

    Raises NotFound for one we never made, LinkGone for one expired or revoked.
    """
    try:
        secret = _signer(kind).loads(token.rstrip(TRAILING))["j"]
    except (BadSignature, KeyError, TypeError):
        raise NotFound("This link is not one of ours, or a part of it is missing.") from None
    link = db.session.scalar(
        sa.select(Link).where(Link.token_hash == _hash(secret), Link.kind == kind)
    )
    if link is None:
        raise NotFound("This link is not one of ours, or a part of it is missing.")
    if link.revoked_at:
        raise LinkGone("revoked", link)
    if link.expires_at <= clock.now():
        raise LinkGone("expired", link)
    return link


def newer(link: Link) -> Link | None:
    """The newest link to the same thing that opens now and was made after this one."""
    return db.session.scalar(
        sa.select(Link)
        .where(
            Link.about == link.about,
            Link.kind == link.kind,
            Link.id > link.id,
            Link.revoked_at.is_(None),
            Link.expires_at > clock.now(),
        )
        .order_by(Link.id.desc())
        .limit(1)
    )


def use(link: Link) -> None:
    """Note the first time a person (a POST, never a GET) went through."""
    link.used_at = link.used_at or clock.now()


def revoke(about: Model | str, kind: Kind | None = None) -> None:
    """Close every link to this subject (of one kind, or all), and every code."""
    name = about if isinstance(about, str) else about.subject
    closing = sa.update(Link).where(Link.about == name, Link.revoked_at.is_(None))
    if kind:
        closing = closing.where(Link.kind == kind)
    db.session.execute(closing.values(revoked_at=clock.now()))
    codes.end([name])


def forget(names: Iterable[str]) -> None:
    """Let go of every link to these things, and of the addresses they were sent to (T36)."""
    names = list(names)
    db.session.execute(sa.delete(Link).where(Link.about.in_(names)))
    codes.end(names)


def purge(before: datetime) -> int:
    """Let go of links that ended before this moment; how many."""
    codes.purge(before)
    ended = sa.or_(Link.expires_at < before, Link.revoked_at < before)
    return changed(sa.delete(Link).where(ended))
