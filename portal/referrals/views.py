"""Recommending (advocates) and being recommended (prospects); staff work at the ``desk``."""

from functools import cache, lru_cache
from io import BytesIO

import segno
from flask import Response, flash, redirect, render_template, request, url_for
from flask import g as who
from itsdangerous import BadSignature, URLSafeSerializer

from portal import auth, clock, web
from portal.campaigns.models import REWARDING_STAGES, Action
from portal.clicks import actions as clicks
from portal.clicks import queries as visits
from portal.config import settings
from portal.consent import actions as consent
from portal.consent import queries as permissions
from portal.consent.forms import circumstances
from portal.consent.models import Purpose
from portal.db import db
from portal.errors import NotAllowed
from portal.incentives import disclosure
from portal.incentives import queries as rewards
from portal.incentives.models import Choice
from portal.links import actions as signed_links
from portal.links.models import Kind
from portal.referrals import (
    actions,
    attribution,
    forms,
    pages,
    printed,
    queries,
    signals,
    vanity,
    words,
)
from portal.referrals import desk as desk
from portal.referrals import landing as landing_of
from portal.referrals import many as many
from portal.referrals import precautions as precautions
from portal.referrals import report_pages as report_pages
from portal.referrals.door import bp
from portal.submissions.queries import prompt_set

PUBLIC_IMAGE = {"Cache-Control": "public, max-age=86400"}
FASTEST = 2.0  # seconds; people take longer to fill in a form


# ── The advocate ───────────────────────────────────────────────────────────────────────────


@bp.get("/me/invitations/<int:invitation_id>/referral")
@auth.advocate
def begin(invitation_id: int):
    invitation = queries.own_invitation(who.advocate, invitation_id)
    if referral := queries.referral_of(invitation):
        return redirect(url_for(".hub", referral_id=referral.id), 303)
    return begin_page(invitation, forms.JoinForm.of(promise(invitation)))


@bp.post("/me/invitations/<int:invitation_id>/referral")
@auth.advocate
def join(invitation_id: int):
    invitation = queries.own_invitation(who.advocate, invitation_id)
    form = forms.JoinForm.of(promise(invitation))
    if not form.validate():
        return begin_page(invitation, form), 422
    referral = actions.join(
        invitation,
        **form.chosen(),
        share_text=form.share_text.data,
        show_name=form.show_name.data,
        circumstances=circumstances(who.advocate.language),
        by=who.advocate,
    )
    db.session.commit()
    return redirect(url_for(".hub", referral_id=referral.id), 303)


def promise(invitation) -> dict | None:
    return invitation.referral_offer.promise() if invitation.referral_offer else None


def begin_page(invitation, form) -> str:
    offered = promise(invitation)
    stage = invitation.campaign.rewarding_stage
    asked = prompt_set(Action.REFERRAL, who.advocate.language)
    return render_template(
        "referrals/begin.html",
        invitation=invitation,
        form=form,
        terms=offered and disclosure.before_referral(offered, REWARDING_STAGES[stage]),
        said={
            choice.value: disclosure.on_referral_page(offered, choice, "", words.IF_YOU[stage])
            for choice in Choice
        },
        counting=printed.counting(invitation.campaign),
        limits=printed.limits(invitation.campaign) if offered else [],
        prompt=asked.prompts[0] if asked and asked.prompts else None,
        name_choice=name_choice(),
    )


def name_choice():
    """The wording of the one permission asked here."""
    found = permissions.wordings([Purpose.REFERRAL_NAME], who.advocate, who.advocate.language)
    return found[0] if found else None


@bp.get("/me/referrals/<int:referral_id>")
@auth.advocate
def hub(referral_id: int):
    return hub_page(queries.own_referral(who.advocate, referral_id))


def hub_page(referral, **given) -> str:
    found = queries.rewards_of(referral)
    came = visits.of_links(link.id for link in referral.links)
    shown = {
        "text": forms.ShareTextForm(share_text=referral.share_text),
        "new": forms.NewLinkForm(),
        "word": forms.WordForm(),
        "wrong": None,
    } | given
    return render_template(
        "referrals/hub.html",
        referral=referral,
        links=[
            {
                "link": link,
                "url": queries.address(link),
                "people": queries.followers(link, found),
                "visits": came.get(link.id, 0),
            }
            for link in referral.links
        ],
        totals=rewards.totals(list(found.values())),
        in_words=rewards.reward_in_words,
        share=queries.share(referral),
        disclosed=queries.disclosed(referral),
        name_choice=name_choice(),
        name_shown=permissions.in_force(referral.receipt, Purpose.REFERRAL_NAME),
        counts_until=attribution.counts_until,
        elsewhere=attribution.elsewhere(referral),
        own_word=vanity.of(referral),
        **shown,
    )


