"""What can be decided on several rewards at once."""

from collections.abc import Callable, Sequence
from functools import cache

from portal.errors import NotAllowed
from portal.incentives import actions, codes, payouts, seconding
from portal.incentives.forms import BY_CODE, BY_PAYOUT, SeveralRewardsForm
from portal.incentives.ledger import MOVES, WAITING
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
OPEN = {*WAITING, RewardState.APPROVED}
QUEUED = (RewardState.APPROVED.value, RewardState.HELD.value, RewardState.DECLINED.value)
FIRST = "Approve first what is to be sent: a code, a payout or sending by hand comes after that."


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
        raise NotAllowed(f"This reward is {one.state.word} already.")
    why = {"note": form.note.data, "ground": form.ground.data}
    actions.move(one, RewardState(decision), seen=seen, **why, by=by)
    if seconding.first_yes(one) and decision == RewardState.APPROVED:
        return "Noted. Somebody else has to approve it too."
    return SAID[RewardState(decision)]


def selectable(one: Reward) -> bool:
    """Whether anything can be decided on it now, with others; what is due on a later day is
    not, though it can be refused on its own page."""
    if one.state is RewardState.ACCRUED and one.early_until:
        return False
    return one.state in OPEN and not actions.ordered(one) and not one.advocate.erased_at


def narrow(form: SeveralRewardsForm, those: Sequence[Reward] | None) -> None:
    """Offer what applies to at least one of those; in the queue all wait for approval."""
    if those is not None and not those:
        return
    offered, unapproved = set(QUEUED), []
    if those is not None:
        has_codes = cache(lambda offer_id: codes.left_of(offer_id) > 0)
        offered = {way for one in those for way in _ways(one, has_codes)}
        unapproved = [one for one in those if one.state in WAITING]
    form.decision.choices = [one for one in form.decision.choices if one.value in offered]
    form.decision.description = _first(unapproved, those)


def _ways(one: Reward, has_codes: Callable[[int], bool]) -> set[str]:
    """What may be decided on it, but for what only its person’s year or a colleague can say."""
    ways = {state.value for state in MOVES[one.state]}
    if one.state is RewardState.HELD and not seconding.first_yes(one):
        ways -= {RewardState.HELD.value}
    if one.early_until:
        ways -= {RewardState.APPROVED.value}
    if one.state is not RewardState.APPROVED:
        return ways
    if not one.donated and has_codes(one.promise.get("offer_id") or 0):
        ways |= {BY_CODE}
    return ways | ({BY_PAYOUT} if payouts.is_set_up() else set())


def _first(unapproved: Sequence[Reward], those: Sequence[Reward] | None) -> str:
    """Which of them have to be approved before they can be sent."""
    if those is None or len(unapproved) == len(those):
        return FIRST
    names = [REWARD.title(one) for one in unapproved]
    more = [f"{len(names) - 3} more"] if len(names) > 4 else []
    named = names[:3] + more if more else names
    return f"To be approved before they can be sent: {'; '.join(named)}." if named else ""


REWARDS = Several(
    key="rewards",
    way=REWARD,
    form=SeveralRewardsForm,
    fields="incentives/_bulk.html",
    act=decide,
    seen=lambda one: len(one.entries),
    waits=selectable,
    button="Decide on the rewards you select",
    narrow=narrow,
    confirmed=lambda form: form.decision.data in (BY_CODE, BY_PAYOUT, RewardState.ISSUED),
)
