"""When a form was drawn, signed and sent along with it: programs send theirs at once."""

from functools import cache, lru_cache

from itsdangerous import BadSignature, URLSafeSerializer

from portal import clock
from portal.config import settings
from portal.referrals import signals

FASTEST = 2.0  # seconds; people take longer to fill in a form


@cache
def signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="lead-form.v1")


def stamps() -> URLSafeSerializer:
    return signer(settings().secret_key.get_secret_value())


def stamp() -> str:
    return stamp_of(stamps(), int(clock.now().timestamp() * 10))


@lru_cache(maxsize=2)
def stamp_of(signer: URLSafeSerializer, tenths: int) -> str:
    """Signed once for all who come in the same tenth of a second."""
    return signer.dumps(tenths / 10)


def suspicion(form) -> str:
    """Why this may have come from a program; nobody is refused for it (T35)."""
    if form.website.data:
        return signals.PROGRAM
    try:
        drawn = float(stamps().loads(form.stamp.data or ""))
    except (BadSignature, TypeError, ValueError):
        return signals.TOO_FAST
    return "" if clock.now().timestamp() - drawn >= FASTEST else signals.TOO_FAST