@bp.post("/me/referrals/<int:referral_id>/text")
@auth.advocate
def write(referral_id: int):
    referral = queries.own_referral(who.advocate, referral_id)
    form = forms.ShareTextForm()
    if not form.validate():
        return hub_page(referral, text=form, wrong=form), 422
    actions.write(referral, form.share_text.data, by=who.advocate)
    db.session.commit()
    flash("Your words are saved. The buttons below use them from now on.")
    return back_to_hub(referral_id, "message")


@bp.post("/me/referrals/<int:referral_id>/links")
@auth.advocate
def add_link(referral_id: int):
    referral = queries.own_referral(who.advocate, referral_id)
    form = forms.NewLinkForm()
    if not form.validate():
        return hub_page(referral, new=form, wrong=form), 422
    link = actions.add_link(referral, form.label.data, by=who.advocate)
    db.session.commit()
    flash(f"The link for “{link.label}” is ready.")
    return back_to_hub(referral_id, f"link-{link.id}")


@bp.post("/me/referrals/<int:referral_id>/word")
@auth.advocate
@web.limiter.limit("30 per hour")  # whether a word is taken is told to nobody in bulk
def choose_word(referral_id: int):
    referral = queries.own_referral(who.advocate, referral_id)
    form = forms.WordForm()
    if not form.validate():
        return hub_page(referral, word=form, wrong=form), 422
    try:
        link = vanity.choose(referral, form.word.data, by=who.advocate)
        db.session.commit()
    except NotAllowed as refusal:
        db.session.rollback()
        form.word.errors = [str(refusal)]
        referral = queries.own_referral(who.advocate, referral_id)
        return hub_page(referral, word=form, wrong=form), 409
    flash(f"Your link with the word “{link.code}” is ready.")
    return back_to_hub(referral_id, f"link-{link.id}")


@bp.post("/me/referrals/<int:referral_id>/links/<int:link_id>/label")
@auth.advocate
def relabel(referral_id: int, link_id: int):
    link = queries.own_link(who.advocate, referral_id, link_id)
    form = forms.LabelForm()
    if not form.validate():
        flash(form.label.errors[0], "error")
        return back_to_hub(referral_id, f"link-{link_id}")
    actions.relabel(link, form.label.data, by=who.advocate)
    db.session.commit()
    flash("The note is changed." if link.label else "The note is erased.")
    return back_to_hub(referral_id, f"link-{link_id}")


@bp.post("/me/referrals/<int:referral_id>/links/<int:link_id>/pause")
@auth.advocate
def pause(referral_id: int, link_id: int):
    link = queries.own_link(who.advocate, referral_id, link_id)
    actions.pause(link, paused=request.form.get("paused") == "1", by=who.advocate)
    db.session.commit()
    flash("The link is paused." if link.paused_at else "The link works again.")
    return back_to_hub(referral_id, f"link-{link_id}")


@bp.post("/me/referrals/<int:referral_id>/name")
@auth.advocate
def name(referral_id: int):
    referral = queries.own_referral(who.advocate, referral_id)
    act = consent.give if request.form.get("show") == "yes" else consent.withdraw
    act(
        referral.receipt,
        Purpose.REFERRAL_NAME,
        by=who.advocate,
        circumstances=circumstances(who.advocate.language),
    )
    db.session.commit()
    flash("Saved. It holds for everyone who opens your links from now on.")
    return back_to_hub(referral_id, "name")


def back_to_hub(referral_id: int, place: str):
    return redirect(url_for(".hub", referral_id=referral_id, _anchor=place), 303)


# ── The prospect's way in. No session, no cookie, and a GET writes nothing (T34, T37) ──────


def not_found(response: Response) -> bool:
    return response.status_code == 404


guessing = web.limiter.limit("60 per minute", deduct_when=not_found)


@bp.get("/r/<code>")
@auth.public
@web.plain
def landing(code: str):
    web.refuse_guesser()
    found = landing_of.find(code)
    if found is None or not found.is_open:
        return not_open(found)
    scanned = request.query_string and request.args.get("qr") == "1"
    source = "qr" if scanned else "link"
    clicks.record(found.link_id, source=source, environ=request.environ)
    return unlisted(pages.first(found, stamp(), source))


