"""How a reward is said: the long wording before anyone starts, the short one beside the words.

The templates that draw words call ``beside`` in the same macro, so it cannot be left out (T10).
"""

from collections.abc import Mapping
from typing import Any

from portal.incentives.models import Choice, Outcome

# What somebody who took part may find said of their reward, by what came of it.
OF_A_REVIEW = {
    Outcome.PROMISED: "Reward promised: the reviewer was promised {reward} for leaving a review, "
    "whatever they said.",
    Outcome.GIVEN: "Reward given: the reviewer received {reward} for leaving a review, "
    "whatever they said.",
    Outcome.NOT_GIVEN: "Reward offered: the reviewer was offered {reward} for leaving a review, "
    "whatever they said; none was given.",
}
OF_WORDS = {
    Outcome.PROMISED: "{brand} promised this customer {reward} for taking part.",
    Outcome.GIVEN: "{brand} gave this customer {reward} for taking part.",
    Outcome.NOT_GIVEN: "This customer was offered {reward} for taking part; none was given.",
}
DONATED = {
    Outcome.PROMISED: "{brand} promised {reward} to {charity} in this customer’s name for taking "
    "part.",
    Outcome.GIVEN: "{brand} gave {reward} to {charity} in this customer’s name for taking part.",
    Outcome.NOT_GIVEN: "This customer was offered {reward} to {charity} in their name for taking "
    "part; none was given.",
}
MINE = {
    Outcome.PROMISED: "I was promised {reward} by {brand} for leaving a review, whatever I said.",
    Outcome.GIVEN: "I received {reward} from {brand} for leaving a review, whatever I said.",
    Outcome.NOT_GIVEN: "I was offered {reward} by {brand} for leaving a review, whatever I said; "
    "none was given.",
}
MINE_DONATED = {
    Outcome.PROMISED: "{brand} promised {reward} to {charity} for my leaving a review, whatever I "
    "said.",
    Outcome.GIVEN: "{brand} gave {reward} to {charity} for my leaving a review, whatever I said.",
    Outcome.NOT_GIVEN: "I was offered {reward} to {charity} for leaving a review, whatever I said; "
    "none was given.",
}


# What an action is done with, and what of it changes nothing about the reward; of any other: words.
DONE_BY = {
    "review": ("a complete review", "the wording or rating makes no difference"),
    "webinar": (
        "a complete proposal for a webinar",
        "the topic, and what you would say about us, make no difference",
    ),
    "contribution": ("a complete contribution", "no wording and no rating makes a difference"),
}


def before(promise: Mapping[str, Any], action: str, brand: str) -> str:
    """What is offered and how it will be said, for the page before the first question (T11).
    ``action`` is one of campaigns.Action, or “contribution” where several may be chosen."""
    plain = action.replace("-", " ")
    done, whatever = DONE_BY.get(action, (f"a complete {plain}", "the wording makes no difference"))
    return (
        f"We’d like your honest experience, good or bad. Everyone invited gets {promise['reward']} "
        f"for {done}; {whatever}. We will say beside "
        "your words that it was promised to you, and once it is sent, that you received it. If "
        "your employer restricts gifts, decline it: your contribution counts the same. You need "
        "not agree to any use of your name."
    )


def before_referral(promise: Mapping[str, Any], stage: str) -> str:
    """The same for a referral: what for, when, and who is told."""
    return (
        f"You get {promise['reward']} for each person who comes through your link and {stage}. "
        "Your link’s page tells them so before they give any details. If your employer restricts "
        "gifts, decline it: your link works the same."
    )


def beside(
    promise: Mapping[str, Any] | None,
    choice: str | None,
    action: str,
    brand: str,
    outcome: Outcome = Outcome.PROMISED,
) -> str:
    """The sentence that stands beside words: what was promised, given, or in the end not given. It
    may have moved them all the same, so only whoever declined it has nothing said (T10)."""
    if not promise or choice in (None, Choice.DECLINED):
        return ""
    own = OF_A_REVIEW if action == "review" else OF_WORDS
    said = DONATED if choice == Choice.DONATED else own
    return _filled(said[outcome], promise, brand)


def ways(
    promise: Mapping[str, Any] | None, choice: str | None, action: str, brand: str
) -> set[str]:
    """All that may come to be said of one and the same promise."""
    return {beside(promise, choice, action, brand, outcome) for outcome in Outcome}


def _filled(text: str, promise: Mapping[str, Any], brand: str) -> str:
    return text.format(reward=promise["reward"], charity=promise.get("charity"), brand=brand)


def lines(
    promise: Mapping[str, Any] | None,
    choice: str | None,
    action: str,
    brand: str,
    outcome: Outcome,
    expected_results: str = "",
) -> dict[str, str]:
    """All we say beside published words, by name: the reward (T10) and, where they hold figures,
    what customers generally get (T5). Neither can be had without the other."""
    expected = expected_results.strip()
    return {
        "disclosure": beside(promise, choice, action, brand, outcome),
        "expected_results": f"What customers generally get, says {brand}: {expected}"
        if expected
        else "",
    }


def on_referral_page(
    promise: Mapping[str, Any] | None,
    choice: str | None,
    who: str,
    when: str = "you become a customer",
    came_true: str = "",
) -> str:
    """Who may be rewarded, said before the form (T31). ``who``: a first name, or empty;
    ``came_true``: the condition as it was, once it came to that."""
    person = who or "The customer who sent you"
    if not promise or choice in (None, Choice.DECLINED):
        return f"{person} gets nothing for recommending us."
    reward, whoever = promise["reward"], person
    if choice == Choice.DONATED:
        whoever = promise["charity"]
        reward = f"{reward} on behalf of {who or 'the customer who sent you'}"
    if came_true:
        return f"{whoever} was promised {reward} if {came_true}."
    return f"{whoever} may receive {reward} if {when}."


def in_share_text(
    promise: Mapping[str, Any] | None,
    choice: str | None,
    brand: str,
    when: str = "you become a customer",
) -> str:
    """The same in the first person, for the advocate's own mail or chat (T10)."""
    if not promise or choice in (None, Choice.DECLINED):
        return f"I get nothing from {brand} for passing this on."
    reward = promise["reward"]
    if choice == Choice.DONATED:
        return f"{promise['charity']} may receive {reward} from {brand} on my behalf if {when}."
    return f"I may receive {reward} from {brand} if {when}."


def in_own_review(
    promise: Mapping[str, Any] | None, choice: str | None, brand: str, outcome: Outcome
) -> str:
    """The last line of a review posted on another site, in the first person; empty without."""
    if not promise or choice in (None, Choice.DECLINED):
        return ""
    said = MINE_DONATED if choice == Choice.DONATED else MINE
    return _filled(said[outcome], promise, brand)


def picked(brand: str) -> str:
    """What a hand-picked block says about itself (T18)."""
    return f"Customer quotes chosen by {brand}."
