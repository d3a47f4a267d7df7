"""What stands behind a code, read in one statement: the page is opened by everyone."""

from typing import NamedTuple

import sqlalchemy as sa
from markupsafe import Markup

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns.models import Campaign, CampaignState, Invitation, InvitationState
from portal.config import settings
from portal.consent.models import Purpose
from portal.consent.queries import is_in_force
from portal.db import Given, as_moment, glance
from portal.incentives import disclosure
from portal.referrals import attribution, quoted, words
from portal.referrals.models import Referral, ReferralLink
from portal.referrals.prospect_forms import ASKS

# A page takes details unless its link is paused, its campaign closed, or its sender restricted.
OPEN = sa.and_(
    ReferralLink.paused_at.is_(None),
    Advocate.restricted_at.is_(None),
    Campaign.state != CampaignState.CLOSED,
    Invitation.state != InvitationState.REVOKED,
)
NAMED = sa.and_(
    is_in_force(Referral.receipt_id, Purpose.REFERRAL_NAME, Given("now")),
    Advocate.left_at.is_(None),
)


def behind(*what) -> sa.Select:
    """Select something from a link and all that stands behind it."""
    return (
        sa.select(*what)
        .select_from(ReferralLink)
        .join(ReferralLink.referral)
        .join(Referral.advocate)
        .join(Referral.invitation)
        .join(Invitation.campaign)
    )


LINK = behind(
    ReferralLink.id,
    ReferralLink.code,
    OPEN.label("is_open"),
    sa.case((NAMED, Advocate.first_name), else_="").label("sender"),
    Referral.promise["reward"].as_string(),
    Referral.promise["charity"].as_string(),
    Referral.choice,
    Referral.rewarding_stage,
    ReferralLink.created_at,
    Campaign.counts_days,
    Campaign.prospect_promise,
    Campaign.asks_company,
    Campaign.asks_phone,
    Campaign.asks_message,
    Campaign.shows_quote,
).where(ReferralLink.code == Given("code"))


class Landing(NamedTuple):
    """Everything the page says that is not the same for every link."""

    link_id: int
    code: str
    is_open: bool
    sender: str  # a first name, while they allow it (T31); else empty
    disclosed: str  # who may be rewarded and with what (T31)
    promised: str  # what the person who comes gets, and when (T31); else empty
    asks: tuple[str, str, str]  # for company, phone and message: an ``Asked`` each
    quote: Markup  # what a customer said, drawn with its disclosure; else empty

    @property
    def asked(self) -> dict[str, str]:
        return dict(zip(ASKS, self.asks, strict=True))

    @property
    def url(self) -> str:
        return f"{settings().base_url}/r/{self.code}"


def find(code: str) -> Landing | None:
    """What a code opens; spelling in capitals, or with a full stop at the end, is fine."""
    tidy = code.strip().rstrip(".,;:)>]\"'").lower()
    quote = quoted.kept(LINK)
    now = clock.now()
    row = glance(quote.asked, code=tidy, now=now)
    if row is None:
        return None
    link_id, kept_code, is_open, sender, reward, charity, choice, stage = row[:8]
    made, days, promised, *asks, shows_quote, standing = row[8:]
    if standing != quote.standing:  # taken back, or said by someone without a name from now on
        quote = quoted.pick(LINK)
    counts = now <= attribution.until(as_moment(made), days)
    promise = {"reward": reward, "charity": charity} if reward and counts else None
    disclosed = disclosure.on_referral_page(promise, choice, sender, words.IF_YOU[stage])
    promised = promised and f"{promised} if {words.IF_YOU[stage]}"
    said = quote.html if shows_quote else Markup()
    return Landing(
        link_id, kept_code, bool(is_open), sender, disclosed, promised, tuple(asks), said
    )
