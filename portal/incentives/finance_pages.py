"""What finance takes away: the ledger and each payee's year, as pages and for a spreadsheet."""

from flask import Response, render_template, request
from flask_login import current_user

from portal import auth, clock, downloads, spreadsheet
from portal.db import db
from portal.fields import row_number
from portal.history.actions import record
from portal.incentives import books, payees
from portal.incentives.door import bp
from portal.staff.models import Role


@bp.post("/staff/rewards/export")
@auth.staff(Role.EDITOR, confirmed=True)
def export():
    """What the filters in the address leave, all pages of it."""
    text = spreadsheet.table(books.HEADS, books.lines(books.Filter.of(request.args)))
    return _taken("rewards", text)


@bp.get("/staff/rewards/payees")
@auth.staff(Role.EDITOR)
def payees_page():
    year = asked_year()
    return render_template(
        "incentives/payees.html",
        year=year,
        years=books.years(),
        payees=books.payees_of(year),
        limit=payees.threshold(year),
        how_to_set=payees.how_to_set(year),
    )


@bp.post("/staff/rewards/payees/export")
@auth.staff(Role.EDITOR, confirmed=True)
def export_payees():
    year = asked_year()
    text = spreadsheet.table(books.PAYEE_HEADS, books.payee_lines(year))
    return _taken("payees", text, str(year))


def asked_year() -> int:
    year = request.args.get("year", type=row_number) or 0
    return year if 2000 <= year <= 9000 else clock.now().year


def _taken(what: str, text: str, of: str = "") -> Response:
    """The file; that it is taken along is written down, so it takes a POST."""
    record(current_user, f"{what} exported", by=current_user, note=of)
    db.session.commit()
    name = f"{what}-{of}" if of else what
    return downloads.spreadsheet(text, f"{name}.csv")
