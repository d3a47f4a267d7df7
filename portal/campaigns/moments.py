"""Signs of a good moment to ask, and how much each counts. Not for reviews (T19)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate, Signal, SignalKind
from portal.campaigns.models import MomentWeights
from portal.db import db, lock
from portal.errors import Unfit
from portal.history.actions import record
from portal.staff.models import Staff
from portal.staff.overtaking import overtaken

RECENT = timedelta(days=90)
HEAVY_USE = 80
SIGNS = {
    "renewal": ("Renewed in the last 90 days", 3),
    "usage": (f"Uses us a lot: {HEAVY_USE} of 100 or more", 2),
    "praise": ("Gave a high answer in the last 90 days", 3),
    "community": ("Was active in the community in the last 90 days", 1),
}
KIND_ANSWERS = {SignalKind.NPS: 9, SignalKind.CSAT: 5, SignalKind.CES: 6, SignalKind.RATING: 5}


def weights() -> dict[str, int]:
    """How much each sign counts now."""
    standard = {name: weight for name, (_, weight) in SIGNS.items()}
    row = newest()
    return standard | (row.weights if row else {})


def newest() -> MomentWeights | None:
    """The last change of the weights, which holds."""
    return next(iter(changes(1)), None)


def changes(most: int = 20) -> Sequence[MomentWeights]:
    """Every change of the weights, newest first."""
    rows = sa.select(MomentWeights).order_by(MomentWeights.id.desc()).limit(most)
    return db.session.scalars(rows).all()


def change_weights(to: Mapping[str, int], *, seen: int | None = None, by: Staff) -> None:
    """Let the signs count otherwise from now on; what they counted before stays on record.

    ``seen`` is the change that held on the page, 0 for none; raises Stale when there is a newer.
    """
    lock("moments.weights")
    row = newest()
    if row and seen not in (None, row.id):
        raise overtaken(row, newest=row.id)
    if set(to) != set(SIGNS) or not all(0 <= weight <= 10 for weight in to.values()):
        raise Unfit("Enter a whole number from 0 to 10 for each sign.")
    new: dict[str, Any] = dict(to)
    if new != weights():
        row = MomentWeights(weights=new, staff=by)
        db.session.add(row)
        record(row, "changed", by=by, **new)


def of(people: Sequence[Advocate]) -> dict[int, list[str]]:
    """The signs that hold for each of these people now, their company’s among them; one query."""
    mates: dict[int, list[int]] = defaultdict(list)
    for person in people:
        mates[person.company_id].append(person.id)
    recent = sa.select(Signal).where(
        sa.or_(
            Signal.advocate_id.in_([person.id for person in people]),
            sa.and_(
                Signal.advocate_id.is_(None),
                Signal.company_id.in_(mates),
                Signal.kind.in_([SignalKind.RENEWAL, SignalKind.USAGE]),
            ),
        ),
        Signal.at > clock.now().date() - RECENT,
    )
    found: dict[int, list[str]] = defaultdict(list)
    for signal in db.session.scalars(recent.order_by(Signal.at)):
        name = sign(signal)
        who = [signal.advocate_id] if signal.advocate_id else mates[signal.company_id]
        for one in who if name else ():
            if name not in found[one]:
                found[one].append(name)
    return found


def sign(signal: Signal) -> str:
    """Which sign of a good moment this is; empty when it is none."""
    if signal.kind in (SignalKind.RENEWAL, SignalKind.COMMUNITY):
        return signal.kind.value
    if signal.kind is SignalKind.USAGE:
        return "usage" if (signal.value or 0) >= HEAVY_USE else ""
    kind_enough = KIND_ANSWERS.get(signal.kind)
    return "praise" if kind_enough and (signal.value or 0) >= kind_enough else ""
