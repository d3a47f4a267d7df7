"""What the pages of a referral list, each looked up through whoever is asking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns.models import Invitation, InvitationState
from portal.config import settings
from portal.consent import queries as consent
from portal.consent.models import Purpose
from portal.db import db, only
from portal.errors import NotFound
from portal.incentives import disclosure
from portal.incentives import queries as rewards
from portal.incentives.models import Reward
from portal.outbox.models import Message
from portal.referrals import attribution, landing, rewarding, words
from portal.referrals.models import FINAL, PROGRESS, Lead, Referral, ReferralLink, Stage

# ── The advocate's own ─────────────────────────────────────────────────────────────────────


def own_invitation(advocate: Advocate, invitation_id: int) -> Invitation:
    invitation = db.session.get(Invitation, invitation_id)
    if (
        invitation is None
        or invitation.advocate_id != advocate.id
        or invitation.state is InvitationState.REVOKED
    ):
        raise NotFound("There is no invitation of yours at this address.")
    return invitation


def referral_of(invitation: Invitation) -> Referral | None:
    return db.session.scalar(sa.select(Referral).where(Referral.invitation_id == invitation.id))


def of_advocate(advocate: Advocate) -> Sequence[Referral]:
    """All referrals of one person, newest first."""
    return db.session.scalars(
        sa.select(Referral).where(Referral.advocate_id == advocate.id).order_by(Referral.id.desc())
    ).all()


def own_referral(advocate: Advocate, referral_id: int) -> Referral:
    referral = db.session.scalar(
        sa.select(Referral)
        .where(Referral.id == referral_id, Referral.advocate_id == advocate.id)
        .options(
            selectinload(Referral.links).selectinload(ReferralLink.leads).selectinload(Lead.moves)
        )
    )
    if referral is None:
        raise NotFound("There is no referral of yours at this address.")
    return referral


def own_link(advocate: Advocate, referral_id: int, link_id: int) -> ReferralLink:
    referral = own_referral(advocate, referral_id)
    for link in referral.links:
        if link.id == link_id:
            return link
    raise NotFound("There is no link of yours at this address.")


def address(link: ReferralLink) -> str:
    """What the advocate shares."""
    return f"{settings().base_url}/r/{link.code}"


@dataclass(frozen=True)
class Share:
    """The message to pass on, whole and in parts, and where it may be opened ready to edit."""

    text: str
    words: str  # without the address, for a share sheet that adds it
    targets: Sequence[tuple[str, str]]


def share(link: ReferralLink) -> Share:
    """The advocate's words, one of their links, and what they may get for it, always together
    (T10)."""
    referral, brand, url = link.referral, settings().brand_name, address(link)
    promise = referral.promise if attribution.counts_now(link) else None
    said = disclosure.in_share_text(
        promise, referral.choice, brand, words.IF_YOU[referral.rewarding_stage]
    )
    suggested = referral.invitation.campaign.share_text
    opening = referral.share_text or suggested or f"This is my link to {brand}."
    text = f"{opening}\n\n{url}\n\n{said}"
    return Share(
        text,
        f"{opening}\n\n{said}",
        [
            ("Mail", f"mailto:?{urlencode({'subject': brand, 'body': text}, quote_via=quote)}"),
            ("WhatsApp", f"https://wa.me/?{urlencode({'text': text}, quote_via=quote)}"),
            (
                "Teams",
                "https://teams.microsoft.com/share?"
                + urlencode({"href": url, "msgText": f"{opening}\n\n{said}"}, quote_via=quote),
            ),
            ("Text message", f"sms:?&{urlencode({'body': text}, quote_via=quote)}"),
        ],
    )


@dataclass(frozen=True)
class Follower:
    """Someone who came through a link, as far as the person who shared it may know (T33)."""

    title: str
    came: datetime
    earlier: list[Mapping[str, Any]]  # several steps that lie behind, to fold away
    steps: list[Mapping[str, Any]]
    won: bool
    over: bool  # it came to an end, and no reward is on its way any more
    reward: Reward | None
    settled: bool  # no reward, whatever else happens
    why: str  # the reward waits, or why there is none; a class of reasons, about nobody (T35)


def followers(link: ReferralLink, found: Mapping[str, Reward]) -> list[Follower]:
    return [follower(lead, found.get(lead.reason)) for lead in link.leads]


def follower(lead: Lead, reward: Reward | None) -> Follower:
    drawn, said = steps(lead), rewarding.why(lead)
    waits = reward.state in rewards.PROMISED if reward else bool(said and not lead.no_reward)
    over = lead.stage in FINAL and not waits
    behind = [step for step in drawn if step.get("done")]
    earlier = behind if len(behind) > 1 and not over else []
    return Follower(
        title=lead.name if lead.tells_referrer and lead.name else "Someone",
        came=lead.created_at,
        earlier=earlier,
        steps=drawn[len(earlier) :],
        won=lead.stage is Stage.WON,
        over=over,
        reward=reward,
        settled=bool(lead.no_reward),
        why=said,
    )


def steps(lead: Lead) -> list[Mapping[str, Any]]:
    """The way so far, the next step, and the one that is rewarded, as the timeline draws it."""
    when: dict[Stage, datetime] = {}
    for moved in lead.way:
        when[moved.stage] = moved.at
    furthest = max((PROGRESS.index(s) for s in when if s in PROGRESS), default=0)
    here = PROGRESS.index(lead.stage) if lead.stage in PROGRESS else furthest + 1
    drawn: list[Mapping[str, Any]] = [
        {"title": words.STEPS[s].title, "at": when[s], "done": True}
        for s in PROGRESS[:here]
        if s in when
    ]
    now = words.coarse(lead.stage)
    drawn.append(
        {"title": now.title, "text": now.text, "at": when.get(lead.stage), "current": True}
    )
    if lead.stage in FINAL:
        return drawn
    owed = rewarding.promised(lead.link.referral) and Stage(lead.link.referral.rewarding_stage)
    for stage in PROGRESS[here + 1 :]:
        if stage is owed:
            text = "Your reward is due from this step on."
            drawn.append({"title": words.STEPS[stage].title, "text": text})
        elif stage is PROGRESS[here + 1]:
            drawn.append({"title": words.STEPS[stage].title})
    return drawn


def rewards_of(referral: Referral) -> dict[str, Reward]:
    """The reward of each lead that earned one, by the lead's subject."""
    found = rewards.by_reason([lead.reason for link in referral.links for lead in link.leads])
    return {reason: one for reason, one in found.items() if one.stands}


