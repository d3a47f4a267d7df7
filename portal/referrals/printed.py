"""The terms of a link, as anyone who has it can read them: what counts, when, and what does not."""

from dataclasses import dataclass

from flask import Response, render_template

from portal import auth, web
from portal.campaigns.models import REWARDING_STAGES, Campaign, Touch
from portal.errors import there
from portal.referrals import attribution, pages, queries, rewarding, words
from portal.referrals.door import bp
from portal.referrals.models import ReferralLink

UNLISTED = {"X-Robots-Tag": "noindex, nofollow"}


@dataclass(frozen=True)
class Terms:
    """Everything a campaign says about its referrals, in sentences."""

    reward: str
    counting: list[str]
    limits: list[str]
    prospect: str
    due: list[str]  # when that is due, and when not
    offer: str  # the offer's own terms, in the version promised
    version: int | None


def of(link: ReferralLink) -> Terms:
    """The terms one of an advocate's links was given out under; a promise keeps its version (T15),
    and a link that counts no more promises nothing."""
    referral = link.referral
    campaign = referral.invitation.campaign
    due = rewarding.promised(referral)
    return Terms(
        reward=queries.disclosed(referral, counts=attribution.counts_now(link)),
        counting=counting(campaign),
        limits=limits(campaign) if due else [],
        prospect=campaign.prospect_promise,
        due=due_to_prospects(campaign) if campaign.prospect_promise else [],
        offer=there(referral.promise)["terms"] if due else "",
        version=there(referral.promise)["terms_version"] if due else None,
    )


def counting(campaign: Campaign) -> list[str]:
    """When a link counts, and which of two."""
    which = "first" if campaign.touch is Touch.FIRST else "last"
    days = campaign.counts_days
    return [
        f"A link counts for {days} day{'' if days == 1 else 's'} from the day it is made. Whoever "
        "leaves their details through it in that time came through it. Later they are as welcome, "
        "and whoever shared it is not rewarded for it.",
        "It travels in the address and in the form. We set no cookie and follow nobody, so a visit "
        "alone counts for nothing.",
        f"Someone who leaves their details through two links counts for the {which} one.",
        "A colleague can correct whose link it was, and writes down why.",
    ]


def due_to_prospects(campaign: Campaign) -> list[str]:
    """When what the person who comes was promised is due, and for whom it is not."""
    later = f", {campaign.hold_days} days after that at the earliest" if campaign.hold_days else ""
    return [
        f"It is due if {words.IF_YOU[campaign.rewarding_stage]}{later}.",
        "It is not given to someone who is a customer, or in talks with us, already. A person "
        "decides, not a rule.",
    ]


def limits(campaign: Campaign) -> list[str]:
    """When the reward is due, what it is not given for, and how many there are."""
    step = REWARDING_STAGES[campaign.rewarding_stage]
    said = [f"It is due for each person who comes through the link and {step}."]
    if campaign.hold_days:
        said.append(f"It is approved {campaign.hold_days} days after that at the earliest.")
    if campaign.most_each:
        said.append(f"At most {campaign.most_each} for one customer.")
    if campaign.most_all or campaign.budget_cents:
        said.append("There is a limit to all of them together.")
    if campaign.most_each or campaign.most_all or campaign.budget_cents:
        said.append(words.NEXT_ONE)
    said.append(
        "There is none for one’s own address, for our own team, or for someone who is a customer "
        "or in talks with us already."
    )
    said.append("Some are looked at by hand before they are sent. A person decides, not a rule.")
    return said


@bp.get("/r/<code>/terms")
@auth.public
@web.limiter.limit("60 per minute", deduct_when=lambda response: response.status_code == 404)
def terms(code: str):
    link = queries.link_at(code)
    if link is None:
        return Response(pages.closed(), 404, headers=UNLISTED)
    page = render_template(
        "referrals/terms.html",
        terms=of(link),
        open=queries.is_open(link),
        code=link.code,
    )
    return Response(page, headers=UNLISTED)
