"""The prospect’s way in. No session, no cookie, and a GET writes nothing (T34, T37)."""

from io import BytesIO

import segno
from flask import Response, redirect, render_template, request, url_for

from portal import auth, clock, web
from portal.clicks import actions as clicks
from portal.db import db
from portal.errors import there
from portal.referrals import actions, pages, prospect_forms, queries, signals, traces
from portal.referrals import landing as landing_of
from portal.referrals.door import bp
from portal.referrals.stamps import stamp, suspicion

PUBLIC_IMAGE = {"Cache-Control": "public, max-age=86400"}


def not_found(response: Response) -> bool:
    return response.status_code == 404


guessing = web.limiter.limit("60 per minute", deduct_when=not_found)


@bp.get("/r/<code>")
@auth.public
@web.plain
def landing(code: str):
    web.refuse_guesser()
    found = landing_of.find(code)
    if found is None or not found.is_open:
        return not_open(found)
    scanned = request.query_string and request.args.get("qr") == "1"
    source = "qr" if scanned else "link"
    clicks.record(found.link_id, source=source, environ=request.environ)
    return web.Plain(pages.first(found, stamp(), source))


@bp.post("/r/<code>/leads")
@auth.public
@web.csrf.exempt  # nobody is signed in here: there is no session whose power could be borrowed
@web.limiter.limit("10 per hour")
@guessing
def receive(code: str):
    form = prospect_forms.LeadForm()
    link = queries.link_at(code)
    if link is None or not queries.is_open(link):
        return not_open(landing_of.find(code))  # its form has what was typed
    if not form.ask(queries.asks(link)).validate():
        return unlisted(pages.page(there(landing_of.find(code)), form), 422)
    actions.receive(
        link,
        **form.details(),
        suspicion=suspicion(form),
        source="qr" if form.source.data == "qr" else "link",
        network=traces.network_of(request.remote_addr, clock.now().date()),
    )
    db.session.commit()
    return redirect(url_for(".thanks", code=link.code), 303)


@bp.get("/r/<code>/thanks")
@auth.public
@guessing
def thanks(code: str):
    link = queries.link_at(code)
    if link is None:
        return kindly_closed()
    return unlisted(render_template("referrals/thanks.html"))


@bp.get("/r/deleted")
@auth.public
def deleted():
    return unlisted(render_template("referrals/deleted.html"))


def not_open(found: landing_of.Landing | None):
    if found is None:
        web.count_guess()
    return kindly_closed(404 if found is None else 410)


def kindly_closed(status: int = 404):
    return unlisted(pages.closed(), status)


def unlisted(page: str, status: int = 200) -> Response:
    """A page for whoever has the link, and for no search engine."""
    response = Response(page, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


# ── Without a link that works ──────────────────────────────────────────────────────────────


@bp.post("/r/contact")
@auth.public
@web.csrf.exempt  # as above
@web.limiter.limit("5 per hour")
def contact():
    form = prospect_forms.ContactForm()
    if not form.validate():
        return unlisted(pages.closed(form), 422)
    if suspicion(form) != signals.PROGRAM:  # it reads the same thanks
        actions.write_to_us(**form.written())
        db.session.commit()
    return redirect(url_for(".written"), 303)


@bp.get("/r/written")
@auth.public
def written():
    return unlisted(render_template("referrals/written.html"))


@bp.get("/r/<code>.svg")
@auth.public
@guessing
def qr_svg(code: str):
    return qr(code, "svg", "image/svg+xml", scale=8)


@bp.get("/r/<code>.png")
@auth.public
@guessing
def qr_png(code: str):
    return qr(code, "png", "image/png", scale=16)


def qr(code: str, kind: str, mimetype: str, scale: int):
    """The code as a picture. ``?qr=1`` tells someone who scanned it from one who got the link."""
    if (link := queries.link_at(code)) is None:
        return kindly_closed()
    picture = BytesIO()
    drawn = segno.make(f"{queries.address(link)}?qr=1", error="m", micro=False)
    drawn.save(picture, kind=kind, scale=scale, dark="#111", light="#fff")
    return Response(picture.getvalue(), mimetype=mimetype, headers=PUBLIC_IMAGE)
