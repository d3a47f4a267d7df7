"""Tell authors once a month what their words did; stop telling them with one press."""

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.config import settings
from portal.db import db, lock
from portal.history.actions import Actor, record
from portal.impact.models import ImpactNotice
from portal.impact.queries import Impact, by_person, who_has_words, with_words_shown
from portal.links.models import Kind
from portal.outbox import actions as outbox


def monthly() -> int:
    """One mail to everyone whose words did something since the last; gives how many. Once a month
    however often it runs, and never to who muted it, wants mail only when needed, or has no words
    that are shown: its reason is that they are."""
    lock("impact")
    sent = 0
    totals, shown = by_person(), with_words_shown()
    wrote = sa.select(Advocate).where(Advocate.id.in_(who_has_words()))
    for person in db.session.scalars(wrote).all():
        if person.id not in shown:
            continue
        notice = _notice(person)
        more = Impact(
            totals[person.id].reads - notice.reads, totals[person.id].deals - notice.deals
        )
        if more and _may_tell(person, notice):
            _tell(person, notice, more, totals[person.id])
            sent += 1
    return sent


def mute(advocate: Advocate, *, by: Actor) -> None:
    """No such mail any more; the numbers stay on their page. Twice is harmless."""
    notice = _notice(advocate)
    if notice.muted_at is None:
        notice.muted_at = clock.now()
        record(advocate, "muted what their words did", by=by)


def unmute(advocate: Advocate, *, by: Actor) -> None:
    """Tell them again."""
    notice = _notice(advocate)
    if notice.muted_at:
        notice.muted_at = None
        record(advocate, "wants to hear what their words did", by=by)


def forget(advocate: Advocate) -> None:
    """Let go of what a person who is being erased was told (T36)."""
    db.session.execute(sa.delete(ImpactNotice).where(ImpactNotice.advocate_id == advocate.id))


def _notice(person: Advocate) -> ImpactNotice:
    found = db.session.get(ImpactNotice, person.id)
    if found is None:
        found = ImpactNotice(advocate_id=person.id, reads=0, deals=0, told_at=person.created_at)
        db.session.add(found)
    return found


def _may_tell(person: Advocate, notice: ImpactNotice) -> bool:
    now = clock.now()
    this_month = (notice.told_at.year, notice.told_at.month) == (now.year, now.month)
    gone = person.left_at or person.restricted_at or person.erased_at
    told_already = this_month and (notice.reads or notice.deals)
    return not (gone or told_already or notice.muted_at) and person.wants_updates


def _tell(person: Advocate, notice: ImpactNotice, more: Impact, total: Impact) -> None:
    notice.reads, notice.deals, notice.told_at = total.reads, total.deals, clock.now()
    outbox.email(
        person.email,
        "impact",
        about=person,
        links={"mute_url": (Kind.MUTE, person)},
        first_name=person.first_name,
        done=str(more),
        total=str(total) if total != more else "",
        url=f"{settings().base_url}/me",
    )
