"""What can be decided on several promises to prospects at once."""

from collections.abc import Sequence

from portal.errors import NotAllowed
from portal.referrals import prospect_rewards
from portal.referrals.prospect_ledger import DUE, GIVEN, OPEN, REFUSED, ProspectReward
from portal.referrals.prospect_reward_forms import GIVE, REFUSE, SeveralPromisesForm
from portal.referrals.undoing import PROMISE
from portal.staff.models import Staff
from portal.undo.several import Several


def decide(one: ProspectReward, seen: int, form: SeveralPromisesForm, *, by: Staff) -> str:
    """Write down that it was given or refused, as it was ``seen``."""
    if one.state is (GIVEN if form.act.data == GIVE else REFUSED):
        prospect_rewards.demand_seen(one, seen)
        raise NotAllowed(f"It is {prospect_rewards.in_short(one)} already.")
    said = {"note": form.note.data, "seen": seen}
    if form.act.data == GIVE:
        prospect_rewards.give(one, **said, by=by)
        return "Written down as given."
    prospect_rewards.refuse(one, form.ground.data, **said, by=by)
    return "Refused, with the reason."


def selectable(one: ProspectReward) -> bool:
    """Whether anything can be decided on it now, with others; what is due on a later day is
    not, though it can be refused on its own page."""
    return one.state in OPEN and not (one.state is DUE and one.early_until)


def narrow(form: SeveralPromisesForm, those: Sequence[ProspectReward] | None) -> None:
    """Offer to have given them where at least one may be given; in the queue most of them may."""
    if those and not any(_may_be_given(one) for one in those):
        form.act.choices = [one for one in form.act.choices if one.value == REFUSE]


def _may_be_given(one: ProspectReward) -> bool:
    return not one.lead.open_signals and not one.early_until


PROMISES = Several(
    key="prospect-rewards",
    way=PROMISE,
    form=SeveralPromisesForm,
    fields="referrals/_bulk.html",
    act=decide,
    seen=lambda one: len(one.entries),
    waits=selectable,
    button="Decide on the promises you select",
    narrow=narrow,
)
