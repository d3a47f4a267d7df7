"""What finance takes away: the ledger and each payee's year, as pages and for a spreadsheet."""

from flask import Response, render_template, request

from portal import auth, clock, spreadsheet
from portal.incentives import books, payees
from portal.incentives.door import bp
from portal.staff.models import Role


@bp.get("/staff/rewards.csv")
@auth.staff(Role.EDITOR)
def export():
    """What the filters in the address leave, all pages of it."""
    wanted = books.Filter.of(request.args)
    return _file("rewards", spreadsheet.table(books.HEADS, books.lines(wanted)))


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


@bp.get("/staff/rewards/payees.csv")
@auth.staff(Role.EDITOR)
def payees_csv():
    year = asked_year()
    return _file(f"payees-{year}", spreadsheet.table(books.PAYEE_HEADS, books.payee_lines(year)))


def asked_year() -> int:
    year = request.args.get("year", type=int) or 0
    return year if 2000 <= year <= 9000 else clock.now().year


def _file(name: str, text: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text, mimetype="text/csv", headers=headers)
