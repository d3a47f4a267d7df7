"""What an advocate's own pages show: the choice an invitation opens, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.advocates.models import Advocate
from portal.campaigns import eligibility
from portal.campaigns.models import Action, Invitation, InvitationState
from portal.db import db
from portal.errors import NotFound, there
from portal.events import queries as events
from portal.events.models import Speaker
from portal.incentives import queries as incentives
from portal.incentives.models import Reward
from portal.incentives.queries import Total
from portal.publishing import tallying
from portal.publishing.models import Asset
from portal.referrals.models import Referral, ReferralLink
from portal.submissions import queries as submissions
from portal.submissions.models import PromptSet, State, Submission

BEING_WRITTEN = {State.DRAFT, State.CHANGES}
NEEDS_THEM = BEING_WRITTEN | {State.SIGNOFF}
WITH_US = {State.SUBMITTED, State.APPROVED}
OVER = {State.RETIRED, State.DECLINED, State.WITHDRAWN}


# ── The choice ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Card:
    """One thing they may do, and where they are with it."""

    action: Action
    about: PromptSet
    contribution: Submission | None
    referral: Referral | None
    declined: bool

    @property
    def state(self) -> str:
        """not started, begun, sent or declined; what became of it stands on its own page."""
        if self.referral:
            return "sent"
        if self.contribution:
            return "begun" if self.contribution.state in BEING_WRITTEN else "sent"
        return "declined" if self.declined else "not started"


def invitation_of(advocate: Advocate, invitation_id: int) -> Invitation:
    """One invitation of this person; somebody else's, or one taken back, is not found."""
    found = db.session.scalar(
        sa.select(Invitation).where(
            Invitation.id == invitation_id,
            Invitation.advocate_id == advocate.id,
            Invitation.state != InvitationState.REVOKED,
        )
    )
    if found is None:
        raise NotFound("There is no invitation of yours at this address.")
    return found


def cards(invitation: Invitation) -> list[Card]:
    """What this invitation asks for, in the order staff chose."""
    begun = db.session.scalars(
        sa.select(Submission).where(Submission.invitation_id == invitation.id)
    )
    contributions = {contribution.action: contribution for contribution in begun}
    referral = db.session.scalar(sa.select(Referral).where(Referral.invitation_id == invitation.id))
    return [
        Card(
            action=Action(about.action),
            about=about,
            contribution=contributions.get(about.action),
            referral=referral if about.action is Action.REFERRAL else None,
            declined=about.action.value in invitation.declined_actions,
        )
        for about in prompt_sets(invitation.campaign.actions, invitation.advocate.language)
    ]


def prompt_sets(actions: Sequence[str], language: str = "en") -> list[PromptSet]:
    """What each action is called, asks and takes; for cards, landing pages and mails."""
    found = [submissions.prompt_set(Action(action), language) for action in actions]
    return [about for about in found if about]


# ── What became of it ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Overview:
    """Everything an advocate's home page shows."""

    waiting: list[Invitation]  # invitations not answered yet
    answered: list[Invitation]  # still open, should they wish to do more
    contributions: Sequence[Submission]
    assets: dict[int, Asset]  # by submission: what the world can see now
    altered: set[int]  # whose words are not as they agreed to any more
    referrals: Sequence[Referral]
    rewards: Sequence[Reward]
    totals: list[Total]
    last_asked: datetime | None
    offers: dict[str, Speaker]  # to speak, by the contribution’s subject

    def offer(self, contribution: Submission) -> Speaker | None:
        """The offer to speak that came with it."""
        return self.offers.get(contribution.subject)

    @property
    def speaking(self) -> list[Speaker]:
        """Their places at events to come, the next one first."""
        ahead = [one for one in self.offers.values() if one.speaks]
        return sorted(ahead, key=lambda one: there(one.event).starts_at)

    @property
    def with_us(self) -> list[Submission]:
        """What the team does something with; an offer to speak, until it is answered."""
        return [one for one in self.those(WITH_US) if not self._answer(one)]

    @property
    def over(self) -> list[Submission]:
        """What nothing more becomes of, and places at events that are past or gone."""
        return [
            one for one in self.those(OVER | WITH_US) if one.state in OVER or self._is_past(one)
        ]

    def _answer(self, contribution: Submission) -> Speaker | None:
        """The offer to speak that came with it, once it was answered."""
        offer = self.offer(contribution)
        return offer if offer and offer.is_settled else None

    def _is_past(self, contribution: Submission) -> bool:
        answer = self._answer(contribution)
        return answer is not None and not answer.speaks

    def those(self, states: set[State]) -> list[Submission]:
        return [one for one in self.contributions if one.state in states]

    @property
    def live(self) -> list[Submission]:
        return [one for one in self.contributions if one.id in self.assets]

    @property
    def hidden(self) -> list[Submission]:
        """Published once, and off the page now: a permission ended, or was taken back."""
        return [one for one in self.those({State.PUBLISHED}) if one.id not in self.assets]


def overview(advocate: Advocate) -> Overview:
    """What needs this person, what waits for us, what is live, and what they earned."""
    contributions = submissions.all_of(advocate.id)
    begun = {contribution.invitation_id for contribution in contributions}
    referrals = db.session.scalars(
        sa.select(Referral)
        .where(Referral.advocate_id == advocate.id)
        .options(selectinload(Referral.links).selectinload(ReferralLink.leads))
        .order_by(Referral.id.desc())
    ).all()
    begun |= {referral.invitation_id for referral in referrals}
    rewards = incentives.rewards_of(advocate)
    invitations = open_invitations(advocate)
    return Overview(
        waiting=[one for one in invitations if one.id not in begun],
        answered=[one for one in invitations if one.id in begun],
        contributions=contributions,
        assets=live_assets(advocate),
        altered=altered(advocate),
        referrals=referrals,
        rewards=rewards,
        totals=incentives.totals(rewards),
        offers=events.those_of([one.subject for one in contributions if is_talk(one)]),
        last_asked=eligibility.last_asked([advocate.id]).get(advocate.id),
    )


def is_talk(contribution: Submission) -> bool:
    return contribution.action is Action.WEBINAR


def open_invitations(advocate: Advocate) -> list[Invitation]:
    """Those in which something may still be started, newest first."""
    closed = {InvitationState.DECLINED, InvitationState.REVOKED, InvitationState.EXPIRED}
    found = db.session.scalars(
        sa.select(Invitation)
        .where(Invitation.advocate_id == advocate.id, Invitation.state.not_in(closed))
        .order_by(Invitation.id.desc())
    )
    return [invitation for invitation in found if invitation.campaign.is_open]


def live_assets(advocate: Advocate) -> dict[int, Asset]:
    """What the world can see of this person now, by submission."""
    theirs = Submission.advocate_id == advocate.id
    found = (row.Asset for row in tallying.standing(theirs, also=[Asset]))
    return {asset.submission_id: asset for asset in found}


def altered(advocate: Advocate) -> set[int]:
    """Which contributions would be seen, were they still as this person agreed to them."""
    ids = tallying.altered(Submission.advocate_id == advocate.id)
    return set(db.session.scalars(sa.select(Asset.submission_id).where(Asset.id.in_(ids))))
