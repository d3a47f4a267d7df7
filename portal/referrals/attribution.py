"""Whose referral a lead is: the window, the touch that counts, and why, in words.

The link travels in the path and the form (T34), so a touch is a form someone sent, never a visit.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal import clock
from portal.campaigns.models import Campaign, Touch
from portal.consent.companies import free_mail
from portal.db import db, lock_row, only
from portal.errors import NotAllowed
from portal.history.actions import Actor, record
from portal.incentives import actions as incentives
from portal.referrals import noticing, rewarding
from portal.referrals.models import FINAL, Claim, Lead, Referral, ReferralLink

# Why a link counts or does not, as staff read it on the lead.
WHY = {
    "came": "They left their details through {whose} link on {at}, {age} after it was made; links "
    "count for {days}.",
    "late": "They left their details through {whose} link on {at}, {age} after it was made; links "
    "count for {days}. The lead is welcome, and earns no reward.",
    "first": "They came through {whose} link too, on {at}. The first link counts, and they had "
    "come through another one before.",
    "last": "They came through {whose} link later, on {at}. The last link counts.",
    "in time": "They came through {whose} link later, on {at}. The link before was too old to "
    "count, and this one is not.",
    "settled": "They came through {whose} link too, on {at}. By then the lead was so far along "
    "that no other link could count.",
    "by hand": "{by} gave it to {whose} link on {at}.",
}
NOT_COUNTING = {"first", "settled"}


def campaign_of(link: ReferralLink) -> Campaign:
    return link.referral.invitation.campaign


def counts_until(link: ReferralLink) -> datetime:
    """The last moment at which a form sent through a link earns its owner a reward."""
    return until(link.created_at, campaign_of(link).counts_days)


def until(made: datetime, days: int) -> datetime:
    """The same of a link made at this moment, in a campaign whose links count for these days."""
    return made + timedelta(days=days)


def counts_now(link: ReferralLink) -> bool:
    """Whether whoever comes through it now could earn its owner a reward."""
    return clock.now() <= counts_until(link)


def begin(lead: Lead, *, by: Actor) -> None:
    """The link someone first came through: in time, or too late for a reward."""
    late = lead.created_at > counts_until(lead.link)
    lead.no_reward = "late" if late else ""
    _claim(lead, lead.link, "late" if late else "came", at=lead.created_at, by=by)
    lead.alike = look_alike(lead)


def look_alike(lead: Lead) -> Lead | None:
    """An earlier lead at the same company, or in the same mailbox, while links still count."""
    same = [Lead.mailbox == lead.mailbox]
    if lead.domain not in free_mail():
        same.append(Lead.domain == lead.domain)
    if lead.company_key:
        same.append(Lead.company_key == lead.company_key)
    since = lead.created_at - timedelta(days=campaign_of(lead.link).counts_days)
    return db.session.scalar(
        sa.select(Lead)
        .where(sa.or_(*same), Lead.id < lead.id, Lead.email != "", Lead.created_at >= since)
        .order_by(Lead.id)
        .limit(1)
    )


def touch(lead: Lead, link: ReferralLink, at: datetime) -> None:
    """The same person came through another link: which one counts is the campaign's rule."""
    lock_row(lead)
    if any(claim.link_id == link.id for claim in lead.claims):
        return
    in_time = at <= counts_until(link)
    last_counts = campaign_of(lead.link).touch is Touch.LAST
    if _is_settled(lead):
        rule = "settled"
    elif in_time and lead.no_reward == "late":
        rule = "in time"
    elif in_time and last_counts:
        rule = "last"
    else:
        rule = "first"
    _claim(lead, link, rule, at=at, by=lead)
    if rule not in NOT_COUNTING:
        _count_for(lead, link)


def _is_settled(lead: Lead) -> bool:
    """Whether it is so far along that no other link may take from either side what is theirs."""
    if lead.stage in FINAL or rewarding.was_sent(lead):
        return True
    return rewarding.earned(lead) or (
        bool(lead.prospect_promise) and rewarding.due_at(lead.stage, lead)
    )


def give(lead: Lead, link: ReferralLink, *, note: str, by: Actor, at: datetime) -> None:
    """Let a lead count for another link, with the reason; the reward follows.

    Raises NotAllowed without a reason, or when a reward for it has been sent already.
    """
    lock_row(lead)
    if lead.link_id == link.id:
        return
    if not note.strip():
        raise NotAllowed("Say why it counts for someone else.")
    if rewarding.was_sent(lead):
        raise NotAllowed("The reward for this lead was sent already, so it stays where it is.")
    rewarding.wait_for([lead.link, link])  # before the reward of either is held
    _claim(lead, link, "by hand", at=at, by=by, note=note.strip())
    _count_for(lead, link)
    record(lead, "given to another link", by=by, link=link.id)
    rewarding.settle(lead)


def _count_for(lead: Lead, link: ReferralLink) -> None:
    incentives.void(lead.reason, note="Another link counts for this lead.", by=lead)
    lead.link, lead.no_reward = link, ""
    lead.handed_on += 1
    db.session.flush()
    noticing.look_again(lead)


def _claim(lead: Lead, link: ReferralLink, rule: str, *, at: datetime, by: Actor, note="") -> None:
    lead.claims.append(
        Claim(
            link=link, rule=rule, counts=rule not in NOT_COUNTING, note=note, by=by.subject, at=at
        )
    )
    db.session.flush()


# ── In words ───────────────────────────────────────────────────────────────────────────────


def in_words(claim: Claim, name_of) -> str:
    """Why a link counts, or why not: "They left their details through Olivia’s link …"."""
    made = claim.link.created_at
    days = (claim.at - made).days
    return (
        WHY[claim.rule]
        .format(
            whose=f"{claim.link.referral.advocate.first_name}’s",
            by=name_of(claim.by),
            at=f"{claim.at.day} {claim.at:%B %Y}",
            age=_days(days) if days else "on the day",
            days=_days(campaign_of(claim.link).counts_days),
        )
        .replace("on the day after it was made", "the day it was made")
    )


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def elsewhere(referral: Referral) -> int:
    """How many people came through someone's links and count for another customer's."""
    ids = [link.id for link in referral.links]
    return only(
        sa.select(sa.func.count(Claim.lead_id.distinct()))
        .join(Claim.lead)
        .where(Claim.link_id.in_(ids), Lead.link_id.not_in(ids))
    )


def candidates() -> Sequence[ReferralLink]:
    """The links a lead could be given to: the general link of each of the newest referrals."""
    first = sa.select(sa.func.min(ReferralLink.id)).group_by(ReferralLink.referral_id)
    return db.session.scalars(
        sa.select(ReferralLink)
        .join(ReferralLink.referral)
        .options(contains_eager(ReferralLink.referral))
        .where(ReferralLink.id.in_(first))
        .order_by(ReferralLink.id.desc())
        .limit(200)
    ).all()
