import enum
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.advocates.models import Advocate
from portal.db import Model
from portal.errors import NotAllowed
from portal.incentives.models import Offer
from portal.staff.models import Staff


class Action(enum.StrEnum):
    """A kind of advocacy. What each asks is data: see ``submissions/prompts.en.json``."""

    REVIEW = "review"
    QUOTE = "quote"
    CASE_STUDY = "case-study"
    WEBINAR = "webinar"
    REFERRAL = "referral"


# The stages of a lead that may earn the referral reward, as "each person who … and ___".
REWARDING_STAGES = {
    "qualified": "turns out to be a good fit",
    "meeting": "meets us",
    "won": "becomes a customer",
}
LINKS_OUTLIVE = timedelta(days=60)


class Touch(enum.StrEnum):
    """Which link counts when the same person comes through two."""

    FIRST = "first"
    LAST = "last"


class Asked(enum.StrEnum):
    """Whether the page of a referral link asks for something beside name and work mail."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    HIDDEN = "hidden"


class CampaignState(enum.StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    CLOSED = "closed"


class Campaign(Model):
    """Whom we ask for what, until when, with which offer."""

    __tablename__ = "campaign"
    __table_args__ = (
        sa.CheckConstraint("(state = 'draft') = (sent_at IS NULL)", name="sent_at_unless_draft"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    state: Mapped[CampaignState] = mapped_column(default=CampaignState.DRAFT)
    actions: Mapped[list[str]]
    audience: Mapped[dict[str, Any]]  # {"ids": […]} picked, or {"search": …, "country": …}
    offer_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Offer.id))
    offer: Mapped[Offer | None] = relationship(foreign_keys=[offer_id])
    offer_budget_cents: Mapped[int | None]  # of its currency; what goes beyond is looked at
    referral_offer_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Offer.id))
    referral_offer: Mapped[Offer | None] = relationship(foreign_keys=[referral_offer_id])
    rewarding_stage: Mapped[str] = mapped_column(sa.String(20), default="won")
    # The rest of the referral terms, printed under each link. A promise cannot change once sent.
    counts_days: Mapped[int] = mapped_column(default=180)  # from the day a link is made
    touch: Mapped[Touch] = mapped_column(default=Touch.FIRST)
    hold_days: Mapped[int] = mapped_column(default=0)  # from the rewarding stage to the approval
    most_each: Mapped[int | None]  # rewards per advocate
    most_all: Mapped[int | None]  # rewards in this campaign
    budget_cents: Mapped[int | None]  # of the reward's currency
    prospect_promise: Mapped[str] = mapped_column(sa.String(200), default="")  # "You get …"
    prospect_cents: Mapped[int] = mapped_column(default=0, server_default="0")  # what it is worth
    share_text: Mapped[str] = mapped_column(default="")  # suggested to whoever passes one on
    # The page its links open.
    asks_company: Mapped[Asked] = mapped_column(default=Asked.REQUIRED)
    asks_message: Mapped[Asked] = mapped_column(default=Asked.OPTIONAL)
    asks_phone: Mapped[Asked] = mapped_column(default=Asked.HIDDEN)
    shows_quote: Mapped[bool] = mapped_column(default=True)  # the newest one that may be shown
    # Where a review may be posted as well, and whether we ask to see it there (T12).
    platform: Mapped[str] = mapped_column(sa.String(40), default="")
    platform_url: Mapped[str] = mapped_column(sa.String(500), default="")
    platform_proof: Mapped[bool] = mapped_column(default=False)
    deadline: Mapped[date]
    subject_line: Mapped[str] = mapped_column("mail_subject", sa.String(150))
    body: Mapped[str]  # placeholders by name only: {first_name} {company} {sender}
    why: Mapped[str] = mapped_column(default="")  # "why you", on the landing page
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    owner: Mapped[Staff] = relationship()
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    scheduled_for: Mapped[datetime | None]  # of a draft: the worker sends it then
    sent_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]  # no invitation and no reminder leaves meanwhile
    mails_per_minute: Mapped[int] = mapped_column(default=200)
    reminders: Mapped[list[int]] = mapped_column(sa.JSON, default=list)  # days after the mail
    personal_lines: Mapped[dict[str, Any]] = mapped_column(default=dict)  # advocate id → words
    let_go: Mapped[int] = mapped_column(default=0)  # unanswered invitations deleted since (T36)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}

    def asks_for(self, action: Action) -> bool:
        return action.value in self.actions

    @property
    def is_open(self) -> bool:
        """May something new be started? What was started can be finished and followed later."""
        return self.state is CampaignState.SENT and clock.now().date() <= self.deadline

    @property
    def links_until(self) -> datetime:
        """How long its links open: past the deadline, so that people can see what became of it."""
        last = datetime.combine(self.deadline, time.max, UTC)
        return max(last, clock.now()) + LINKS_OUTLIVE


class InvitationState(enum.StrEnum):
    """What the person did. Whether the mail left is the mail's own state (``outbox.Message``),
    and "expired" follows from the deadline: neither is copied here, so neither can be wrong.
    ``queries.standing`` puts the three together for pages.
    """

    QUEUED = "queued"
    SENT = "sent"
    OPENED = "opened"  # a person pressed the button; never a GET
    ACCEPTED = "accepted"  # began something
    EXPIRED = "expired"
    DECLINED = "declined"
    REVOKED = "revoked"


_OPEN = {InvitationState.QUEUED, InvitationState.SENT, InvitationState.OPENED}
MOVES = {
    "send": ({InvitationState.QUEUED}, InvitationState.SENT),
    "open": ({InvitationState.QUEUED, InvitationState.SENT}, InvitationState.OPENED),
    "accept": (_OPEN | {InvitationState.DECLINED}, InvitationState.ACCEPTED),
    "decline": (_OPEN, InvitationState.DECLINED),
    "expire": (_OPEN, InvitationState.EXPIRED),
    "revoke": (_OPEN | {InvitationState.ACCEPTED}, InvitationState.REVOKED),
}


class Invitation(Model):
    """One advocate's way in to one campaign."""

    __tablename__ = "invitation"
    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "advocate_id"),
        sa.Index("ix_invitation_campaign_id_waits_since", "campaign_id", "waits_since"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey(Campaign.id))
    campaign: Mapped[Campaign] = relationship(lazy="joined", innerjoin=True)
    advocate_id: Mapped[int] = mapped_column(sa.ForeignKey(Advocate.id), index=True)
    advocate: Mapped[Advocate] = relationship(lazy="joined", innerjoin=True)
    state: Mapped[InvitationState] = mapped_column(default=InvitationState.QUEUED)
    no_offer_because: Mapped[str] = mapped_column(default="")  # sector rules (T13)
    declined_actions: Mapped[list[str]] = mapped_column(default=list)
    unasked: Mapped[list[str]] = mapped_column(default=list)  # of these, what we left out
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    personal_line: Mapped[str] = mapped_column(default="")  # for this person alone
    waits_since: Mapped[datetime | None]  # its mail has yet to be promised
    mailed_at: Mapped[datetime | None]
    reminded: Mapped[int] = mapped_column(default=0)  # reminders promised so far
    opened_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]  # "ask me later": silence until then, then once more

    @property
    def actions(self) -> list[str]:
        """What it asks of this person, without what they would rather not do."""
        left = [one for one in self.campaign.actions if one not in (self.declined_actions or ())]
        return left or self.campaign.actions

    @property
    def offer(self) -> Offer | None:
        """What this person is offered for taking part."""
        return None if self.no_offer_because else self.campaign.offer

    @property
    def referral_offer(self) -> Offer | None:
        return None if self.no_offer_because else self.campaign.referral_offer

    def allows(self, move: str) -> bool:
        return self.state in MOVES[move][0]

    def move(self, move: str) -> None:
        if not self.allows(move):
            raise NotAllowed(f"This invitation is {self.state}.")
        self.state = MOVES[move][1]


class Ask(Model):
    """Each time we asked anyone for anything: the ledger behind the ask limits."""

    __tablename__ = "ask"

    id: Mapped[int] = mapped_column(primary_key=True)
    advocate_id: Mapped[int] = mapped_column(sa.ForeignKey(Advocate.id), index=True)
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Campaign.id))
    at: Mapped[datetime] = mapped_column(default=clock.now)


class MomentWeights(Model):
    """How much each sign of a good moment counts. Each change is a new row; the last one holds."""

    __tablename__ = "moment_weights"

    id: Mapped[int] = mapped_column(primary_key=True)
    weights: Mapped[dict[str, Any]]
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(Staff.id))
    staff: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
