"""The advocate’s own pages: saying yes, the links to pass on, what became of them."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask import g as who

from portal import auth, web
from portal.campaigns.models import REWARDING_STAGES, Action
from portal.clicks import queries as visits
from portal.consent import actions as consent
from portal.consent import queries as permissions
from portal.consent.forms import circumstances
from portal.consent.models import Purpose
from portal.db import db
from portal.errors import NotAllowed
from portal.incentives import disclosure
from portal.incentives import queries as rewards
from portal.incentives.models import Choice
from portal.referrals import actions, attribution, forms, printed, queries, vanity, words
from portal.referrals.door import bp
from portal.referrals.models import ReferralLink
from portal.submissions.queries import prompt_set


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


def hub_page(referral, notes: Mapping[ReferralLink, forms.LabelForm] = {}, **given) -> str:
    found = queries.rewards_of(referral)
    came = visits.of_links(link.id for link in referral.links)
    suggested = referral.invitation.campaign.share_text
    shown = {
        "text": forms.ShareTextForm(share_text=referral.share_text or suggested),
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
                "share": queries.share(link),
                "note": (notes.get(link) or forms.LabelForm(None, obj=link)).at(link),
                "people": queries.followers(link, found),
                "visits": came.get(link.id, 0),
            }
            for link in referral.links
        ],
        totals=rewards.totals(list(found.values())),
        in_words=rewards.reward_in_words,
        disclosed=queries.disclosed(referral, counts=attribution.counts_now(referral.links[0])),
        name_choice=name_choice(),
        name_shown=permissions.in_force(referral.receipt, Purpose.REFERRAL_NAME),
        counts_until=attribution.counts_until,
        elsewhere=attribution.elsewhere(referral),
        suggested=suggested and not referral.share_text,
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
        return hub_page(link.referral, notes={link: form}, wrong=form.at(link)), 422
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
