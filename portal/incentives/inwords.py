"""Where a reward stands, for the person who earned it: what it means, since when, what is next.

Held is “being checked” and accuses nobody (T35). What a colleague wrote about a hold or a refusal
is theirs to read; what a rule noted is not.
"""

from portal.incentives.ledger import BY_CODE, FIRST_YES
from portal.incentives.models import Reward, RewardState

STATES = {
    RewardState.ACCRUED: ("Due", "You have earned it. We look at it and then send it to you."),
    RewardState.HELD: (
        "Being checked",
        "We look at some rewards by hand before we send them. This is one of them.",
    ),
    RewardState.APPROVED: ("Approved", "It is on its way to you."),
    RewardState.ISSUED: ("Sent", "You have it, or it is in your mail."),
    RewardState.DECLINED: ("Not given", "We decided not to give this one."),
    RewardState.VOID: ("Not due", "What it was for no longer holds."),
}
NEXT = {
    RewardState.ACCRUED: "There is nothing you have to do. You get a mail when it is sent.",
    RewardState.HELD: "There is nothing you have to do. A person decides, not a rule.",
    RewardState.APPROVED: "There is nothing you have to do. You get a mail when it is sent.",
    RewardState.ISSUED: "If it did not arrive, write to us.",
    RewardState.DECLINED: "If you think this is wrong, write to us: a person will look again.",
    RewardState.VOID: "If you think this is wrong, write to us: a person will look again.",
}
FOR_A_CHARITY = {
    RewardState.ACCRUED: ("Due", "We look at it and then give it to {charity}."),
    RewardState.APPROVED: ("Approved", "It goes to {charity}."),
    RewardState.ISSUED: ("Given", "It went to {charity}."),
}
# The kind of reason of a colleague’s refusal: what they choose, and what the mail and the page say.
GROUNDS = {
    "terms": ("Outside the terms", "What it was for does not meet the terms of the reward."),
    "known": ("Known to us before", "We knew this person or company before."),
    "gifts": ("Rules on gifts", "Rules on gifts do not let us give it."),
    "other": ("Something else", "Why stands on your rewards page, as our colleague wrote it."),
}
ASKS = {RewardState.HELD, RewardState.ISSUED, RewardState.DECLINED, RewardState.VOID}


def reward_in_words(reward: Reward) -> tuple[str, str]:
    """The state of a reward and what it means."""
    title, text = STATES[reward.state]
    last = reward.line
    if reward.donated and reward.state in FOR_A_CHARITY:
        title, text = FOR_A_CHARITY[reward.state]
        text = text.format(charity=reward.promise["charity"])
    if last.how == FIRST_YES:
        return title, "Two people look at rewards of this size. The first has said yes."
    if last.how == BY_CODE:
        return "Ready", "It is a code. Show it here whenever you need it."
    if last.how in GROUNDS and last.how != "other":
        return title, f"{GROUNDS[last.how][1]} {last.note}"
    if last.note and last.by.startswith("staff:"):
        sent = reward.state is RewardState.ISSUED
        return title, f"{text} Our note: {last.note}" if sent else last.note
    return title, text


def next_step(reward: Reward) -> str:
    """What happens next, or what they can do."""
    if reward.state is RewardState.ACCRUED and (day := reward.not_before):
        return f"Under the terms we can approve it from {day.day} {day:%B %Y} on."
    if reward.donated and reward.state is RewardState.ISSUED:
        return ""
    if reward.line.how == BY_CODE:
        return "If it does not work, write to us."
    return NEXT[reward.state]


def may_ask(reward: Reward) -> bool:
    """Whether our address should stand beside it."""
    return reward.state in ASKS


def kind_of_hold(reward: Reward) -> str:
    """Why it waits, as a kind of reason, for a mail."""
    if reward.line.by.startswith("staff:"):
        return "A colleague wants to look at it again; why stands on your rewards page."
    return STATES[RewardState.HELD][1]


def kind_of_refusal(reward: Reward) -> str:
    """Why it is not given, as a kind of reason, for a mail."""
    return GROUNDS.get(reward.line.how, GROUNDS["other"])[1]