# ── The page a prospect opens ──────────────────────────────────────────────────────────────


def link_at(code: str) -> ReferralLink | None:
    """The link behind a code; spelling in capitals, or with a full stop at the end, is fine."""
    tidy = code.strip().rstrip(".,;:)>]\"'").lower()
    return db.session.scalar(sa.select(ReferralLink).where(ReferralLink.code == tidy))


def is_open(link: ReferralLink) -> bool:
    """Does its page take details? Not while paused, nor once the campaign is closed."""
    return db.session.scalar(landing.behind(landing.OPEN).where(ReferralLink.id == link.id))


def asks(link: ReferralLink) -> dict[str, str]:
    """What its page asks for beside name and work mail: company, phone, message."""
    campaign = link.referral.invitation.campaign
    return {
        "company": campaign.asks_company,
        "phone": campaign.asks_phone,
        "message": campaign.asks_message,
    }


def sender(referral: Referral) -> str:
    """The first name of whoever shared the link, while they allow it (T31); else empty."""
    shown = consent.in_force(referral.receipt, Purpose.REFERRAL_NAME)
    return referral.advocate.first_name if shown and not referral.advocate.left_at else ""


def disclosed(referral: Referral, *, counts: bool = True, came_true: bool = False) -> str:
    """Who may be rewarded and with what: the sentence before the form (T31). ``counts``: whether
    the link still does, or did when someone came; nobody is rewarded for one that does not.
    ``came_true``: whether it has come to what the reward is for."""
    promise = referral.promise if counts else None
    return disclosure.on_referral_page(
        promise,
        referral.choice,
        sender(referral),
        words.IF_YOU[referral.rewarding_stage],
        words.AND_YOU_DID[referral.rewarding_stage] if came_true else "",
    )


def lead_at(key: str) -> Lead | None:
    return db.session.scalar(sa.select(Lead).where(Lead.email_key == key))


def answered_today(lead: Lead) -> bool:
    """Did we mail this prospect within a day? Pressing again must not fill their mailbox."""
    return only(
        sa.select(
            sa.exists().where(
                Message.about == lead.subject,
                Message.template == "lead-received",
                Message.created_at > clock.now() - timedelta(days=1),
            )
        )
    )


def lead_behind(link) -> Lead:
    """The lead a prospect's signed link is about."""
    lead = db.session.get(Lead, link.subject_id)
    if lead is None or lead.stage is Stage.WITHDRAWN:
        raise NotFound("There are no details of yours here any more.")
    return lead
