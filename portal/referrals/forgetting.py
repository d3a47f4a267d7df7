"""What is let go of in referrals: at the advocate's wish, or because nothing came of it (T36)."""

from datetime import datetime

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.db import changed, db, is_last
from portal.history.actions import SYSTEM, Actor, record
from portal.history.actions import forget as forget_notes
from portal.links import actions as signed_links
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.referrals import prospect_ledger, queries
from portal.referrals.models import Claim, Lead, LeadSignal, Stage, StageMove
from portal.referrals.prospect_ledger import ProspectReward, ProspectRewardEntry
from portal.undo import actions as undo

# What a lead says of a person.
THEIRS = (
    *("name", "email", "company", "company_key", "message", "phone"),
    *("domain", "mailbox", "network"),
)


def forget(advocate: Advocate, *, by: Actor) -> None:
    """Close their links and empty what they wrote; who came through them keeps their own page."""
    found = queries.of_advocate(advocate)
    for referral in found:
        referral.share_text = ""
        for link in referral.links:
            link.label = ""
            link.paused_at = link.paused_at or clock.now()
            record(link, "closed", by=by)
    links = [link for referral in found for link in referral.links]
    names = [thing.subject for thing in [*found, *links]]
    forget_notes(names)
    signed_links.forget(names)
    outbox.forget_person(advocate.email, names)
    for lead in [lead for link in links for lead in link.leads]:
        outbox.forget(lead, advocate.email)


def purge(before: datetime) -> int:
    """Empty the details of leads that became no customer and stood still since; how many."""
    still_promised = sa.select(ProspectReward.lead_id).where(  # until it is given or refused
        ProspectReward.entries.any(
            sa.and_(
                is_last(ProspectRewardEntry.reward_id),
                ProspectRewardEntry.state.in_(prospect_ledger.OPEN),
            )
        )
    )
    stale = sa.select(Lead).where(
        Lead.stage.not_in([Stage.WON, Stage.WITHDRAWN]),
        Lead.updated_at < before,
        Lead.email != "",
        Lead.id.not_in(still_promised),
    )
    found = db.session.scalars(stale.with_for_update()).all()
    for lead in found:
        empty(lead)
        record(lead, "details deleted", by=SYSTEM)
    return len(found)


def forget_networks(before: datetime) -> int:
    """Blank the hashes that have told one network from the next; gives how many (T36)."""
    known = sa.update(Lead).where(Lead.created_at < before, Lead.network != "")
    return changed(known.values(network=""))


def empty(lead: Lead) -> None:
    """Delete what a prospect gave us; the step they reached stays, without anyone in it."""
    outbox.forget(lead, lead.email)
    for name in THEIRS:
        setattr(lead, name, "")
    lead.email_key = lead.crm_id = None
    lead.wants_marketing = lead.tells_referrer = False
    reward = prospect_ledger.of(lead)
    noted: list[StageMove | LeadSignal | Claim | ProspectRewardEntry]
    noted = [*lead.moves, *lead.signals, *lead.claims, *(reward.entries if reward else ())]
    for one in noted:
        one.note = ""  # staff may have written a name there
    forget_notes([lead.subject])
    undo.forget([lead.subject])
    signed_links.revoke(lead, Kind.PROSPECT)
    db.session.flush()
