"""No more mails about what my words did: a page, then a button; and the same at home."""

from flask import Blueprint, flash, g, redirect, render_template, url_for

from portal import auth
from portal.advocates.models import Advocate
from portal.db import db
from portal.errors import NotFound
from portal.impact import actions, queries
from portal.links import actions as links
from portal.links.models import Kind

bp = Blueprint("impact", __name__)

# Pages of submissions and placements, to the left, and the advocate's home tell what words did.
bp.add_app_template_global(queries.of_submission, "impact_of")
bp.add_app_template_global(queries.is_muted, "impact_is_muted")


def behind(token: str) -> Advocate:
    link = links.open(Kind.MUTE, token)
    found = db.session.get(Advocate, link.subject_id)
    if found is None:
        raise NotFound("The person behind this link is gone.")
    return found


@bp.get("/mute/<token>")
@auth.by_link
def asked(token):
    return render_template("impact/mute.html", muted=queries.is_muted(behind(token)))


@bp.post("/mute/<token>")
@auth.by_link
def mute(token):
    who = behind(token)
    actions.mute(who, by=who)
    db.session.commit()
    return redirect(url_for("impact.asked", token=token), 303)


@bp.post("/me/impact/mails")
@auth.advocate
def tell():
    actions.unmute(g.advocate, by=g.advocate)
    db.session.commit()
    flash("You hear from us once a month when your words did something.")
    return redirect(url_for("home.show"), 303)


@bp.post("/me/impact/silence")
@auth.advocate
def silence():
    actions.mute(g.advocate, by=g.advocate)
    db.session.commit()
    flash("No such mail any more. The numbers stay here.")
    return redirect(url_for("home.show"), 303)
