"""What can be decided on several rewards at once."""

from portal.errors import NotAllowed
from portal.incentives import actions, codes, payouts, seconding
from portal.incentives.forms import BY_CODE, BY_PAYOUT, SeveralRewardsForm
from portal.incentives.models import Reward, RewardState
from portal.incentives.undoing import REWARD
from portal.staff.models import Staff
from portal.undo.several import Several

SAID = {
    RewardState.APPROVED: "Approved.",
    RewardState.ISSUED: "Marked as sent.",
    RewardState.HELD: "Held.",
    RewardState.DECLINED: "Declined.",
}
DONE = {RewardState.ISSUED, RewardState.DECLINED, RewardState.VOID}


def decide(one: Reward, seen: int, form: SeveralRewardsForm, *, by: Staff) -> str:
    """The one decision on this reward, as it was ``seen``."""
    actions.demand_seen(one, seen)
    decision = form.decision.data
    if decision == BY_CODE:
        codes.give(one, by=by)
        return "A code is given."
    if decision == BY_PAYOUT:
        payouts.order(one, by=by)
        return "The payment system is told."
    if one.state is RewardState(decision) and not seconding.waits(one, RewardState(decision)):
        raise NotAllowed(f"This reward is {one.state} already.")
    why = {"note": form.note.data, "ground": form.ground.data}
    actions.move(one, RewardState(decision), seen=seen, **why, by=by)
    if seconding.first_yes(one) and decision == RewardState.APPROVED:
        return "Noted. Somebody else has to approve it too."
    return SAID[RewardState(decision)]


REWARDS = Several(
    key="rewards",
    way=REWARD,
    form=SeveralRewardsForm,
    fields="incentives/_bulk.html",
    act=decide,
    seen=lambda one: len(one.entries),
    waits=lambda one: one.state not in DONE,
    button="Decide on the rewards you select",
)
