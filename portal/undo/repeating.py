"""A form that its sender sent twice: a second press, or an answer that never arrived.

What was done on the first is found by a print of the post in the history, in the same transaction
as the act. So whoever waited for their own first press is not told that they were overtaken.
"""

import hashlib
import re

from flask import Flask, Response, current_app, make_response, redirect, request
from flask_login import current_user

from portal.config import settings
from portal.db import db
from portal.errors import there
from portal.history import queries as history
from portal.undo import actions
from portal.undo.telling import tell_of

PROOFS = ("password", "confirm")  # in the names of fields: proofs of who it is


def init_app(app: Flask) -> None:
    app.before_request(note)
    app.after_request(answer)


def note() -> None:
    """Keep a print of what staff send. The form’s token is in it: nobody else’s post has the same,
    nor the same form opened anew, and nothing typed can be guessed from it."""
    if request.method != "POST" or "csrf_token" not in request.form:
        return
    if getattr(current_app.view_functions.get(request.endpoint or ""), "door", "")[:6] == "staff:":
        sent = [pair for pair in request.form.items(multi=True) if _is_told(pair[0])]
        text = repr((current_user.get_id(), request.full_path, sent))
        db.session.info["post"] = hashlib.sha256(text.encode()).hexdigest()[:16]


def _is_told(name: str) -> bool:
    return not any(part in name for part in PROOFS)


def answer(response: Response) -> Response:
    """Where the second is refused for what the first did: say so, on the page it is about."""
    if response.status_code != 409 or "post" not in db.session.info:
        return response
    done = history.of_this_post(by=current_user.subject)
    if not done:
        return response
    when = f"at {settings().hour(done[-1].at)}"
    said = f"You sent this already, {when}, and it was done once. This is how it stands now."
    again = actions.still_possible({one.about for one in done}, by=current_user)
    tell_of(said, again)
    return make_response(redirect(_page(), 303))


def _page() -> str:
    """The page of the thing with the number in the address, or the nearest above it there is."""
    routes = there(current_app.create_url_adapter(request))
    path = re.sub(r"(/\d+)/\D+$", r"\1", request.path)
    while not routes.test(path, method="GET"):
        path = path.rpartition("/")[0]
    return path
