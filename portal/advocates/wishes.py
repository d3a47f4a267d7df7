"""What people decide about themselves: what is right, how often we may ask, and no more of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal import clock, zones
from portal.advocates import signals
from portal.advocates.models import Advocate
from portal.config import settings
from portal.history.actions import Actor, record
from portal.history.actions import forget as forget_notes
from portal.outbox import actions as outbox
from portal.sessions import actions as sessions
from portal.sessions.models import Who

CORRECTABLE = ("first_name", "last_name", "job_title", "phone", "language")
EVERY = (60, 90, 180)  # days between two asks, from which they may choose


def correct(advocate: Advocate, values: dict[str, Any], *, by: Actor) -> None:
    """Put their own particulars right; what stood there before is kept nowhere (GDPR 16)."""
    changed = [name for name in CORRECTABLE if getattr(advocate, name) != values[name]]
    for name in changed:
        setattr(advocate, name, values[name])
    if changed:
        record(advocate, "corrected", by=by, fields=changed)


def prefer(
    advocate: Advocate,
    *,
    paused_until: date | None,
    asks_for: Sequence[str],
    ask_every: int | None,
    wants_updates: bool,
    asked_by: Sequence[str] = (),
    phone: str | None = None,
    by: Actor,
) -> None:
    """Keep how often they may be asked, for what and by which way, and whether good news alone is
    worth a mail. ``phone``: the number for calls, where they gave one."""
    wishes = {
        "paused_until": paused_until,
        "asks_for": list(asks_for),
        "ask_every": ask_every,
        "wants_updates": wants_updates,
        "asked_by": list(asked_by),
        "phone": advocate.phone if phone is None else phone,
    }
    changed = [name for name, value in wishes.items() if getattr(advocate, name) != value]
    for name in changed:
        setattr(advocate, name, wishes[name])
    if changed:
        record(advocate, "said how often we may ask", by=by)
        _call_off(advocate)


def clock_of(advocate: Advocate) -> str:
    """The clock by which their night is kept: as they or we noted, else their country’s where it
    has one alone, else the one our team plans on."""
    said = advocate.time_zone if advocate.time_zone != "UTC" else ""
    return said or zones.of_country(advocate.country) or settings().brand_time_zone


def live_in(advocate: Advocate, zone: str) -> None:
    """Show them times as on their own clock, from now on."""
    if zone in zones.known():
        advocate.time_zone = zone


def pause(advocate: Advocate, until: date, *, by: Actor) -> None:
    """Ask nothing of them before this day. A longer pause they chose stays."""
    if advocate.paused_until is None or advocate.paused_until < until:
        advocate.paused_until = until
        record(advocate, "said how often we may ask", by=by)
        _call_off(advocate)


def _call_off(advocate: Advocate) -> None:
    """An ask on its way that they want no more does not arrive."""
    paused = advocate.paused_until and advocate.paused_until >= clock.now().date()
    if paused or not advocate.takes_mail:
        outbox.call_off_asks(advocate.email)


def restrict(advocate: Advocate, *, by: Actor) -> None:
    """Keep what we hold and do nothing with it: nothing shown, nothing mailed (GDPR 18)."""
    if advocate.restricted_at is None:
        advocate.restricted_at = clock.now()
        outbox.restrict(advocate.email)
        record(advocate, "restricted", by=by)


def lift_restriction(advocate: Advocate, *, by: Actor) -> None:
    """Everything stands again as it stood before the restriction."""
    if advocate.restricted_at:
        advocate.restricted_at = None
        outbox.lift_restriction(advocate.email)
        record(advocate, "restriction lifted", by=by)


def forget(advocate: Advocate, *, by: Actor) -> None:
    """Leave a number where the person was (T36). Their company stays; their address is kept as
    a hash that no mail and no import gets past."""
    outbox.suppress(advocate.email, reason=outbox.ERASED)
    outbox.forget_person(advocate.email, [advocate.subject])
    sessions.forget(Who.ADVOCATE, advocate.id)
    forget_notes([advocate.subject])
    signals.forget(advocate)
    now = clock.now()
    advocate.first_name, advocate.last_name = "Erased", f"person {advocate.id}"
    advocate.email, advocate.email_key = "", f"erased:{advocate.id}"
    advocate.job_title = advocate.phone = advocate.city = advocate.country = ""
    advocate.language, advocate.time_zone, advocate.asks_for = "en", "UTC", []
    advocate.asked_by = []
    advocate.external_id = advocate.customer_since = None
    advocate.paused_until = advocate.ask_every = None
    advocate.stopped_at = advocate.stopped_at or now
    advocate.left_at = advocate.left_at or now
    advocate.erased_at = now
    record(advocate, "erased", by=by)
