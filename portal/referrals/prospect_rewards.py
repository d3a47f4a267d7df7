"""What a prospect was promised becomes due with the stage, is given once, or refused with a reason.

The stage, the days to wait and the checks are those of the referrer’s reward. That the referrer
said no to theirs, or came to a limit, takes nothing from whoever was promised something.
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from portal.db import db, lock_row
from portal.errors import NotAllowed, Stale
from portal.history.actions import SYSTEM, Actor
from portal.incentives.limits import Limits
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.outbox.models import Message, State
from portal.referrals.models import Lead
from portal.referrals.prospect_ledger import (
    BUDGET,
    DUE,
    EARLIER,
    GIVEN,
    HELD,
    MOVES,
    OPEN,
    REFUSED,
    VOID,
    ProspectReward,
    append,
)
from portal.staff import overtaking

MAIL = "prospect-reward"
BEFORE = "Due before this was kept here. Look whether it was given already."
BEYOND = "The campaign’s budget is used up. It was promised all the same, so a person looks first."
# Why it is refused: what colleagues choose, and what the prospect reads.
GROUNDS: Mapping[str, tuple[str, str]] = {
    "known": (
        "A customer or in talks before",
        "You were a customer, or in talks with us, before this recommendation.",
    ),
    "terms": ("Outside the terms", "It does not meet the terms you were promised it under."),
    "gifts": ("Rules on gifts", "Rules on gifts where you work do not let us give it."),
    "theirs": ("They do not want it", "You told us that you do not want it."),
}


def settle(
    lead: Lead, *, unless: str, limits: Limits, not_before: datetime, earlier: bool = False
) -> None:
    """Make it agree with the lead. ``unless`` says why nothing is due; twice is harmless.

    ``earlier``: it was due before it was kept here, so a person looks whether it was given.
    """
    found = _held_fast(lead)
    if unless or not lead.prospect_promise:
        if found and VOID in MOVES[found.state]:
            append(found, VOID, note=unless, by=SYSTEM)
        return
    if found is None or found.state is VOID:
        found = _owe(lead, found, limits, not_before, BEFORE if earlier else "")
    elif found.state is DUE and lead.hold:
        append(found, HELD, note=lead.hold, by=SYSTEM)
    elif found.state is HELD and not lead.hold and not found.line.ground:
        append(found, DUE, note="A colleague looked at the lead.", by=SYSTEM)
    if found.state is DUE:
        _tell(found, "due")


def _held_fast(lead: Lead) -> ProspectReward | None:
    return db.session.scalar(
        sa.select(ProspectReward).where(ProspectReward.lead_id == lead.id).with_for_update()
    )


def _owe(
    lead: Lead, found: ProspectReward | None, limits: Limits, not_before: datetime, before: str
) -> ProspectReward:
    """Owe it, within the budget or beyond: there a person looks first, for it was promised."""
    limits.wait()
    beyond = limits.is_beyond(lead.prospect_cents)
    found = found or ProspectReward(
        lead=lead, promise=lead.prospect_promise, value_cents=lead.prospect_cents
    )
    found.currency, found.pot, found.not_before = _currency(lead), limits.pot, not_before
    db.session.add(found)
    append(found, DUE, by=SYSTEM)
    if note := " ".join(filter(None, (before, lead.hold, BEYOND if beyond else ""))):
        ground = EARLIER if before else BUDGET if beyond else ""
        append(found, HELD, ground=ground, note=note, by=SYSTEM)
    return found


def _currency(lead: Lead) -> str:
    """That of the campaign’s reward for recommending, which its budget is in as well."""
    offer = lead.link.referral.invitation.campaign.referral_offer
    promise = lead.link.referral.promise
    return promise["currency"] if promise else offer.currency if offer else "EUR"


def give(reward: ProspectReward, *, note: str, seen: int, by: Actor) -> None:
    """Write down that it was given, and how. Twice is harmless."""
    lead = _checked(reward, GIVEN, seen)
    if lead is None:
        return
    if lead.open_signals:
        raise NotAllowed("Decide first about what stood out, on the page of the lead.")
    if day := reward.early_until:
        raise NotAllowed(f"It can be given from {day.day} {day:%B %Y} on, as the terms say.")
    if not note.strip():
        raise NotAllowed("Say how it was given, for whoever asks later.")
    append(reward, GIVEN, note=note.strip(), by=by)
    _tell(reward, "given")


def refuse(reward: ProspectReward, ground: str, *, note: str = "", seen: int, by: Actor) -> None:
    """Decide not to give it; the prospect reads the kind of reason. Twice is harmless."""
    if _checked(reward, REFUSED, seen) is None:
        return
    if ground not in GROUNDS:
        raise NotAllowed("Choose a kind of reason: the prospect reads it.")
    append(reward, REFUSED, ground=ground, note=note.strip(), by=by)
    _tell(reward, "refused", GROUNDS[ground][1])


def hold_fast(reward: ProspectReward) -> None:
    """One act at a time on a lead and what it was promised; reads both anew after the wait."""
    lock_row(reward.lead)
    lock_row(reward)


def _checked(reward: ProspectReward, state, seen: int) -> Lead | None:
    """Its lead, for one act at a time; None when it is done already."""
    hold_fast(reward)
    if reward.state is state:
        return None
    demand_seen(reward, seen)
    if state not in MOVES[reward.state]:
        raise NotAllowed(f"This is {in_short(reward)} already.")
    return reward.lead


def demand_seen(reward: ProspectReward, seen: int) -> None:
    """Raise Stale, saying who was faster and when, where it has a line more than was seen."""
    if seen != len(reward.entries):
        last = reward.entries[-1]
        said = overtaking.told(
            last.by, f"it is {in_short(reward)}", last.at, "Yours was not saved."
        )
        raise Stale(said, len(reward.entries), overtaking.called(last.by))


def in_short(reward: ProspectReward) -> str:
    """How it stands, in a word or two, as staff read it."""
    return SHORT[reward.state]


SHORT = {DUE: "due", HELD: "held", GIVEN: "given", REFUSED: "refused", VOID: "not due"}


def _tell(reward: ProspectReward, state: str, why: str = "") -> None:
    """By mail, each thing once; whoever asked us to stop gets none (``outbox.refuses``)."""
    lead = reward.lead
    said = sa.select(Message.id).where(
        Message.about == lead.subject,
        Message.template == MAIL,
        Message.state != State.STOPPED,
        Message.went_to(lead.email),
    )
    if not lead.email or (state == "due" and db.session.scalar(said.limit(1))):
        return
    day = may_be_given_from(reward) if state == "due" else None
    outbox.email(
        lead.email,
        MAIL,
        about=lead,
        links={"url": (Kind.PROSPECT, lead)},
        name=lead.name,
        reward=reward.promise,
        state=state,
        due=f"{day.day} {day:%B %Y}" if day else "",
        why=why,
    )


# ── In words ───────────────────────────────────────────────────────────────────────────────

STATES = {
    DUE: ("Due", "Someone here sees to it, and there is nothing you have to do."),
    HELD: (
        "Being looked at",
        "We look at some of these by hand before we give them. It says nothing about you.",
    ),
    GIVEN: ("Given", "If it did not reach you, write to us."),
    VOID: ("Not due", "It is not due as things stand."),
}


def for_the_prospect(reward: ProspectReward) -> tuple[str, str]:
    """How it stands, for the person it was promised."""
    if reward.state is REFUSED:
        why = GROUNDS[reward.line.ground][1]
        return "Not given", f"{why} If you think this is wrong, write to us: a person looks again."
    return STATES[reward.state]


def may_be_given_from(reward: ProspectReward) -> datetime | None:
    """From when on the terms allow it, where that is later than the day it was due."""
    day = reward.not_before
    return day if reward.state in OPEN and day and day.date() > reward.line.at.date() else None


def is_open(lead: Lead) -> bool:
    """Whether it still has to be given or refused."""
    found = db.session.scalar(sa.select(ProspectReward).where(ProspectReward.lead_id == lead.id))
    return found is not None and found.state in OPEN


def hears_by_mail(lead: Lead) -> bool:
    """Whether a mail tells them too: not after they asked us to stop."""
    return bool(lead.email) and not outbox.wants_none(lead.email)
