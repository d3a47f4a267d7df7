from datetime import datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.db import db
from portal.fields import one_line, row_number
from portal.outbox import actions, faults, queries
from portal.outbox.models import State

bp = Blueprint("outbox", __name__, url_prefix="/staff/mail")


@bp.get("")
@auth.staff()
def log():
    show, to = request.args.get("show", ""), one_line(request.args.get("to"))[:254]
    named = current_app.extensions["goodword mailboxes of"](to) if to else ()  # of customers
    return render_template(
        "outbox/log.html",
        page=queries.messages(
            State(show) if show in list(State) else None,
            to,
            named,
            before=request.args.get("before", type=row_number),
            after=request.args.get("after", type=row_number),
        ),
        counts=queries.counts(to, named),
        late=queries.late(),
        held_up=queries.held_up(),
        told=faults.told,
        show=show,
        to=to,
    )


@bp.get("/stopped")
@auth.staff()
def stopped():
    rows, most = queries.suppressions(_moment(request.args.get("before", ""))), queries.PAGE
    return render_template("outbox/stopped.html", rows=rows[:most], more=rows[most:])


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


@bp.post("/stopped/<address_hash>/end")
@auth.staff(auth.Role.EDITOR)
def works_again(address_hash: str):
    actions.works_again(queries.suppression(address_hash), by=current_user)
    db.session.commit()
    flash("Mail may go there again.")
    return redirect(url_for("outbox.stopped"), 303)


@bp.post("/<int:id>/retry")
@auth.staff(auth.Role.EDITOR)
def retry(id: int):
    message = queries.get(id)
    actions.send_again(message, by=current_user)
    db.session.commit()
    flash(f"The mail to {message.recipient} is on its way again.")
    return redirect(url_for("outbox.log"), 303)
