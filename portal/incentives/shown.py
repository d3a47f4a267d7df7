"""The sentences an offer brings with it, place by place, for staff who are about to make it."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.incentives import disclosure
from portal.incentives.models import Choice, Offer, Outcome

WHEN = {
    Outcome.PROMISED: "Promised, not sent yet",
    Outcome.GIVEN: "Once it is sent",
    Outcome.NOT_GIVEN: "If it is not given after all",
}


@dataclass(frozen=True)
class Place:
    """Where readers find a sentence, and how it reads in each state."""

    name: str
    said: list[tuple[str, str]]


def places(offer: Offer, brand: str) -> list[Place]:
    """All of them, in the words of the functions that draw them."""
    promise, taken = offer.promise(), Choice.ACCEPTED

    def beside(action: str, choice: Choice = taken) -> Callable[[Outcome], str]:
        return lambda outcome: disclosure.beside(promise, choice, action, brand, outcome)

    def own(outcome: Outcome) -> str:
        return disclosure.in_own_review(promise, taken, brand, outcome)

    found = [
        _by_state("Beside a review", beside("review")),
        _by_state("Beside a quote, a story or a talk", beside("quote")),
    ]
    if offer.charity:
        given_away = beside("quote", Choice.DONATED)
        found += [_by_state(f"Beside words, where it goes to {offer.charity}", given_away)]
    return [
        *found,
        _by_state("At the end of their review on another site, in their name", own),
        Place(
            "Where a recommendation leads, and in the message that brings it",
            [
                ("On the page", disclosure.on_referral_page(promise, taken, "Ada")),
                ("In the message", disclosure.in_share_text(promise, taken, brand)),
            ],
        ),
    ]


def _by_state(name: str, say: Callable[[Outcome], str]) -> Place:
    return Place(name, [(when, say(outcome)) for outcome, when in WHEN.items()])
