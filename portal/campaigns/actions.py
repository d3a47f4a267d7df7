"""Draft, send and close campaigns; open, accept and decline invitations."""

import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns import destinations, eligibility, inviting, mail, queries, sending
from portal.campaigns.models import (
    REWARDING_STAGES,
    Action,
    Campaign,
    CampaignState,
)
from portal.config import settings
from portal.db import db, lock_row
from portal.errors import NotAllowed, Unfit
from portal.history.actions import SYSTEM, Actor, record
from portal.incentives import copylint, gifts
from portal.incentives.models import Offer
from portal.outbox import actions as outbox
from portal.staff.models import Staff
from portal.staff.overtaking import demand_newest

LONGEST = timedelta(days=120)  # a link lives 180 days, and must outlive the deadline by 60


# ── The campaign ───────────────────────────────────────────────────────────────────────────


def draft(
    *,
    name: str,
    actions: Sequence[str],
    audience: dict[str, Any],
    offer: Offer | None,
    referral_offer: Offer | None,
    rewarding_stage: str,
    deadline: date,
    subject_line: str,
    body: str,
    why: str,
    owner: Staff,
    referral_terms: Mapping[str, Any] | None = None,
    elsewhere: Mapping[str, Any] | None = None,
    reminders: Sequence[int] = (),
    mails_per_minute: int = 200,
    offer_budget_cents: int | None = None,
) -> Campaign:
    """Write a campaign nobody gets yet; refuses words that buy praise (T9).

    ``referral_terms``: any of the columns that stand in the printed terms of its links;
    ``elsewhere``: the platform its reviews may be posted on too (T12).
    """
    campaign = Campaign(slug=_free_slug(name), owner=owner, audience=audience)
    with db.session.no_autoflush:
        _set(
            campaign,
            name=name,
            actions=actions,
            offer=offer,
            referral_offer=referral_offer,
            rewarding_stage=rewarding_stage,
            deadline=deadline,
            subject_line=subject_line,
            body=body,
            why=why,
            referral_terms=referral_terms or {},
            elsewhere=elsewhere or {},
            reminders=list(reminders),
            mails_per_minute=mails_per_minute,
            offer_budget_cents=offer_budget_cents,
        )
    db.session.add(campaign)
    record(campaign, "drafted", by=owner)
    return campaign


def revise(campaign: Campaign, *, seen: int | None = None, by: Actor, **changes) -> None:
    """Change a draft; what was sent stays as it was sent. Takes the arguments of ``draft``."""
    _still_a_draft(campaign, seen)
    _set(campaign, **changes)
    record(campaign, "revised", by=by)


def choose_audience(
    campaign: Campaign, audience: dict[str, Any], *, seen: int | None = None, by: Actor
) -> None:
    """Say whom a draft is for: ``{"ids": […]}`` picked, or a filter of ``eligibility.FILTERS``."""
    _still_a_draft(campaign, seen)
    _check_audience(audience, campaign.actions)
    kept = campaign.audience.get("seed")  # also while no lots are drawn: no second draw (T19)
    if kept or audience.get("sample"):  # who is drawn follows from this, today and later
        audience = audience | {"seed": kept or secrets.token_hex(8)}
    campaign.audience = audience
    draw = {name: audience[name] for name in ("sample", "seed") if audience.get("sample")}
    note = "{sample} people by lot, with the seed {seed}".format(**draw) if draw else ""
    record(campaign, "audience chosen", by=by, note=note, **draw)


def _check_audience(audience: dict[str, Any], actions: Sequence[str]) -> None:
    if sentence := eligibility.fault(audience, actions):
        raise NotAllowed(sentence)


def schedule(
    campaign: Campaign, moment: datetime | None, *, seen: int | None = None, by: Actor
) -> None:
    """Let the worker send a draft at this moment; with none, no longer."""
    _still_a_draft(campaign, seen)
    if moment and not clock.now() < moment <= clock.now() + LONGEST:
        raise NotAllowed(f"Choose a moment from now to {LONGEST.days} days from now.")
    if moment:
        _check_sender()
        _check_audience(campaign.audience, campaign.actions)
    campaign.scheduled_for = moment
    record(campaign, "scheduled" if moment else "no longer scheduled", by=by)


def write_personal_line(campaign: Campaign, person: Advocate, words: str, *, by: Actor) -> None:
    """A line of a draft for one person alone; empty takes it back. No praise may be asked (T9)."""
    _still_a_draft(campaign, None)
    mail.check(words)
    lines = {name: said for name, said in campaign.personal_lines.items() if name != str(person.id)}
    campaign.personal_lines = lines | ({str(person.id): words} if words else {})
    record(campaign, "personal line written", by=by)


