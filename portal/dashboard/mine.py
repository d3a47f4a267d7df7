"""What of all this is one colleague’s: taken on, looked after, owned, planned, proposed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from portal import clock
from portal.dashboard.kinds import KINDS
from portal.db import db
from portal.events import models as events
from portal.interviews import models as interviews
from portal.nominations import models as nominations
from portal.queue import queries as queue
from portal.queue.queries import View, Waiting
from portal.referrals.models import Lead, Stage
from portal.staff.models import Staff

MOST = 5  # of each kind; a link leads to the rest
LATELY = timedelta(days=30)
NEXT = {
    Stage.CONTACTED: "Contacted. Next: find out whether it is a good fit.",
    Stage.QUALIFIED: "A good fit. Next: meet them.",
    Stage.MEETING: "You meet. Next: say whether they became a customer.",
}


@dataclass(frozen=True)
class Line:
    """One thing of theirs in words, and where it is dealt with."""

    title: str
    hint: str
    endpoint: str
    values: dict[str, int]
    at: datetime | None = None  # when it takes place
    zone: str = "UTC"  # the clock its own page tells the time by


@dataclass(frozen=True)
class Mine:
    """All of it, a few of each."""

    claimed: Sequence[Waiting]  # they said they are on it
    own: Sequence[Waiting]  # of their customers, leads and events
    leads: Sequence[Line]
    talks: Sequence[Line]
    proposals: Sequence[Line]

    @property
    def waiting(self) -> list[Waiting]:
        return [*self.claimed, *self.own]

    def __bool__(self) -> bool:
        return any((self.claimed, self.own, self.leads, self.talks, self.proposals))


def of(person: Staff) -> Mine:
    """A few questions, the same number however much there is."""
    claimed = queue.page(KINDS, View(show="mine"), person, MOST).items
    own = queue.page(KINDS, View(show="own"), person, MOST + len(claimed)).items
    return Mine(
        claimed,
        without(own, claimed)[:MOST],
        leads(person),
        sorted([*planned_interviews(person), *planned_events(person)], key=when)[:MOST],
        [told(one) for one in proposed(person)],
    )


def longest(person: Staff, mine: Mine) -> Sequence[Waiting]:
    """What waits longest for anyone, without what is said to be theirs already."""
    found = queue.page(KINDS, View(), person, MOST + len(mine.waiting)).items
    return without(found, mine.waiting)[:MOST]


def without(found: Sequence[Waiting], those: Sequence[Waiting]) -> list[Waiting]:
    places = {str(one.place) for one in those}
    return [one for one in found if str(one.place) not in places]


# ── Of theirs, and nobody waits for it ─────────────────────────────────────────────────────


def leads(person: Staff) -> list[Line]:
    """Leads they own that are on their way, the one nobody touched for longest first; a new one
    waits in the queue."""
    theirs = sa.select(Lead).where(Lead.owner_id == person.id, Lead.stage.in_(NEXT))
    theirs = theirs.order_by(Lead.updated_at, Lead.id).options(lazyload(Lead.signals)).limit(MOST)
    return [
        Line(f"{one.name}, {one.company}", NEXT[one.stage], "referrals.lead", {"lead_id": one.id})
        for one in db.session.scalars(theirs)
    ]


def planned_interviews(person: Staff) -> Iterator[Line]:
    """Until they are over: then they wait in the queue."""
    model, state = interviews.Interview, interviews.State
    over = clock.now() - timedelta(minutes=interviews.MINUTES)
    agreed = sa.and_(model.state == state.CONFIRMED, model.starts_at > over)
    ahead = sa.or_(model.state == state.PROPOSED, agreed)
    theirs = sa.select(model).where(model.staff_id == person.id, ahead)
    for one in db.session.scalars(theirs.order_by(model.starts_at, model.id).limit(MOST)):
        named = one.state is state.PROPOSED
        yield Line(
            f"Interview with {one.advocate.name}",
            "You proposed times; they have yet to choose." if named else f"By {one.medium}.",
            "interviews.show",
            {"id": one.id},
            None if named else one.starts_at,
            one.time_zone,
        )


def planned_events(person: Staff) -> Iterator[Line]:
    model = events.Event
    ahead = model.state.in_([events.State.OPEN, events.State.FULL]), model.starts_at > clock.now()
    theirs = sa.select(model).where(model.staff_id == person.id, *ahead)
    for one in db.session.scalars(theirs.order_by(model.starts_at, model.id).limit(MOST)):
        yield Line(
            one.title,
            f"{len(one.confirmed)} of {one.seats} speakers confirmed.",
            "events.show",
            {"id": one.id},
            one.starts_at,
            one.time_zone,
        )


def when(line: Line) -> tuple[bool, datetime]:
    """What has a day first, the soonest on top."""
    return line.at is None, line.at or clock.now()


def proposed(person: Staff) -> Sequence[nominations.Nomination]:
    """The customers they proposed, until a month after somebody decided."""
    model = nominations.Nomination
    lately = sa.or_(model.decided_at.is_(None), model.decided_at > clock.now() - LATELY)
    theirs = sa.select(model).where(model.staff_id == person.id, lately)
    newest = theirs.order_by(model.id.desc()).limit(MOST)
    return db.session.scalars(newest.options(joinedload(model.decided_by))).all()


def told(one: nominations.Nomination) -> Line:
    by = one.decided_by.name if one.decided_by else "a colleague"
    said = {
        nominations.State.WAITING: "Nobody has decided yet.",
        nominations.State.ACCEPTED: f"Accepted by {by}: campaigns find them now.",
        nominations.State.DECLINED: f"Declined by {by}: “{one.note}”",
    }
    return Line(one.advocate.name, said[one.state], "nominations.show", {"id": one.id})
