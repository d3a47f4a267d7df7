"""The whole history: who did what to which thing, and when; searched by its address."""

from collections.abc import Iterator
from typing import Any

from flask import render_template, request, url_for
from flask_login import current_user

from portal import auth, clock
from portal.db import db
from portal.downloads import spreadsheet
from portal.fields import day_of, row_number
from portal.history import queries as history
from portal.history.actions import record
from portal.history.models import Entry
from portal.history.queries import Search
from portal.spreadsheet import table
from portal.staff import queries
from portal.staff.models import Role
from portal.staff.pages import bp

HEADS = ["when", "who", "who (name)", "did", "to", "note", "details"]
ASKED = ("by", "about", "verb", "since", "until")  # no other word of an address is passed on


@bp.get("/history")
@auth.staff()
def audit():
    wanted = search()
    found, older = history.page(wanted, request.args.get("before", type=row_number))
    given = {name: request.args.get(name) for name in ASKED}
    said: dict[str, Any] = {name: value for name, value in given.items() if value}
    return render_template(
        "staff/audit.html",
        entries=found,
        older=url_for("staff.audit", **said, before=older) if older else None,
        newest=url_for("staff.audit", **said) if request.args.get("before") else None,
        wanted=wanted,
        said=said,
        verbs=history.verbs(),
        kinds=history.KINDS,
        people=queries.everyone(),
        name_of=queries.name_of,
        details=history.details,
    )


@bp.post("/history/export")
@auth.staff(Role.OWNER, confirmed=True)
def export_audit():
    """A POST, because who took the history along is itself a part of it."""
    wanted = search()
    record(current_user, "history exported", by=current_user)
    db.session.commit()
    text = table(HEADS, lines(history.every(wanted)))
    return spreadsheet(text, f"history-{clock.now():%Y-%m-%d}.csv")


def search() -> Search:
    asked = request.args if request.method == "GET" else request.form
    return Search(
        by=asked.get("by", "").strip()[:60],
        about=asked.get("about", "").strip()[:60],
        verb=asked.get("verb", "").strip()[:60],
        since=day_of(asked.get("since", "")),
        until=day_of(asked.get("until", "")),
    )


def lines(entries: Iterator[Entry]) -> Iterator[list[str]]:
    names: dict[str, str] = {}
    for entry in entries:
        if entry.by not in names:
            names[entry.by] = queries.name_of(entry.by)
        act = [entry.by, names[entry.by], entry.verb, entry.about, entry.note]
        yield [entry.at.isoformat(), *act, history.details(entry)]
