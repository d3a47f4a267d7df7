"""The prospect’s own page: what we hold, put it right, delete it, stop (T32)."""

from flask import flash, jsonify, redirect, render_template, url_for

from portal import auth
from portal.campaigns.models import Asked
from portal.db import db
from portal.links import actions as signed_links
from portal.links.models import Kind
from portal.referrals import (
    actions,
    prospect_data,
    prospect_forms,
    prospect_rewards,
    queries,
    rewarding,
    words,
)
from portal.referrals.door import bp


def lead_of(token: str):
    return queries.lead_behind(signed_links.open(Kind.PROSPECT, token))


@bp.errorhandler(signed_links.LinkGone)
def link_gone(gone: signed_links.LinkGone):
    db.session.rollback()
    return render_template("referrals/gone.html", why=gone.why), gone.status


@bp.get("/p/<token>")
@auth.by_link
def prospect(token: str):
    lead = lead_of(token)
    return render_template(
        "referrals/prospect.html",
        lead=lead,
        token=token,
        may_change=form_of(lead),
        step=words.for_the_prospect(lead.stage),
        promised=prospect_data.promised(lead),
        if_you=words.IF_YOU[lead.link.referral.rewarding_stage],
        sender=queries.sender(lead.link.referral),
        disclosed=queries.disclosed(
            lead.link.referral,
            counts=not lead.no_reward,
            came_true=rewarding.due_at(lead.stage, lead),
        ),
    )


@bp.get("/p/<token>/everything.json")
@auth.by_link
def everything(token: str):
    """All we hold of them, to take along (GDPR 15, 20)."""
    answer = jsonify(prospect_data.everything(lead_of(token)))
    answer.headers["Content-Disposition"] = 'attachment; filename="my-details.json"'
    return answer


@bp.get("/p/<token>/details")
@auth.by_link
def details(token: str):
    lead = lead_of(token)
    return details_page(lead, token, form_of(lead))


@bp.post("/p/<token>/details")
@auth.by_link
def correct(token: str):
    lead = lead_of(token)
    form = form_of(lead)
    if not form.validate():
        return details_page(lead, token, form), 422
    actions.correct(lead, **form.details(lead))
    db.session.commit()
    flash("Your details are saved.")
    return redirect(url_for(".prospect", token=token), 303)


def form_of(lead) -> prospect_forms.Details:
    """What their campaign asks for, and whatever else they gave."""
    asks = queries.asks(lead.link).items()
    return prospect_forms.Details(obj=lead).ask(
        {name: asked for name, asked in asks if asked == Asked.REQUIRED or not getattr(lead, name)}
    )


def details_page(lead, token: str, form) -> str:
    return render_template(
        "referrals/details.html",
        lead=lead,
        token=token,
        form=form,
        sender=queries.sender(lead.link.referral),
    )


@bp.get("/p/<token>/deletion")
@auth.by_link
def deletion(token: str):
    lead = lead_of(token)
    return render_template(
        "referrals/deletion.html",
        lead=lead,
        token=token,
        promised_open=prospect_rewards.is_open(lead),
    )


@bp.post("/p/<token>/deletion")
@auth.by_link
def delete(token: str):
    actions.erase(lead_of(token))
    db.session.commit()
    return redirect(url_for(".deleted"), 303)


@bp.post("/p/<token>/stop")
@auth.by_link
def stop(token: str):
    actions.stop(lead_of(token))
    db.session.commit()
    flash("We have stopped. You will not hear from us about this again.")
    return redirect(url_for(".prospect", token=token), 303)
