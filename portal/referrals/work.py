"""What the sales people note about a lead, and many moves at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.db import db, lock_row
from portal.errors import NotAllowed, Refusal
from portal.history import queries as history
from portal.history.actions import Actor, record
from portal.history.models import Entry
from portal.referrals import actions
from portal.referrals.actions import NOTED
from portal.referrals.models import Lead, Stage
from portal.referrals.rewarding import hold_all as hold_all
from portal.referrals.undoing import LEAD
from portal.staff.models import Staff
from portal.staff.overtaking import overtaken
from portal.undo.actions import undoable


def describe(
    lead: Lead,
    *,
    owner: Staff | None,
    value_cents: int | None,
    currency: str,
    crm_id: str,
    seen: int,
    by: Actor,
) -> None:
    """Say whose a lead is, what it is worth in cents, and its number in the CRM.

    Raises Stale when someone changed the lead since ``seen``, NotAllowed when the number is
    another lead's.
    """
    lock_row(lead)
    wanted: dict[str, Any] = {
        "owner_id": owner.id if owner else None,
        "value_cents": value_cents,
        "currency": currency,
        "crm_id": crm_id or None,
    }
    changed = {name: value for name, value in wanted.items() if getattr(lead, name) != value}
    if not changed:
        return
    if lead.version != seen:
        raise overtaken(lead, newest=lead.version, but=[NOTED])
    if crm_id and (other := at_crm(crm_id)) and other is not lead:
        raise NotAllowed(f"“{crm_id}” is the CRM number of another lead: {other.name}.")
    for name, value in changed.items():
        setattr(lead, name, value)
    lead.updated_at = clock.now()
    try:
        db.session.flush()
    except IntegrityError:
        raise NotAllowed(f"“{crm_id}” is the CRM number of another lead.") from None
    record(lead, "described", by=by, **changed)


def at_crm(crm_id: str) -> Lead | None:
    return db.session.scalar(sa.select(Lead).where(Lead.crm_id == crm_id))


def note(lead: Lead, text: str, *, by: Actor) -> None:
    """Write something down for colleagues; it goes with the prospect's details (T36)."""
    if not text.strip():
        raise NotAllowed("Enter a note.")
    record(lead, NOTED, by=by, note=text.strip())


def notes(lead: Lead) -> list[Entry]:
    """What colleagues wrote down, oldest first."""
    return [one for one in history.of(lead) if one.verb == NOTED and one.note]


# ── Many at once ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Moved:
    """What became of one of many moves."""

    lead: Lead
    was: Stage
    refusal: str = ""


def move_all(
    wanted: Iterable[tuple[int, int]], stage: Stage, *, note: str, by: Staff
) -> Sequence[Moved]:
    """Move leads (id, version seen) to one stage; each one for itself, and each with its outcome
    and its own way back.

    All are locked before the first of them moves, and so are the rewards left in their campaigns:
    whoever waits for those must need no further lead, and holds none of another campaign.
    """
    picked = sorted(wanted)
    leads = hold_all({lead_id for lead_id, _ in picked})
    done = []
    for lead_id, seen in picked:
        lead = leads.get(lead_id)
        if lead is None:
            continue
        was, refusal = lead.stage, ""
        if was is stage and not history.of_this_post(about=lead.subject):
            refusal = "It stood there already."
        try:
            with db.session.begin_nested(), undoable(LEAD, lead, by=by):
                actions.move(lead, stage, seen=seen, note=note, by=by)
        except Refusal as why:
            refusal = str(why)
        done.append(Moved(lead, was, refusal))
    return done
