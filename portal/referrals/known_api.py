"""The list of customers and open opportunities, kept by a program: docs/integrating.md."""

from flask import jsonify, request

from portal import auth, web
from portal.db import db
from portal.errors import Refusal, Unreadable
from portal.history.actions import SYSTEM
from portal.referrals import known
from portal.referrals.door import bp

SAID = 100  # refused entries named in an answer


@bp.route("/api/known-contacts", methods=["POST", "PUT"])
@web.limiter.limit("120 per hour")  # of wrong keys too
@auth.by_key("known_contacts_key")
@web.csrf.exempt  # a key in a header is nothing a browser sends by itself
def keep_known():
    """POST adds to the list, PUT puts this in its place; either is harmless to repeat."""
    try:
        found, listed = sent()
        if request.method == "PUT":
            known.clear(by=SYSTEM)
        known.keep(found, listed, by=SYSTEM)
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        return jsonify(message=str(refusal)), refusal.status
    return jsonify(
        added=listed.added,
        there=listed.there,
        left_out=len(listed.refused),
        why=listed.refused[:SAID],
        on_the_list=known.count(),
    )


def sent() -> known.Read:
    """What came, as CSV (the file staff send works too) or as JSON."""
    if request.mimetype == "application/json":
        body = request.get_json(silent=True)
        return known.read_entries(body.get("contacts") if isinstance(body, dict) else None)
    if request.mimetype in {"text/csv", "text/plain", "application/octet-stream"}:
        return known.read_file(request.get_data(cache=False))
    raise Unreadable("Send text/csv or application/json.")
