"""Erase one person everywhere, and tell the team what they have to know."""

from typing import Any

from portal.advocates import actions as advocates
from portal.advocates import wishes
from portal.advocates.models import Advocate
from portal.campaigns import later as invitations
from portal.config import settings
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.db import lock_row
from portal.handovers import actions as handovers
from portal.history.actions import Actor
from portal.impact import actions as impact
from portal.incentives import actions as incentives
from portal.media import actions as media
from portal.media import files
from portal.nominations import actions as nominations
from portal.outbox import actions as outbox
from portal.privacy import requests
from portal.publishing import actions as publishing
from portal.publishing import undoing
from portal.referrals import forgetting as referrals
from portal.renewals import actions as renewals
from portal.staff import queries as staff
from portal.submissions import forgetting as submissions


def erase(advocate: Advocate, *, by: Actor, circumstances: Circumstances) -> list[str]:
    """Let go of one person in every domain (T36). Twice is harmless.

    The keys of stored files come back: the caller deletes those once this is committed.
    """
    lock_row(advocate)
    if advocate.erased_at:
        return []
    undoing.forget(advocate)
    requests.forget(advocate)
    nominations.forget(advocate)
    handovers.forget(advocate)
    publishing.forget(advocate)
    renewals.forget(advocate)
    impact.forget(advocate)
    submissions.forget(advocate, by=by, circumstances=circumstances)
    referrals.forget(advocate, by=by)
    consent.forget(advocate, by=by, circumstances=circumstances)
    incentives.forget(advocate, by=by)
    invitations.forget(advocate, by=by)
    photo = media.take_away(advocate, by=by)
    wishes.forget(advocate, by=by)
    return ([photo] if photo else []) + files.forget(advocate.id, by=by)


def moved_on(advocate: Advocate, *, by: Actor) -> None:
    """They changed their job: their words are off the page at once, and the team is told (T29)."""
    if advocate.left_at is None:
        advocates.leave(advocate, by=by)
        tell_owners(advocate, "customer-left")


def ask_for_correction(advocate: Advocate, note: str) -> None:
    """Pass on what only the team can put right: the company, or the mail address itself."""
    asked = requests.ask(advocate, note, by=advocate)
    due = f"{asked.due.day} {asked.due:%B %Y}"
    where = f"/staff/data-requests/{asked.id}"
    tell_owners(advocate, "customer-correction", where, note=note, due=due)


def tell_owners(advocate: Advocate, template: str, where: str = "", **words: Any) -> None:
    where = where or f"/staff/customers/{advocate.id}"
    for owner in staff.owners():
        outbox.email(
            owner.email,
            template,
            about=advocate,
            first_name=owner.name,
            customer=advocate.name,
            company=advocate.company.name,
            url=f"{settings().base_url}{where}",
            **words,
        )
