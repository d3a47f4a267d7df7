"""What stands out about a lead, written down there and on the leads it closes a ring with (T35)."""

from portal.referrals import rewarding, rings, signals
from portal.referrals.models import Lead


def notice(lead: Lead, suspicion: str = "") -> None:
    """A new lead; the rewards of those in its ring wait too."""
    signals.notice(lead, suspicion)
    _tell_the_ring(lead, waiting=True)


def look_again(lead: Lead) -> None:
    """Another link counts now.

    One of its ring that a colleague is on at this moment is left alone: whoever holds one lead and
    waits for an earlier one may be waited for.
    """
    signals.look_again(lead)
    _tell_the_ring(lead, waiting=False)


def look_at_company(lead: Lead) -> None:
    """The prospect names another company than before."""
    signals.look_at_company(lead)
    _tell_the_ring(lead, waiting=False)


def _tell_the_ring(lead: Lead, *, waiting: bool) -> None:
    if not any(one.rule == "ring" for one in lead.signals):
        return
    earlier = [one.id for one in rings.closing(lead)]
    for one in rewarding.hold_all([*earlier, lead.id], waiting=waiting).values():
        if one is not lead and signals.ring_noticed(one):
            rewarding.settle(one)
