"""Secrets at rest: what the database holds of them opens only with a key it does not hold.

AES-256-GCM, bound to the thing they belong to; each names the key that sealed it, so keys rotate.
"""

import base64
import binascii
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.config import settings


class Unsealable(Exception):
    """Sealed for something else, changed since, or by a key that is gone."""


def seal(secret: str, about: str) -> str:
    """The secret as it may be stored, good for this subject alone."""
    name, key = list(_keys().items())[-1]
    nonce = secrets.token_bytes(12)
    closed = AESGCM(key).encrypt(nonce, secret.encode(), about.encode())
    return f"{name}.{base64.urlsafe_b64encode(nonce + closed).decode()}"


def unseal(sealed: str, about: str) -> str:
    """The secret again; raises Unsealable."""
    name, _, body = sealed.partition(".")
    try:
        raw = base64.urlsafe_b64decode(body)
        return AESGCM(_keys()[name]).decrypt(raw[:12], raw[12:], about.encode()).decode()
    except (KeyError, ValueError, InvalidTag, binascii.Error):
        raise Unsealable from None


def _keys() -> dict[str, bytes]:
    """Each key by its name, oldest first; with none given, one that follows from the secret key."""
    given = [key.get_secret_value() for key in settings().data_keys]
    texts = given or [settings().secret_key.get_secret_value()]
    keys = [hashlib.sha256(b"goodword.sealing.v1" + text.encode()).digest() for text in texts]
    return {hashlib.sha256(key).hexdigest()[:8]: key for key in keys}
