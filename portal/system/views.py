"""What operators and browsers ask of the portal itself."""

from flask import Blueprint, Response, jsonify

from portal import auth
from portal.colours import ink_on
from portal.config import settings
from portal.system import queries

bp = Blueprint("system", __name__)


@bp.get("/healthz")
@auth.public
def alive():
    return jsonify(status="ok")


@bp.get("/readyz")
@auth.public
def ready():
    """503 whenever a write would fail."""
    faults = queries.faults()
    return jsonify(
        status="ok" if not faults else "not ready", faults=faults
    ), 503 if faults else 200


@bp.get("/brand.css")
@auth.public
def brand_css():
    colour = settings().brand_colour
    css = f":root{{--brand:{colour};--brand-ink:{ink_on(colour)}}}"
    return Response(css, mimetype="text/css", headers={"Cache-Control": "public, max-age=300"})


@bp.get("/robots.txt")
@auth.public
def robots():
    private = ["/i/", "/c/", "/p/", "/r/", "/stop/", "/renew/", "/mute/", "/me", "/staff"]
    lines = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in private)
    return Response(lines, mimetype="text/plain", headers={"Cache-Control": "public, max-age=3600"})
