"""What a passkey signs: random, in this browser's session, good for one answer and ten minutes."""

import secrets

from flask import session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from portal import clock

GOOD_FOR = 600  # seconds


def current() -> bytes:
    """The open challenge of this browser; two tabs share it."""
    text, since = session.get("challenge", ("", 0))
    now = int(clock.now().timestamp())
    if now - since > GOOD_FOR // 2:  # whoever opens a page now still has some minutes
        text, since = bytes_to_base64url(secrets.token_bytes(32)), now
        session["challenge"] = text, since
    return base64url_to_bytes(text)


def answered() -> bytes:
    """The challenge an answer must have signed; there is no second answer to it."""
    text, since = session.pop("challenge", ("", 0))
    if clock.now().timestamp() - since > GOOD_FOR:
        return secrets.token_bytes(32)  # nothing can have signed this one
    return base64url_to_bytes(text)
