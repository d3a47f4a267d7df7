"""What a lead's stage does to the reward: owed at the stage agreed on, once, and no sooner."""

from portal.history.actions import SYSTEM
from portal.incentives import actions as incentives
from portal.incentives.models import Choice
from portal.referrals.models import PROGRESS, Lead, Referral, Stage


def promised(referral: Referral) -> bool:
    """Did the advocate say yes (for themselves or a charity) to a reward we offered?"""
    taken = referral.choice in {Choice.ACCEPTED, Choice.DONATED}
    return bool(referral.promise) and taken and referral.advocate.erased_at is None


def earned(lead: Lead) -> bool:
    """Is the lead at the rewarding stage, or past it? An end other than won never is."""
    if lead.stage not in PROGRESS or not promised(lead.link.referral):
        return False
    due_at = Stage(lead.link.referral.rewarding_stage)
    return PROGRESS.index(lead.stage) >= PROGRESS.index(due_at)


def settle(lead: Lead) -> None:
    """Make the ledger agree with the stage. Called after every move; twice is harmless.

    The rule acts, not the person who moved the lead: who that was stands in the lead's history.
    The explanation carries neither the prospect's name nor the advocate's label: staff read it,
    and so does the advocate (T30, T33).
    """
    if not earned(lead):
        incentives.void(lead.subject, note="The referral is no longer at that step.", by=SYSTEM)
        return
    referral = lead.link.referral
    incentives.accrue(
        referral.advocate,
        reason=lead.subject,
        explanation=f"Your referral of {lead.created_at.day} {lead.created_at:%B %Y}",
        promise=referral.promise,
        donated=referral.choice is Choice.DONATED,
        hold=lead.hold,
        by=SYSTEM,
    )
