"""How far a referral is, in the words the person who sent it reads (T33)."""

from dataclasses import dataclass

from portal.config import settings
from portal.referrals.models import Lead, Stage


@dataclass(frozen=True)
class Step:
    """A coarse step: what it is, and what happens next."""

    title: str
    text: str


STEPS = {
    Stage.RECEIVED: Step("They wrote to us", "Someone here reads it and gets in touch with them."),
    Stage.CONTACTED: Step("We are in touch", "We find out together whether we can help."),
    Stage.QUALIFIED: Step("It could be a good fit", "We agree on a time to talk in more depth."),
    Stage.MEETING: Step("We are meeting", "After that they decide whether it is right for them."),
    Stage.WON: Step("They became a customer", "Thank you. There is nothing more for you to do."),
}
CLOSED = Step("Closed", "It goes no further for now. There is nothing for you to do.")

# The same for the person who wrote to us, on their own page.
FOR_THE_PROSPECT = {
    Stage.RECEIVED: Step("We have your details", "Someone here reads them and writes to you."),
    Stage.CONTACTED: Step("We are in touch", "We find out together whether we can help you."),
    Stage.QUALIFIED: Step("It could be a good fit", "We agree on a time to talk in more depth."),
    Stage.MEETING: Step("We are meeting", "After that you decide whether it is right for you."),
    Stage.WON: Step("You are a customer", "Thank you for your trust."),
}
CLOSED_FOR_THE_PROSPECT = Step(
    "Closed", "Nothing more happens. Write to us whenever you want to take it up again."
)


# When the reward is due, said to the prospect: as exact as it is said to the advocate (T31).
IF_YOU = {
    "qualified": "it turns out that we can help you",
    "meeting": "you meet us",
    "won": "you become a customer",
}
# The same once it came to that.
AND_YOU_DID = {
    "qualified": "it turned out that we can help you, and it did",
    "meeting": "you met us, and you did",
    "won": "you became a customer, and you did",
}


def coarse(stage: Stage) -> Step:
    """The step as the advocate sees it. Why something closed is the prospect's own business."""
    return timed(stage, STEPS.get(stage, CLOSED))


def for_the_prospect(stage: Stage) -> Step:
    return timed(stage, FOR_THE_PROSPECT.get(stage, CLOSED_FOR_THE_PROSPECT))


def timed(stage: Stage, step: Step) -> Step:
    """The same, with how long it usually takes; or that nobody has said. An end takes no time."""
    days = getattr(settings(), f"usual_days_{stage}", None)
    if days is None:
        return step
    said = f"That usually takes {about(days)}." if days else "There is no usual time for this yet."
    return Step(step.title, f"{step.text} {said}")


def about(days: int) -> str:
    """A number of days as people say it."""
    if days >= 14 and days % 7 == 0:
        return f"about {days // 7} weeks"
    return f"about {days} days" if days > 1 else "about a day"


def cause(lead: Lead) -> str:
    """What a reward is for, as its owner reads it: neither the prospect’s name nor a label, since
    staff read it too (T30, T33)."""
    return f"Your referral of {lead.created_at.day} {lead.created_at:%B %Y}"


@dataclass(frozen=True)
class NoReward:
    """Why a lead earns no reward: for the team, and for the person who sent it (T33, T35)."""

    staff: str
    advocate: str


NEXT_ONE = "If one comes free, the recommendation that has been due the longest gets it."
NO_REWARD = {
    "late": NoReward(
        "It came after the days in which the link counts.",
        "They came after the days in which the link counts.",
    ),
    "refused": NoReward(
        "A colleague decided that it earns none.",
        "We looked at this one, and it earns none under the terms.",
    ),
    "most_each": NoReward(
        f"The customer has had as many rewards as the campaign gives to one person. {NEXT_ONE}",
        f"You have had as many rewards as there are for one person. {NEXT_ONE}",
    ),
    "most_all": NoReward(
        f"The campaign has given as many rewards as it may. {NEXT_ONE}",
        f"All rewards there were for this have been given. {NEXT_ONE}",
    ),
    "budget": NoReward(
        f"The campaign’s budget for rewards is used up. {NEXT_ONE}",
        f"All rewards there were for this have been given. {NEXT_ONE}",
    ),
}
