"""The rules as owners set them, and what a person decided about a lead that stood out (T35)."""

import sqlalchemy as sa

from portal import clock
from portal.db import db, lock, lock_row
from portal.errors import NotAllowed, NotFound
from portal.history import queries as history
from portal.history.actions import Actor, record
from portal.history.models import Entry
from portal.referrals import rewarding, signals
from portal.referrals.models import Lead, RiskRule, Severity
from portal.staff.overtaking import overtaken


def change(
    key: str, *, is_on: bool, severity: Severity, threshold: int | None, seen: int, by: Actor
) -> None:
    """Set one rule from now on; what was noticed before stays as it is. Kept in the history.

    Raises Stale when someone set it since ``seen``.
    """
    rule = signals.BY_KEY.get(key)
    if rule is None:
        raise NotFound("There is no such rule.")
    lock("referrals.risk")
    was = signals.as_set()[key]
    wanted = (is_on, Severity(severity), threshold if rule.threshold else None)
    if wanted == (was.is_on, was.severity, was.threshold):
        return
    row = db.session.scalar(sa.select(RiskRule).where(RiskRule.key == key)) or RiskRule(key=key)
    if was.version != seen:
        raise overtaken(row, newest=was.version)
    row.is_on, row.severity, row.threshold = wanted
    db.session.add(row)
    record(row, "rule set", by=by, was=_data(was), now=_data(row))


def _data(how) -> dict:
    return {"on": how.is_on, "severity": how.severity.value, "threshold": how.threshold}


def changes() -> list[tuple[signals.Rule, Entry]]:
    """Who set which rule, newest first."""
    rows = {row.subject: row for row in db.session.scalars(sa.select(RiskRule))}
    entries = history.of(*rows.values()) if rows else []
    return [(signals.BY_KEY[rows[entry.about].key], entry) for entry in reversed(entries)]


def release(lead: Lead, *, note: str, by: Actor) -> None:
    """A person looked and nothing is wrong: the reward goes its way. Twice is harmless."""
    lock_row(lead)
    if not lead.open_signals and lead.no_reward != "refused":
        return
    _decide(lead, note, by)
    if lead.no_reward == "refused":
        lead.no_reward = ""
    record(lead, "released", by=by)
    rewarding.settle(lead)


def refuse(lead: Lead, *, note: str, by: Actor) -> None:
    """A person looked and this one earns no reward; the lead itself goes on. Twice is harmless.

    Raises NotAllowed without a reason, or when the reward was sent already.
    """
    lock_row(lead)
    if lead.no_reward == "refused":
        return
    if rewarding.was_sent(lead):
        raise NotAllowed("The reward for this lead was sent already.")
    _decide(lead, note, by)
    lead.no_reward = "refused"
    record(lead, "no reward", by=by)
    rewarding.settle(lead)


def _decide(lead: Lead, note: str, by: Actor) -> None:
    if not note.strip():
        raise NotAllowed("Say why, for whoever asks later.")
    for one in lead.open_signals:
        one.cleared_at, one.by, one.note = clock.now(), by.subject, note.strip()
    lead.updated_at = clock.now()
