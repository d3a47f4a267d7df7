"""Promises that were due before they were kept here: written down once, after an upgrade.

Nobody is told that one of them is due: it may have been given long ago, so a person looks first.
"""

import sqlalchemy as sa

from portal.db import db
from portal.referrals import rewarding
from portal.referrals.models import PROGRESS, Lead, Referral, ReferralLink
from portal.referrals.prospect_ledger import ProspectReward


def catch_up() -> None:
    """Hold what is due to a prospect and stands nowhere, for staff to look at. Twice is harmless:
    whatever comes to its step from now on is written down as it does."""
    for lead_id in db.session.scalars(_left_out()).all():
        lead = db.session.get_one(Lead, lead_id, with_for_update=True, populate_existing=True)
        rewarding.settle_with_prospect(lead, earlier=True)
        db.session.commit()  # nobody waits for the next lead holding this one
    db.session.commit()


def _left_out() -> sa.Select:
    written = sa.exists().where(ProspectReward.lead_id == Lead.id)
    due = [
        sa.and_(Referral.rewarding_stage == stage, Lead.stage.in_(PROGRESS[place:]))
        for place, stage in enumerate(PROGRESS)
    ]
    leads = sa.select(Lead.id).join(Lead.link).join(ReferralLink.referral)
    theirs = Lead.prospect_promise != "", Lead.email != ""  # of the forgotten nobody can be told
    return leads.where(*theirs, ~written, sa.or_(*due)).order_by(Lead.id)
