"""What all pages share: headers, filters, error pages, the brand."""

import hashlib
import hmac
import ipaddress
import re
import secrets
from datetime import date, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from flask import (
    Flask,
    Request,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask.sessions import SecureCookieSessionInterface
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFError, CSRFProtect
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from markupsafe import Markup
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from portal import clock, zones
from portal.addresses import masked
from portal.advocates import wishes
from portal.cells import labelled
from portal.colours import ink_on
from portal.config import Settings, settings
from portal.db import SAFE_METHODS, db, rewritten
from portal.errors import Refusal, Stale
from portal.staff import overtaking


def network(prefixes: dict[int, int]) -> str:
    """The part of the visitor's address that one household, or one provider's customer, has."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "nowhere"
    address = getattr(address, "ipv4_mapped", None) or address
    return str(ipaddress.ip_network((address, prefixes[address.version]), strict=False))


def household() -> str:
    """Whom a limit counts, unless a view says otherwise: with IPv6 one line has 2⁶⁴ addresses."""
    return network({4: 32, 6: 64})


csrf = CSRFProtect()
limiter = Limiter(household, default_limits=[], headers_enabled=False)
# Codes guessed at pages everyone opens. Each process counts for itself: asking Redis would cost
# every visitor a round trip.
guesses = FixedWindowRateLimiter(MemoryStorage())
GUESSES = parse("60 per minute")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
PRIVATE = "private, no-store"
BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip


def init_app(app: Flask, config: Settings) -> None:
    csrf.init_app(app)
    limiter.init_app(app)
    # No limit holds for every page, and the views that have one look for themselves.
    hooks = app.before_request_funcs.get(None, [])
    hooks[:] = [hook for hook in hooks if hook != limiter._check_request_limit]
    guesses.storage.reset()
    app.session_interface = Sessions()
    app.before_request(refuse_other_origins)
    app.after_request(headers)
    app.context_processor(shared)
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(Stale, late)
    app.register_error_handler(StaleDataError, overtaken)
    app.register_error_handler(CSRFError, csrf_failed)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OperationalError, database_away)
    app.register_error_handler(500, broken)
    app.jinja_env.filters |= {
        "day": day,
        "moment": moment,
        "utc": utc,
        "money": money,
        "masked": masked,
        "spoken": zones.spoken,
        "zone_place": zones.place,
        "host_time": zones.host_time,
        "labelled": labelled,
        "sentence": lambda word: str(word).replace("-", " "),
        "unbroken": lambda number: Markup('<span class="gw-nowrap">{}</span>').format(number),
        "with_units": with_units,
    }
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


# ── Each request ───────────────────────────────────────────────────────────────────────────


def refuse_other_origins() -> None:
    """No page elsewhere may post here (beside the CSRF token; OWASP CSRF sheet).

    Pages under ``no-referrer`` send ``Origin: null`` to ourselves, so Sec-Fetch-Site decides
    where the browser sends it. One-click unsubscribe alone may come from anywhere (RFC 8058).
    """
    if request.method in SAFE_METHODS or request.endpoint is None:
        return
    if getattr(request_view(), "any_origin", False):
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    ours = {f"{'https' if settings().https else 'http'}://{host}" for host in settings().hosts}
    if site:
        allowed = site in {"same-origin", "none"}
    else:
        allowed = origin in {None, "null"} | ours
    if not allowed:
        abort(403)


def plain(view):
    """Mark a page that everyone opens, which asks nothing and changes nothing: see ``Portal``."""
    view.plain = True
    return view


def is_plain(view) -> bool:
    return getattr(view, "plain", False)


def framed(view):
    """Mark a page made to be shown in a frame of other sites; nothing else of ours may be."""
    view.framed = True
    return view


def request_view():
    return current_app.view_functions.get(request.endpoint or "")


ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": PRIVATE,
}


SECURE = {"Strict-Transport-Security": "max-age=31536000"}
IN_FRAMES = {name: value for name, value in ALWAYS.items() if name != "X-Frame-Options"} | {
    "Content-Security-Policy": CSP.replace("frame-ancestors 'none'", "frame-ancestors *"),
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def headers(response: Response, view=None) -> Response:
    view = view or request_view()
    wanted = IN_FRAMES if getattr(view, "framed", False) else ALWAYS
    if settings().https:
        wanted = wanted | SECURE
    if getattr(view, "door", "public") != "public" or response.status_code >= 400:
        wanted = wanted | {"X-Robots-Tag": "noindex, nofollow"}
        response.headers.pop("Cache-Control", None)
    given = {name for name, _ in response.headers}
    response.headers.extend([pair for pair in wanted.items() if pair[0] not in given])
    return response


class Plain:
    """A plain page for whoever has its link: the answer itself (PEP 3333), with the headers of
    ``ALWAYS``. To make a ``Response`` of it, and to check each header, took every visitor as long
    as to find out what the page says."""

    def __init__(self, html: str):
        self.body = html.encode()
        self.secure = settings().https

    def __call__(self, environ, start_response):
        size = ("Content-Length", str(len(self.body)))
        start_response("200 OK", [size, *on_the_wire(self.secure)])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else self.body]


@cache
def on_the_wire(https: bool) -> tuple[tuple[str, str], ...]:
    wanted = {"Content-Type": "text/html; charset=utf-8"} | ALWAYS
    wanted |= {"X-Robots-Tag": "noindex, nofollow"}
    return tuple((wanted | (SECURE if https else {})).items())


class Sessions(SecureCookieSessionInterface):
    """Flask's own, with its signer made once, and nothing to do for who brings no cookie."""

    _signer = None

    def open_session(self, app: Flask, request: Request):
        if "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)

    def get_signing_serializer(self, app: Flask):
        self._signer = self._signer or super().get_signing_serializer(app)
        return self._signer


def refuse_guesser() -> None:
    """429 for an address that tried too many codes in this minute, even if it now finds one."""
    if limiter.enabled and not guesses.test(GUESSES, household()):
        abort(429)


def count_guess() -> None:
    guesses.hit(GUESSES, household())


def brand() -> SimpleNamespace:
    """The customer-facing face of this portal, from the settings."""
    config = settings()
    return SimpleNamespace(
        name=config.brand_name,
        tagline=config.brand_tagline,
        colour=config.brand_colour,
        ink=ink_on(config.brand_colour),
        legal_name=config.brand_legal_name or config.brand_name,
        postal_address=config.brand_address,
        privacy_url=config.brand_privacy_url or None,
        contact_email=config.brand_contact_email,
        logo_url=f"/brand/{config.brand_logo}.webp" if config.brand_logo else None,
        source_url=config.source_url or None,
    )


def shared() -> dict:
    return {"brand": brand(), "now": clock.now(), "advocate": g.get("advocate")}


def ip_hash() -> str:
    """The visitor's address, salted and hashed: enough to compare, useless to look up (T24)."""
    salt = settings().secret_key.get_secret_value().encode()
    return hmac.new(salt, (request.remote_addr or "").encode(), hashlib.sha256).hexdigest()


def browser_family() -> str:
    """ "Firefox", "Safari" …: as much of the user agent as a receipt needs."""
    return browser_in(request.user_agent.string) or "other"


def browser_in(agent: str) -> str:
    """This user agent’s family; a browser’s own mark is looked for before those it copies."""
    return next((name for mark, name in BROWSERS if mark in agent), "")


# ── Errors ─────────────────────────────────────────────────────────────────────────────────


TITLES = {
    400: "That request did not reach us whole",
    403: "You may not do that here",
    404: "There is nothing at this address",
    409: "That cannot be done just now",
    410: "This is no longer here",
    413: "That is too large",
    422: "That cannot be used as it is",
    429: "That was a little too often",
}


def error_page(text: str, status: int, title: str = "", **more: Any):
    """The one page every refusal is drawn on; JSON for the autosave."""
    db.session.rollback()  # so that drawing the page cannot flush half a change
    if request.headers.get("X-Requested-With") == "autosave":
        return jsonify(message=text), status
    title = title or TITLES.get(status, "That did not work")
    page = render_template("error.html", title=title, text=text, status=status, **more)
    return make_response(page, status)


def refused(error: Refusal):
    return error_page(str(error), error.status)


def late(error: Stale):
    """Told by no page of its own: what was typed is read here, before it is gone."""
    return error_page(str(error), error.status, error.heading, typed=typed())


def overtaken(_: StaleDataError):
    """Two who wrote in the same moment: whatever it was, its history says who was faster."""
    changed = rewritten(db.session)
    db.session.rollback()
    return late(overtaking.overtaken(*changed, so=overtaking.NOTHING))


NOT_TYPED = re.compile(r"password|_was$|^confirm_|^seen|^csrf_token$")  # names of fields
NOTES = {"headline", "note", "proof", "words", "topic"}  # in which even one word was typed


def typed() -> list[str]:
    """What a person wrote in what was sent: sentences, addresses, and any note; nothing secret, and
    nothing that the page itself put beside it."""
    sent = [(name, text.strip()) for name, text in request.form.items(multi=True)]
    own = [(name, text) for name, text in sent if text and not NOT_TYPED.search(name)]
    return [text for name, text in own if name in NOTES or any(sign in text for sign in "\n .@")]


def csrf_failed(_: CSRFError):
    return error_page(
        "This page was open for so long that its form is no longer valid. "
        "Go back, copy what you typed, reload the page and send it again.",
        400,
    )


MESSAGES = {
    400: "Go back and send it again.",
    403: "Your sign-in does not reach that far. Whoever runs this portal can change that.",
    404: "The address may be mistyped, or what stood here was taken down.",
    405: "That is not something this page does.",
    413: "Choose a smaller file. What you typed before is saved.",
    429: "Wait a few minutes and try again. Nothing is lost.",
}


def http_error(error: HTTPException):
    if error.response is not None:
        return error.response
    if isinstance(error, SecurityError):  # a foreign Host: no page of ours can be drawn for it
        return "This server does not answer to that host name.", 400
    status = error.code or 500
    return error_page(MESSAGES.get(status, "That did not work."), status)


STATIC_ERROR = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"></head><body><main><h1>{title}</h1><p>{text}</p>
<p>Go back to the page you came from: what you typed is still there. If it happens again, write to
{contact}{reference}.</p></main></body></html>"""


def broken(error):
    """An error of ours. Drawn without the database, and without a word of the exception."""
    reference = secrets.token_hex(4)
    current_app.logger.error("error %s on %s", reference, request.endpoint, exc_info=error)
    page = STATIC_ERROR.format(
        title="Something on our side broke",
        text="It was not you, and we have kept a note of it.",
        contact=settings().brand_contact_email,
        reference=f" and say {reference}",
    )
    return page, 500


def database_away(error: OperationalError):
    """The database is away or locked: nothing was stored, trying again will do."""
    current_app.logger.error("database away: %s", type(error.orig).__name__)
    page = STATIC_ERROR.format(
        title="We cannot save anything just now",
        text="Wait a minute and send it again.",
        contact=settings().brand_contact_email,
        reference="",
    )
    return page, 503, {"Retry-After": "30"}


# ── Filters ────────────────────────────────────────────────────────────────────────────────


def day(value: date | datetime | None) -> str:
    """24 November 2026"""
    return f"{value.day} {value:%B %Y}" if value else ""


def moment(value: datetime | None, zone: str = "") -> str:
    """24 November 2026, 15:02 CET: by the clock of the customer who reads it, else the team’s."""
    if not value:
        return ""
    zone = zone or whose_clock()
    return f"{day(zones.local(value, zone))}, {zones.hour(value, zone)}"


def whose_clock() -> str:
    reader = g.get("advocate")
    return wishes.clock_of(reader) if reader else settings().brand_time_zone


def utc(value: datetime | None) -> str:
    """24 November 2026, 14:02 UTC: of what is evidence, wherever it is read."""
    return moment(value, "UTC")


UNIT = re.compile(r"(?<=\d) (?=(?:%|€|days?|weeks?|months?|years?|hours?|minutes?)(?!\w))")


def with_units(text: object) -> str:
    """In words of ours a number is not parted from what it counts: 96 %, 3 days. Never in a
    customer’s: those stand as they were written."""
    return UNIT.sub("\u00a0", str(text))


def money(cents: int, currency: str) -> str:
    """1250, "EUR" → €12.50; whole amounts without decimals."""
    sign = {"EUR": "€", "USD": "$", "GBP": "£"}.get(currency, f"{currency} ")
    return f"{sign}{cents / 100:,.2f}".removesuffix(".00")
