"""What a draft lacks before it can be sent, with where each is put right."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns import eligibility
from portal.campaigns.models import Campaign
from portal.config import settings
from portal.db import db
from portal.staff.models import Role


@dataclass(frozen=True)
class Missing:
    """One thing, and whose it is to put right where."""

    text: str
    url: str
    link: str
    who: Role = Role.EDITOR
    more: tuple[tuple[str, str], ...] = ()  # other places for the same: address and words


def of(campaign: Campaign, found: eligibility.Sorted) -> list[Missing]:
    """All of it, of a draft for the people its audience finds now; nothing: it can be sent."""
    return [*_sender(), *_people(campaign, found), *_day(campaign), *_audience(campaign)]


def _sender() -> Iterator[Missing]:
    unsaid = settings().unsaid_by_name.items()
    if ways := [(f"/staff/settings/brand#{name}", f"Write down {words}") for name, words in unsaid]:
        yield Missing(
            f"Your mails do not say yet who you are: {settings().unsaid} "
            f"{'is' if len(ways) == 1 else 'are'} missing.",
            *ways[0],
            Role.OWNER,
            more=tuple(ways[1:]),
        )


def _people(campaign: Campaign, found: eligibility.Sorted) -> Iterator[Missing]:
    whom = f"/staff/campaigns/{campaign.id}/audience"
    if found.eligible:
        return
    if (
        db.session.scalar(sa.select(Advocate.id).where(Advocate.erased_at.is_(None)).limit(1))
        is None
    ):
        yield Missing(
            "There are no customers here yet, so nobody would get it.",
            "/staff/imports/new",
            "Import your customers",
        )
    elif not found.not_now:
        text = "No customer matches what you chose, so nobody would get it."
        yield Missing(text, whom, "Change who gets it")
    else:
        everyone = len(found.not_now)
        text = (
            "The one person it is for cannot be asked now; why stands below."
            if everyone == 1
            else f"None of the {everyone:,} people it is for can be asked now; why stands below."
        )
        yield Missing(text, whom, "Change who gets it")


def _day(campaign: Campaign) -> Iterator[Missing]:
    if campaign.deadline < clock.now().date():
        yield Missing(
            "Its last day has passed.",
            f"/staff/campaigns/{campaign.id}/edit#deadline",
            "Choose a later day",
        )


def _audience(campaign: Campaign) -> Iterator[Missing]:
    if sentence := eligibility.fault(campaign.audience, campaign.actions):
        yield Missing(sentence, f"/staff/campaigns/{campaign.id}/audience", "Change who gets it")
