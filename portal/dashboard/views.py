"""Home and the queue."""

from flask import Blueprint, current_app, has_request_context, render_template, request
from flask_login import current_user

from portal import auth
from portal.dashboard import program, queries
from portal.platforms import queries as platforms
from portal.web import money

bp = Blueprint("dashboard", __name__)


@bp.get("/staff")
@auth.staff()
def show():
    numbers, steps = program.numbers(), program.first_steps()
    return render_template(
        "dashboard/home.html",
        counts=queries.counts(),
        kinds=queries.KINDS,
        oldest=queries.queue()[:5],
        numbers=numbers,
        owed=" + ".join(money(cents, currency) for cents, currency in numbers.owed),
        steps=steps,
        unchecked=platforms.old(),
        capped=queries.capped,
    )


@bp.get("/staff/queue")
@auth.staff()
def queue():
    kind = request.args.get("kind")
    kind = kind if kind in queries.KINDS else None
    return render_template(
        "dashboard/queue.html",
        kind=kind,
        kinds=queries.KINDS,
        counts=queries.counts(),
        waiting=queries.queue(kind),
        limit=queries.LIMIT,
        capped=queries.capped,
    )


@bp.app_context_processor
def queue_count() -> dict[str, str]:
    """How much waits, beside "Queue" on every staff page; asked on no other page."""
    view = has_request_context() and current_app.view_functions.get(request.endpoint)
    if not getattr(view, "door", "").startswith("staff") or not current_user.is_authenticated:
        return {}
    total = sum(queries.counts().values())
    return {"queue_count": queries.capped(total)} if total else {}