def send(campaign: Campaign, *, seen: int | None = None, by: Actor) -> None:
    """Invite everyone who may be asked now, in this transaction: invitations, asks, and as many
    mails as may leave in a minute. The worker promises the others (``sending``).

    Sending twice sends once: the second waits for the first and finds it done.
    """
    lock_row(campaign)
    if campaign.state is not CampaignState.DRAFT:
        return
    _still_a_draft(campaign, seen)
    _check_sender()
    _check_deadline(campaign.deadline)
    mail.check(campaign.subject_line, campaign.body, campaign.why)
    destinations.check(campaign)
    _check_audience(campaign.audience, campaign.actions)
    found = eligibility.for_asking(campaign)
    if not found.eligible:
        raise NotAllowed("Nobody would get this just now. Change the audience first.")
    campaign.state, campaign.sent_at = CampaignState.SENT, clock.now()
    campaign.scheduled_for = None
    rule = destinations.rule_of(campaign)
    noted: dict[str, Any] = {"people": len(found.eligible)}
    if rule:
        noted |= {"platform": rule.platform, "platform_version": rule.version}
    record(campaign, "sent", by=by, **noted)
    invitations, book = [], gifts.book()
    for person in found.eligible:
        one = mail.invitation_for(campaign, person, found.unasked[person.id], book=book)
        one.waits_since = campaign.sent_at
        invitations.append(one)
    inviting.create(invitations, by=by)
    sending.promise_mails(campaign)


def send_scheduled(campaign_id: int) -> None:
    """Its moment has come; what stands against it now is written down for whoever wrote it."""
    campaign = db.session.get_one(Campaign, campaign_id)
    lock_row(campaign)
    if campaign.scheduled_for is None or campaign.scheduled_for > clock.now():
        return  # its moment was changed while this waited
    try:
        send(campaign, by=campaign.owner)
    except NotAllowed as refusal:
        campaign.scheduled_for = None
        record(campaign, "not sent as scheduled", by=SYSTEM, note=str(refusal))


def pause(campaign: Campaign, *, by: Actor) -> None:
    """Nothing more leaves until it is resumed; mails promised and not tried wait with the rest."""
    lock_row(campaign)
    if campaign.state is not CampaignState.SENT:
        raise NotAllowed("Only a campaign on its way can be paused.")
    if campaign.paused_at is None:
        campaign.paused_at = clock.now()
        sending.take_back(campaign)
        record(campaign, "paused", by=by)


def resume(campaign: Campaign, *, by: Actor) -> None:
    """Go on where it was paused."""
    lock_row(campaign)
    if campaign.paused_at:
        campaign.paused_at = None
        record(campaign, "resumed", by=by)


def close(campaign: Campaign, *, by: Actor) -> None:
    """Nothing new may be started from now on; what was begun goes on. Twice is harmless."""
    lock_row(campaign)
    if campaign.state is CampaignState.CLOSED:
        return
    if campaign.state is CampaignState.DRAFT:
        raise NotAllowed("This campaign was never sent, so there is nothing to close.")
    campaign.state = CampaignState.CLOSED
    sending.take_back(campaign)
    for invitation in queries.snoozed(campaign):
        outbox.call_off(invitation)
    record(campaign, "closed", by=by)


def _set(campaign: Campaign, **values: Any) -> None:
    actions = [Action(action).value for action in values["actions"]]
    if not actions:
        raise Unfit("Choose at least one thing to ask for.")
    if values["rewarding_stage"] not in REWARDING_STAGES:
        raise Unfit("Choose when a referral earns its reward.")
    mail.check(values["subject_line"], values["body"], values["why"])
    terms = dict(values.pop("referral_terms", None) or {})
    if phrase := copylint.objection(terms.get("prospect_promise", "")):
        raise Unfit(f"Take out “{phrase}”: a reward may not depend on what people say.")
    terms |= values.pop("elsewhere", None) or {}
    for name, value in (values | terms | {"actions": actions}).items():
        setattr(campaign, name, value)
    destinations.check(campaign)


def _check_sender() -> None:
    """Nobody is asked by somebody who does not say who they are (T38)."""
    if unsaid := settings().unsaid:
        raise NotAllowed(
            f"Your mails do not say yet who you are. Write down {unsaid} first, under Settings."
        )


def _check_deadline(deadline: date) -> None:
    today = clock.now().date()
    if deadline < today:
        raise NotAllowed("The deadline has passed. Choose a later day before you send.")
    if deadline > today + LONGEST:
        raise NotAllowed(
            f"Choose a deadline within {LONGEST.days} days: links could not live longer."
        )


def _still_a_draft(campaign: Campaign, seen: int | None) -> None:
    demand_newest(campaign, seen)
    if campaign.state is not CampaignState.DRAFT:
        raise NotAllowed("This campaign was sent, and stays as it was sent.")


def _free_slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:70] or "campaign"
    like_it = sa.select(Campaign.slug).where(Campaign.slug.startswith(base, autoescape=True))
    taken = set(db.session.scalars(like_it))
    candidates = (f"{base}-{n}" if n > 1 else base for n in count(1))
    return next(slug for slug in candidates if slug not in taken)
