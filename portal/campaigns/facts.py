"""What bears on whether people may be asked, fetched for many of them at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from portal import clock
from portal.advocates import merging
from portal.advocates.models import Advocate, Signal, SignalKind
from portal.campaigns.models import Ask, Campaign, Invitation, InvitationState
from portal.config import settings
from portal.consent.models import OrgApproval, OrgVerdict
from portal.db import db
from portal.outbox import actions as outbox

RECENT = timedelta(days=90)  # how long an answer to a survey speaks for how someone feels
DECLINED_FOR = timedelta(days=180)  # how long a no to one kind of ask is left alone
BATCH = 5_000
# The highest answer that says someone is unhappy.
UNHAPPY = {SignalKind.NPS: 6, SignalKind.CSAT: 2, SignalKind.CES: 3, SignalKind.RATING: 2}


@dataclass
class Facts:
    """By person (``company_asks``, ``forbidding`` by company). Nothing here is stored."""

    asked: dict[int, datetime] = field(default_factory=dict)  # the last time, in any campaign
    company_asks: dict[int, int] = field(default_factory=dict)  # in the time of one ask
    no_mail: dict[str, str] = field(default_factory=dict)  # address → why nothing goes there
    declined: dict[int, dict[str, datetime]] = field(default_factory=dict)  # by kind of ask
    forbidding: set[int] = field(default_factory=set)  # companies that allow no story of theirs
    same: dict[int, list[Advocate]] = field(default_factory=dict)  # other rows that are them
    # How they feel. Read for everything but reviews (T19).
    tickets: dict[int, date] = field(default_factory=dict)  # open since
    unhappy: dict[int, Signal] = field(default_factory=dict)


def about_mail(people: Sequence[Advocate]) -> Facts:
    """Only what says whether mail may go to these people at all."""
    same: dict[int, list[Advocate]] = {}
    for some in batches(person.id for person in people):
        same |= merging.same_as(some)
    rows = [*people, *(row for others in same.values() for row in others)]
    return Facts(no_mail=outbox.reasons_among([row.email for row in rows]), same=same)


def of(people: Sequence[Advocate]) -> Facts:
    """The facts about these people; a handful of queries however many they are."""
    facts = about_mail(people)
    same = facts.same
    rows = [*people, *(row for others in same.values() for row in others)]
    companies = {row.company_id for row in rows}
    for some in batches({row.id for row in rows}):
        facts.asked |= last_asked(some)
        facts.declined |= declined(some)
    for some in batches(companies):
        facts.company_asks |= asks_by_company(some)
        facts.forbidding |= forbidding(some)
    feelings(rows, facts)
    for person, others in same.items():
        for other in others:
            join(facts, person, other.id)
    return facts


def join(facts: Facts, person: int, other: int) -> None:
    """What holds for another row of the same person holds for them."""
    if other in facts.asked:
        facts.asked[person] = max(facts.asked[other], facts.asked.get(person, facts.asked[other]))
    if other in facts.declined:
        facts.declined[person] = facts.declined[other] | facts.declined.get(person, {})
    if other in facts.tickets:
        facts.tickets.setdefault(person, facts.tickets[other])
    if other in facts.unhappy:
        facts.unhappy.setdefault(person, facts.unhappy[other])


def batches(ids: Iterable[int]) -> Iterator[list[int]]:
    """These ids, as many at a time as go into one query."""
    whole = sorted(ids)
    return (whole[start : start + BATCH] for start in range(0, len(whole), BATCH))


def last_asked(ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these people was last asked for anything, by us, in any campaign."""
    newest = (
        sa.select(Ask.advocate_id, sa.func.max(Ask.at))
        .where(Ask.advocate_id.in_(ids))
        .group_by(Ask.advocate_id)
    )
    return dict(db.session.execute(newest).all())


def asks_by_company(ids: Sequence[int]) -> dict[int, int]:
    """How many people of each company were asked in the time one ask is good for."""
    since = clock.now() - timedelta(days=settings().ask_every_days)
    person = sa.func.coalesce(Advocate.merged_into_id, Ask.advocate_id)
    people = sa.func.count(sa.distinct(person))
    return dict(
        db.session.execute(
            sa.select(Advocate.company_id, people)
            .join(Ask, Ask.advocate_id == Advocate.id)
            .where(Advocate.company_id.in_(ids), Ask.at > since)
            .group_by(Advocate.company_id)
        ).all()
    )


def declined(ids: Sequence[int]) -> dict[int, dict[str, datetime]]:
    """Which kinds of ask each of these people said no to lately."""
    rows = db.session.execute(
        sa.select(
            Invitation.advocate_id,
            Invitation.created_at,
            Invitation.state,
            Invitation.declined_actions,
            Invitation.unasked,
            Campaign.actions,
        )
        .join(Campaign, Campaign.id == Invitation.campaign_id)
        .where(Invitation.advocate_id.in_(ids), Invitation.created_at > clock.now() - DECLINED_FOR)
        .order_by(Invitation.created_at)
    )
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    for person, at, state, refused, unasked, asked in rows:
        no_to = asked if state is InvitationState.DECLINED else refused
        found[person] |= dict.fromkeys(set(no_to) - set(unasked), at)
    return found


def forbidding(ids: Sequence[int]) -> set[int]:
    """Companies of which somebody said no to being spoken for (T28)."""
    said_no = OrgApproval.verdict == OrgVerdict.FORBIDDEN
    return set(
        db.session.scalars(
            sa.select(OrgApproval.company_id).where(OrgApproval.company_id.in_(ids), said_no)
        )
    )


def feelings(people: Sequence[Advocate], facts: Facts) -> None:
    """Open tickets, of the person or their company as a whole, and unhappy answers of late."""
    mates: dict[int, list[int]] = defaultdict(list)
    for person in people:
        mates[person.company_id].append(person.id)
    known = {person.id for person in people}
    for some in batches(mates):
        for signal in db.session.scalars(telling(some)):
            who = [signal.advocate_id] if signal.advocate_id else mates[signal.company_id]
            for one in known.intersection(who):
                if signal.kind is SignalKind.TICKET:
                    facts.tickets.setdefault(one, signal.at)
                elif unhappy(signal):
                    facts.unhappy[one] = signal
                else:  # they answered more kindly since
                    facts.unhappy.pop(one, None)


def telling(companies: Sequence[int]) -> sa.Select:
    """The open tickets and recent answers at these companies, oldest first."""
    recent = sa.and_(Signal.kind.in_(UNHAPPY), Signal.at > clock.now().date() - RECENT)
    open_ticket = sa.and_(Signal.kind == SignalKind.TICKET, Signal.closed_at.is_(None))
    return (
        sa.select(Signal)
        .where(Signal.company_id.in_(companies), sa.or_(recent, open_ticket))
        .order_by(Signal.at, Signal.id)
    )


def unhappy(signal: Signal) -> bool:
    """Whether this answer says that someone is not happy with us."""
    return signal.value is not None and signal.value <= UNHAPPY[signal.kind]
