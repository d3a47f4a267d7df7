"""Who may be asked for what, and why not now: one place that says so, in words."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.advocates import narrowing
from portal.advocates.models import Advocate, Company
from portal.campaigns import destinations, facts
from portal.campaigns.facts import Facts, last_asked
from portal.campaigns.models import Action, Campaign, Invitation
from portal.config import settings
from portal.db import db, lock
from portal.platforms import rules

__all__ = ["last_asked"]

# What may narrow an audience; none of it says how happy anyone is.
FILTERS = ("search", "country", "company", "sector", "language", "tag", "owner")
# Where a review is asked for, nobody picks by hand, by name or by a word of our own (T19).
FOR_REVIEWS = {"country", "sector", "language", "sample", "seed"}
TELLS_A_STORY = (Action.CASE_STUDY, Action.WEBINAR)

NotNow = tuple[Advocate, str]


# ── One person, one kind of ask ────────────────────────────────────────────────────────────


def why_not(person: Advocate, action: Action | str, known: Facts) -> list[str]:
    """Every reason, as a sentence, not to ask this person for this now; empty: we may.

    Whom we ask for a review does not depend on how happy anyone is with us (T19): what is known
    of that is not even looked at.
    """
    action = Action(action)
    reasons = [
        *closed(person, known),
        *too_soon(person, known),
        *of_the_kind(person, action, known),
    ]
    if action is not Action.REVIEW:
        reasons += bad_moment(person, known)
    return reasons


def closed(person: Advocate, known: Facts) -> list[str]:
    """Why no mail that asks for something may go to this person at all, however long ago the
    last one was: this is looked at once more when a mail is about to be promised."""
    reasons = []
    if person.erased_at or person.restricted_at:
        reasons.append("Asked us to do nothing with what we hold about them.")
    if person.merged_into_id:
        reasons.append("Is the same person as another customer here.")
    if person.left_at:
        reasons.append(f"Left {person.company.name}, noted on {day(person.left_at)}.")
    return reasons + [said for row in rows_of(person, known) for said in wishes(row, known)]


def wishes(person: Advocate, known: Facts) -> list[str]:
    """What someone said, or their mailbox did, that holds for every row that is them."""
    reasons = []
    if person.stopped_at:
        reasons.append(f"Asked us on {day(person.stopped_at)} to stop inviting them.")
    elif said := known.no_mail.get(person.email):
        reasons.append(said)
    if person.paused_until and person.paused_until >= clock.now().date():
        reasons.append(f"Asked us to wait until after {day(person.paused_until)}.")
    return reasons


def rows_of(person: Advocate, known: Facts) -> list[Advocate]:
    """The person, and the other rows here that are the same person."""
    return [person, *known.same.get(person.id, ())]


def too_soon(person: Advocate, known: Facts) -> list[str]:
    """The limits on how often we ask, over all campaigns."""
    reasons, asked = [], known.asked.get(person.id)
    pause = max(ask_every(row) for row in rows_of(person, known))
    if asked and asked + pause > clock.now():
        again = day(asked + pause)
        reasons.append(f"Asked on {day(asked)}; can be asked again from {again}.")
    most, count = settings().asks_per_company, known.company_asks.get(person.company_id, 0)
    if most and count >= most and not reasons:
        reasons.append(
            f"{count} people at {person.company.name} were asked in the last "
            f"{settings().ask_every_days} days, and no more than {most} may be."
        )
    return reasons


def of_the_kind(person: Advocate, action: Action, known: Facts) -> list[str]:
    """What speaks against asking them for just this."""
    reasons = []
    for row in rows_of(person, known):
        if row.asks_for and action.value not in row.asks_for:
            reasons.append(f"Wants to be asked only for: {', '.join(row.asks_for)}.")
    if said_no := known.declined.get(person.id, {}).get(action.value):
        reasons.append(f"Would rather not do this: said so to the invitation of {day(said_no)}.")
    if action in TELLS_A_STORY and person.company_id in known.forbidding:
        reasons.append(f"{person.company.name} allows no story about itself.")
    return reasons


def bad_moment(person: Advocate, known: Facts) -> list[str]:
    """Why it would be tactless to ask for a favour now. Never read for reviews (T19)."""
    reasons = []
    if since := known.tickets.get(person.id):
        reasons.append(f"Has a ticket open since {day(since)}.")
    if said := known.unhappy.get(person.id):
        reasons.append(f"Answered {said.value:g} to {said.kind.upper()} on {day(said.at)}.")
    return reasons


def ask_every(person: Advocate) -> timedelta:
    """How long we leave this person alone after an ask: our limit, or theirs when it is longer."""
    return timedelta(days=max(settings().ask_every_days, person.ask_every or 0))


# ── A whole audience ───────────────────────────────────────────────────────────────────────


@dataclass
class Sorted:
    """An audience: who may be asked now, and who may not, each with the reasons."""

    eligible: list[Advocate] = field(default_factory=list)
    not_now: list[NotNow] = field(default_factory=list)
    unasked: dict[int, list[str]] = field(default_factory=dict)  # what to leave out, by person

    def refuse(self, person: Advocate, *reasons: str) -> None:
        self.not_now.append((person, " ".join(dict.fromkeys(reasons))))


def sort(wanted: dict[str, Any], *, campaign: Campaign | None = None) -> Sorted:
    """Everyone an audience names, sorted into those who may be asked now and the others."""
    people, found = matching(wanted), Sorted()
    known = facts.of(people)
    invited = invited_ids(campaign) if campaign else set()
    platform = destinations.rule_of(campaign) if campaign else None
    actions = [Action(action) for action in campaign.actions] if campaign else [Action.QUOTE]
    for person in people:
        reasons = {action: why_not(person, action, known) for action in actions}
        if person.id in invited:
            found.refuse(person, "Already invited to this campaign.")
        elif barred := rules.not_there(platform, person.company.sector, person.email):
            found.refuse(person, barred)
        elif all(reasons.values()):
            found.refuse(person, *[reason for said in reasons.values() for reason in said[:1]])
        else:
            found.eligible.append(person)
            found.unasked[person.id] = [action.value for action in actions if reasons[action]]
    draw(found, wanted)
    spread(found, known)
    return found


def draw(found: Sorted, wanted: dict[str, Any]) -> None:
    """Leave a random sample where one is wanted: the same one for the same seed (T19)."""
    if not (count := wanted.get("sample")):
        return
    drawn = sorted(found.eligible, key=lambda person: lot(wanted["seed"], person.id))[:count]
    chosen = {person.id for person in drawn}
    for person in found.eligible:
        if person.id not in chosen:
            found.refuse(person, "Not drawn: a random sample is asked.")
    found.eligible = [person for person in found.eligible if person.id in chosen]


def lot(seed: str, person_id: int) -> str:
    """The lot of one person in a draw."""
    return hashlib.sha256(f"{seed}:{person_id}".encode()).hexdigest()


def spread(found: Sorted, known: Facts) -> None:
    """Ask no more people of one company than may be, counting those of this audience too."""
    most = settings().asks_per_company
    if not most:
        return
    asked, eligible = Counter(known.company_asks), found.eligible
    found.eligible = []
    for person in eligible:
        asked[person.company_id] += 1
        if asked[person.company_id] > most:
            found.refuse(person, f"{most} people at {person.company.name} are asked already.")
        else:
            found.eligible.append(person)


def for_asking(campaign: Campaign) -> Sorted:
    """The same, for whoever is about to write the asks down: one at a time, over all campaigns,
    so that fifty who send at once ask nobody twice."""
    lock("asks")
    return sort(campaign.audience, campaign=campaign)


def fault(wanted: dict[str, Any], actions: Sequence[str]) -> str:
    """Why this audience may not be asked for these things, as a sentence; empty when it may."""
    named = {name for name, value in wanted.items() if value}
    if Action.REVIEW.value in actions and (named - FOR_REVIEWS or "ids" in wanted):
        return (
            "A campaign that asks for reviews goes to everyone who may be asked, in a country, "
            "sector or language if you like, or to a random sample of them. Nobody is picked by "
            "hand, by a search, a company, a tag or an owner. Ask for reviews in a campaign of "
            "their own."
        )
    return ""


def matching(wanted: dict[str, Any]) -> Sequence[Advocate]:
    """Everyone an audience names, askable or not: the people picked, or all the filter finds."""
    found = (
        sa.select(Advocate)
        .join(Advocate.company)
        .where(Advocate.erased_at.is_(None), Advocate.merged_into_id.is_(None))
        .order_by(Company.name, Advocate.id)
    )
    if "ids" in wanted:
        found = found.where(Advocate.id.in_(wanted["ids"]))
    if search := (wanted.get("search") or "").strip():
        whole = Advocate.first_name + " " + Advocate.last_name
        looked_at = (whole, Advocate.email, Advocate.job_title, Company.name)
        found = found.where(
            sa.or_(*(column.icontains(search, autoescape=True) for column in looked_at))
        )
    for name, column in (
        ("country", Advocate.country),
        ("language", Advocate.language),
    ):
        if value := wanted.get(name):
            found = found.where(column == value)
    if company := wanted.get("company"):  # also one it was known by when this was written
        known_as = sa.select(sa.func.coalesce(Company.merged_into_id, Company.id))
        found = found.where(Advocate.company_id.in_(known_as.where(Company.name == company)))
    few = {name: str(wanted.get(name) or "") for name in ("sector", "tag", "owner")}
    return db.session.scalars(narrowing.Narrow(**few).apply(found)).all()


def invited_ids(campaign: Campaign) -> set[int]:
    """Who has an invitation to this campaign already, under whichever of their rows."""
    rows = sa.select(Advocate.id, Advocate.merged_into_id).join(
        Invitation, Invitation.advocate_id == Advocate.id
    )
    found = db.session.execute(rows.where(Invitation.campaign_id == campaign.id))
    return {number for row in found for number in row if number}


def day(moment: date) -> str:
    """24 November 2026"""
    return f"{moment.day} {moment:%B %Y}"
