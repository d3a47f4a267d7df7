"""Whom a campaign may ask, and why not the others."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate, Company
from portal.campaigns import destinations
from portal.campaigns.models import Ask, Campaign, Invitation
from portal.db import db
from portal.outbox import actions as outbox
from portal.platforms import rules

ASK_EVERY = timedelta(days=60)  # one ask per person in this time, over all campaigns

# What may narrow an audience. There is none by satisfaction, on purpose: whom to ask for a
# review may not depend on how happy anyone is (T19).
FILTERS = ("search", "country", "company")

NotNow = tuple[Advocate, str]


def matching(audience: dict[str, Any]) -> Sequence[Advocate]:
    """Everyone an audience names, askable or not: the people picked, or all the filter finds."""
    found = (
        sa.select(Advocate)
        .join(Advocate.company)
        .where(Advocate.erased_at.is_(None))
        .order_by(Company.name, Advocate.id)
    )
    if "ids" in audience:
        found = found.where(Advocate.id.in_(audience["ids"]))
    if search := audience.get("search", "").strip():
        found = found.where(
            sa.or_(
                *(
                    column.icontains(search, autoescape=True)
                    for column in (
                        Advocate.first_name + " " + Advocate.last_name,
                        Advocate.email,
                        Advocate.job_title,
                        Company.name,
                    )
                )
            )
        )
    if country := audience.get("country", ""):
        found = found.where(Advocate.country == country)
    if company := audience.get("company", ""):
        found = found.where(Company.name == company)
    return db.session.scalars(found).all()


def audience(
    audience: dict[str, Any], *, campaign: Campaign | None = None
) -> tuple[list[Advocate], list[NotNow]]:
    """Who may be asked now, and who may not, each with the reason in a sentence."""
    people = matching(audience)
    asked = last_asked([person.id for person in people])
    invited = invited_ids(campaign) if campaign else set()
    suppressed = outbox.suppressed_among([person.email for person in people])
    wanted = campaign.actions if campaign else ()
    platform = destinations.rule_of(campaign) if campaign else None
    eligible, not_now = [], []
    for person in people:
        reason = (
            "Already invited to this campaign."
            if person.id in invited
            else why_not(person, asked.get(person.id), person.email in suppressed, wanted)
            or rules.not_there(platform, person.company.sector, person.email)
        )
        if reason:
            not_now.append((person, reason))
        else:
            eligible.append(person)
    return eligible, not_now


def why_not(
    person: Advocate,
    asked: datetime | None,
    suppressed: bool = False,
    wanted: Sequence[str] = (),
) -> str:
    """Why this person may not be asked now, ``wanted`` being the actions; empty when they may."""
    if person.restricted_at:
        return "Asked us to do nothing with what we hold about them."
    if person.stopped_at:
        return f"Asked us on {_day(person.stopped_at)} to stop inviting them."
    if person.left_at:
        return f"Left {person.company.name}, noted on {_day(person.left_at)}."
    if suppressed:
        return "This address asked for no more mail."
    if person.paused_until and person.paused_until >= clock.now().date():
        return f"Asked us to wait until after {_day(person.paused_until)}."
    if wanted and person.asks_for and not set(wanted) & set(person.asks_for):
        return f"Wants to be asked only for: {', '.join(person.asks_for)}."
    if asked and asked + ask_every(person) > clock.now():
        again = _day(asked + ask_every(person))
        return f"Asked on {_day(asked)}; can be asked again from {again}."
    return ""


def ask_every(person: Advocate) -> timedelta:
    """How long we leave this person alone after an ask: our limit, or theirs when it is longer."""
    return max(ASK_EVERY, timedelta(days=person.ask_every or 0))


def last_asked(ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these people was last asked for anything, by us, in any campaign."""
    newest = (
        sa.select(Ask.advocate_id, sa.func.max(Ask.at))
        .where(Ask.advocate_id.in_(ids))
        .group_by(Ask.advocate_id)
    )
    return dict(db.session.execute(newest).all())


def invited_ids(campaign: Campaign) -> set[int]:
    return set(
        db.session.scalars(
            sa.select(Invitation.advocate_id).where(Invitation.campaign_id == campaign.id)
        )
    )


def countries() -> Sequence[str]:
    named = sa.select(Advocate.country).where(Advocate.country != "").distinct()
    return db.session.scalars(named.order_by(Advocate.country)).all()


def companies() -> Sequence[str]:
    return db.session.scalars(sa.select(Company.name).order_by(Company.name)).all()


def _day(moment: date) -> str:
    return f"{moment.day} {moment:%B %Y}"
