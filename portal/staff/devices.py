"""Which browser this is: one that someone signed in on before, or a new one."""

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from portal.config import settings
from portal.web import browser_in

DAYS = 400  # the longest a browser keeps a cookie
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Macintosh", "a Mac"), ("CrOS", "a Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def family(agent: str) -> str:
    """ "Firefox on Windows": as much of a user agent as its owner needs to know it again."""
    browser = browser_in(agent) or "A browser"
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def knows(staff_id: int) -> bool:
    """Whether this person signed in on this browser before."""
    return staff_id in known()


def remember(response: Response, staff_id: int) -> Response:
    """Let this browser know whom it let in; signed, so nobody writes it themselves."""
    here = sorted({*known(), staff_id})[-20:]
    response.set_cookie(
        _name(),
        _signer().dumps(here),
        max_age=DAYS * 24 * 3600,
        secure=settings().https,
        httponly=True,
        samesite="Lax",
    )
    return response


def known() -> list[int]:
    """Who signed in on this browser before."""
    try:
        return _signer().loads(request.cookies.get(_name(), ""))
    except BadSignature:
        return []


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key.get_secret_value(), salt="device.v1")
