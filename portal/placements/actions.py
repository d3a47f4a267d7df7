"""Write down where words are used, and get them back when they may not stay (T26)."""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from portal import clock
from portal.config import settings
from portal.db import db, lock, lock_row
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM, Actor, record
from portal.outbox import actions as outbox
from portal.placements import allowed
from portal.placements.models import DAYS, Kind, Outcome, Placement, Takedown
from portal.placements.words import BECAUSE
from portal.publishing.models import Asset
from portal.staff import queries as staff
from portal.staff.models import Staff
from portal.staff.overtaking import NOTHING, overtaken


@dataclass(frozen=True)
class Proof:
    """What shows that words are gone from a place; one of the three will do."""

    text: str = ""
    url: str = ""
    key: str = ""
    type: str = ""

    def __bool__(self) -> bool:
        return bool(self.text.strip() or self.url.strip() or self.key)


def record_use(
    asset: Asset,
    kind: Kind,
    place: str,
    *,
    owner: Staff,
    by: Actor,
    url: str = "",
    note: str = "",
    names_company: bool = True,
    since: date | None = None,
) -> Placement:
    """Note a place where these words are used. One nobody permitted is noted as well, and at once
    becomes a task to take them down: a register that refuses what is so helps no one."""
    placement = Placement(
        asset=asset,
        kind=kind,
        place=place.strip(),
        url=url.strip(),
        note=note.strip(),
        names_company=names_company,
        owner=owner,
        since=since or clock.now().date(),
    )
    db.session.add(placement)
    record(placement, "recorded", by=by, asset=asset.id)
    if not allowed.is_allowed(placement):
        _open(placement)
    return placement


def end(placement: Placement, *, by: Actor) -> None:
    """The words are no longer used there, by our own choice. Twice is harmless."""
    lock_row(placement)
    if placement.takedown:
        raise NotAllowed("They must come down there. Close that task, with a proof.")
    if placement.ended_at is None:
        placement.ended_at = clock.now()
        record(placement, "ended", by=by)


def hold(takedown: Takedown) -> None:
    """Keep others from changing a task until this is committed; Stale once it is closed."""
    lock_row(takedown)
    if takedown.closed_at:
        raise overtaken(takedown, so=NOTHING)


def finish(takedown: Takedown, outcome: Outcome, proof: Proof, *, by: Actor) -> None:
    """Close a task with what shows that it is done; the first proof stays."""
    hold(takedown)
    if not (proof or takedown.proof_key):
        raise NotAllowed("Say how you know, give an address, or add a picture.")
    takedown.proof, takedown.proof_url = proof.text.strip(), proof.url.strip()
    if proof.key:  # else one that was given before an undo stays
        takedown.proof_key, takedown.proof_type = proof.key, proof.type
    _close(takedown, outcome, by=by)
    takedown.placement.ended_at = clock.now()


def hand_over(takedown: Takedown, owner: Staff, *, by: Actor) -> None:
    """Make it somebody else's task; they hear of it."""
    hold(takedown)
    if takedown.owner_id != owner.id:
        takedown.owner = owner
        record(takedown, "handed over", by=by, note=owner.name)
        _tell(takedown, "takedown")


# ── What the worker does ───────────────────────────────────────────────────────────────────


def look_around() -> int:
    """Open a task for each place where words may not stay, close those that may again, and write
    once to whoever is late. Safe to repeat; gives how many changed."""
    lock("takedowns")
    changed = 0
    for placement in db.session.scalars(overstaying()):
        changed += _open(placement) is not None
    for takedown in db.session.scalars(permitted_again()):
        _close(takedown, Outcome.PERMITTED, by=SYSTEM)
        changed += 1
    for takedown in db.session.scalars(late_and_untold()):
        takedown.reminded_at = clock.now()
        _tell(takedown, "takedown-late")
        changed += 1
    return changed


def overstaying() -> sa.Select:
    """Places where words stand that may not, without a task yet."""
    task = sa.exists().where(Takedown.placement_id == Placement.id, Takedown.closed_at.is_(None))
    return allowed.placed(Placement).where(Placement.ended_at.is_(None), ~task, ~allowed.may_stay())


def permitted_again() -> sa.Select:
    """Open tasks of places where words may stay after all."""
    return (
        allowed.placed(Takedown)
        .join(Takedown, Takedown.placement_id == Placement.id)
        .where(Takedown.closed_at.is_(None), allowed.may_stay())
    )


def late_and_untold() -> sa.Select:
    return sa.select(Takedown).where(
        Takedown.closed_at.is_(None),
        Takedown.due_on < clock.now().date(),
        Takedown.reminded_at.is_(None),
    )


def is_needed() -> bool:
    """Whether there is anything to do; a look that takes no writer's turn."""
    found = (overstaying(), permitted_again(), late_and_untold())
    return any(db.session.execute(query.limit(1)).first() for query in found)


def _open(placement: Placement) -> Takedown:
    takedown = Takedown(
        placement=placement,
        reason=allowed.why_not(placement),
        owner=_owner(placement),
        due_on=clock.now().date() + timedelta(days=DAYS[placement.kind]),
    )
    db.session.add(takedown)
    record(takedown, "opened", by=SYSTEM, note=takedown.reason.value)
    _tell(takedown, "takedown")
    return takedown


def _close(takedown: Takedown, outcome: Outcome, *, by: Actor) -> None:
    takedown.outcome, takedown.closed_at = outcome, clock.now()
    record(takedown, outcome.value, by=by, note=takedown.proof or "")


def _owner(placement: Placement) -> Staff:
    """Whoever put the words there; once they are gone, an owner of the program."""
    if placement.owner.is_active:
        return placement.owner
    return next(iter(staff.owners()), placement.owner)


def _tell(takedown: Takedown, template: str) -> None:
    placement = takedown.placement
    due = takedown.due_on
    outbox.email(
        takedown.owner.email,
        template,
        about=takedown,
        first_name=takedown.owner.name,
        place=placement.place,
        what=placement.what,
        because=BECAUSE[takedown.reason],
        due=f"{due.day} {due:%B %Y}",
        printed=placement.kind is Kind.PRINT,
        url=f"{settings().base_url}/staff/takedowns/{takedown.id}",
    )