@bp.post("/r/<code>/leads")
@auth.public
@web.csrf.exempt  # nobody is signed in here: there is no session whose power could be borrowed
@web.limiter.limit("10 per hour")
@guessing
def receive(code: str):
    form = forms.LeadForm()
    link = queries.link_at(code)
    if link is None or not queries.is_open(link) or not form.validate():
        return again(code, form)
    actions.receive(
        link,
        **form.details(),
        suspicion=suspicion(form),
        source="qr" if form.source.data == "qr" else "link",
    )
    db.session.commit()
    return redirect(url_for(".thanks", code=link.code), 303)


@bp.get("/r/<code>/thanks")
@auth.public
@guessing
def thanks(code: str):
    link = queries.link_at(code)
    if link is None:
        return kindly_closed()
    return unlisted(render_template("referrals/thanks.html"))


@bp.get("/r/deleted")
@auth.public
def deleted():
    return unlisted(render_template("referrals/deleted.html"))


def again(code: str, form):
    """The page with what was typed and what is wrong with it."""
    found = landing_of.find(code)
    if found is None or not found.is_open:
        return not_open(found)
    return unlisted(pages.page(found, form), 422)


def not_open(found: landing_of.Landing | None):
    if found is None:
        web.count_guess()
    return kindly_closed(404 if found is None else 410)


def kindly_closed(status: int = 404):
    return unlisted(render_template("referrals/closed.html"), status)


def unlisted(page: str, status: int = 200) -> Response:
    """A page for whoever has the link, and for no search engine."""
    response = Response(page, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.get("/r/<code>.svg")
@auth.public
@guessing
def qr_svg(code: str):
    return qr(code, "svg", "image/svg+xml", scale=8)


@bp.get("/r/<code>.png")
@auth.public
@guessing
def qr_png(code: str):
    return qr(code, "png", "image/png", scale=16)


def qr(code: str, kind: str, mimetype: str, scale: int):
    """The code as a picture. ``?qr=1`` tells someone who scanned it from one who got the link."""
    if (link := queries.link_at(code)) is None:
        return kindly_closed()
    picture = BytesIO()
    drawn = segno.make(f"{queries.address(link)}?qr=1", error="m", micro=False)
    drawn.save(picture, kind=kind, scale=scale, dark="#111", light="#fff")
    return Response(picture.getvalue(), mimetype=mimetype, headers=PUBLIC_IMAGE)


# Programs send forms at once. The moment a form was drawn travels in it, signed.


@cache
def signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="lead-form.v1")


def stamps() -> URLSafeSerializer:
    return signer(settings().secret_key.get_secret_value())


def stamp() -> str:
    return stamp_of(stamps(), int(clock.now().timestamp() * 10))


@lru_cache(maxsize=2)
def stamp_of(signer: URLSafeSerializer, tenths: int) -> str:
    """Signed once for all who come in the same tenth of a second."""
    return signer.dumps(tenths / 10)


def suspicion(form) -> str:
    """Why this may have come from a program; nobody is refused for it (T35)."""
    if form.website.data:
        return signals.PROGRAM
    try:
        drawn = float(stamps().loads(form.stamp.data or ""))
    except (BadSignature, TypeError, ValueError):
        return signals.TOO_FAST
    return "" if clock.now().timestamp() - drawn >= FASTEST else signals.TOO_FAST


# ── The prospect's own page: what we hold, put it right, delete it, stop (T32) ─────────────


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
        step=words.for_the_prospect(lead.stage),
        sender=queries.sender(lead.link.referral),
    )


@bp.get("/p/<token>/details")
@auth.by_link
def details(token: str):
    lead = lead_of(token)
    return details_page(lead, token, forms.Details(obj=lead))


@bp.post("/p/<token>/details")
@auth.by_link
def correct(token: str):
    lead = lead_of(token)
    form = forms.Details()
    if not form.validate():
        return details_page(lead, token, form), 422
    actions.correct(lead, **{key: form[key].data for key in form.data if key != "csrf_token"})
    db.session.commit()
    flash("Your details are saved.")
    return redirect(url_for(".prospect", token=token), 303)


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
    return render_template("referrals/deletion.html", lead=lead_of(token), token=token)


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
