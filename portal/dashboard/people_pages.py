"""The people behind each number of a campaign."""

from flask import render_template, request
from flask_login import current_user

from portal import auth
from portal.campaigns import queries as campaigns
from portal.dashboard import funnel
from portal.dashboard.door import bp
from portal.db import db
from portal.downloads import spreadsheet
from portal.fields import row_number
from portal.history.actions import record
from portal.spreadsheet import table
from portal.staff.models import Role

# The page of a campaign stands to the left of the words people sent, and shows how many were.
bp.add_app_template_global(funnel.steps, "funnel_of")


@bp.get("/staff/campaigns/<int:id>/people")
@auth.staff()
def people(id: int):
    """Exactly those whom a number of the campaign’s page counts."""
    campaign, step = campaigns.campaign(id), asked_for()
    after = request.args.get("after", 0, type=row_number)
    return render_template(
        "dashboard/people.html",
        campaign=campaign,
        asked=step,
        steps=funnel.steps(campaign),
        page=funnel.page(campaign, step, after),
        after=after,
    )


@bp.post("/staff/campaigns/<int:id>/people/export")
@auth.staff(Role.EDITOR, confirmed=True)
def export_people(id: int):
    """All of them as a file; a POST, because who took it along is written down."""
    campaign, step = campaigns.campaign(id), asked_for()
    text = table(funnel.HEADS, map(funnel.cells, funnel.every(campaign, step)))
    record(campaign, "people exported", by=current_user, note=funnel.LABELS[step][0])
    db.session.commit()
    return spreadsheet(text, f"{campaign.slug}-{step}.csv")


def asked_for() -> str:
    """The number the address names; everyone invited where it names none."""
    step = request.args.get("step", "")
    return step if step in funnel.LABELS else "invited"
