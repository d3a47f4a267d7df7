"""The report staff read, and the same for a spreadsheet."""

from collections.abc import Iterable, Iterator

from flask import render_template, request

from portal import auth
from portal.downloads import spreadsheet
from portal.fields import row_number
from portal.referrals import board as leads
from portal.referrals import report
from portal.referrals.door import bp
from portal.spreadsheet import table


def asked() -> tuple[str, int | None]:
    by = request.args.get("by", "")
    return (by if by in report.BY else "campaign"), request.args.get("campaign", type=row_number)


@bp.get("/staff/leads/report")
@auth.staff()
def funnel():
    by, campaign = asked()
    lines = report.lines(by, campaign)
    return render_template(
        "referrals/report.html",
        by=by,
        kinds=report.BY,
        campaign=campaign,
        campaigns=leads.campaigns(),
        lines=lines,
        total=report.total(lines),
    )


@bp.get("/staff/leads/report.csv")
@auth.staff()
def funnel_csv():
    """One line per campaign (customer, source, month) and currency it has money in."""
    by, campaign = asked()
    heads = [report.BY[by].lower(), "visits", "leads", "qualified", "won"]
    heads += ["currency", "value won", "reward cost"]
    text = table(heads, rows(report.lines(by, campaign)))
    return spreadsheet(text, f"referrals-by-{by}.csv")


def rows(lines: Iterable[report.Line]) -> Iterator[list[object]]:
    for line in lines:
        numbers = [line.name, *(number for _, number in line.numbers)]
        for place, currency in enumerate(sorted({*line.value, *line.cost}) or [""]):
            money = [line.value.get(currency, 0) / 100, line.cost.get(currency, 0) / 100]
            # The numbers stand once, so that a sum over the column is right.
            shown = numbers if place == 0 else [numbers[0], "", "", "", ""]
            yield [*shown, currency, *(f"{amount:.2f}" for amount in money)]
