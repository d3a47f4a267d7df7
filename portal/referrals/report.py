"""The funnel of referrals: who came, how far, what it is worth and what it costs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.campaigns.models import Campaign, Invitation
from portal.clicks.models import ClickDay, Kind, What
from portal.db import db, is_last
from portal.incentives.limits import LIVE
from portal.incentives.models import Reward, RewardEntry
from portal.referrals.models import (
    PROGRESS,
    Lead,
    Referral,
    ReferralLink,
    Stage,
    StageMove,
)
from portal.referrals.prospect_ledger import ProspectReward, ProspectRewardEntry
from portal.undo.lines import is_left

BY = {
    "campaign": "Campaign",
    "advocate": "Customer",
    "source": "Source",
    "month": "Month",
}
SOURCES = {"link": "The link itself", "qr": "The QR code"}
QUALIFIED = PROGRESS[PROGRESS.index(Stage.QUALIFIED) :]
Money = dict[str, int]  # currency → cents


@dataclass
class Line:
    """One campaign, customer, source or month."""

    key: str
    name: str
    visits: int = 0
    leads: int = 0
    qualified: int = 0
    won: int = 0
    value: Money = field(default_factory=dict)  # of what was won
    cost: Money = field(default_factory=dict)  # rewards owed and sent

    @property
    def numbers(self) -> list[tuple[str, int]]:
        return [
            ("Visits", self.visits),
            ("Leads", self.leads),
            ("Qualified", self.qualified),
            ("Won", self.won),
        ]


def lines(by: str, campaign: int | None = None) -> list[Line]:
    """The funnel by one of BY; most leads first, months newest first."""
    names = _names(by)
    found: dict[str, Line] = {}

    def at(key: object) -> Line:
        key = str(key)
        return found.setdefault(key, Line(key, names(key)))

    for key, leads, qualified, won in db.session.execute(_leads(by, campaign)):
        line = at(key)
        line.leads, line.qualified, line.won = leads, int(qualified or 0), int(won or 0)
    for key, currency, cents in db.session.execute(_values(by, campaign)):
        at(key).value[currency] = int(cents)
    for key, currency, cents in _costs(by, campaign):
        line = at(key)
        line.cost[currency] = line.cost.get(currency, 0) + cents
    for key, visits in _visits(by, campaign):
        at(key).visits += visits
    if by == "month":
        return sorted(found.values(), key=lambda line: line.key, reverse=True)
    return sorted(found.values(), key=lambda line: (-line.leads, -line.visits, line.name))


def total(lines: Iterable[Line]) -> Line:
    """All of them together."""
    whole = Line("", "All together")
    for line in lines:
        for name in ("visits", "leads", "qualified", "won"):
            setattr(whole, name, getattr(whole, name) + getattr(line, name))
        for mine, theirs in ((whole.value, line.value), (whole.cost, line.cost)):
            for currency, cents in theirs.items():
                mine[currency] = mine.get(currency, 0) + cents
    return whole


# ── Counted in the database ────────────────────────────────────────────────────────────────

# It got that far once, also when it was lost later.
EVER_QUALIFIED = sa.exists().where(
    StageMove.lead_id == Lead.id,
    StageMove.stage.in_(QUALIFIED),
    is_left(StageMove, StageMove.lead_id, StageMove.how),
)


def month(moment) -> sa.ColumnElement[str]:
    """2026-11, in UTC, on both databases."""
    if db.session.get_bind().dialect.name == "sqlite":
        return sa.func.strftime("%Y-%m", moment)
    return sa.func.to_char(sa.func.timezone("UTC", moment), "YYYY-MM")


def _key(by: str) -> sa.SQLColumnExpression[Any]:
    keys: dict[str, Callable[[], sa.SQLColumnExpression[Any]]] = {
        "campaign": lambda: Invitation.campaign_id,
        "advocate": lambda: Referral.advocate_id,
        "source": lambda: Lead.source,
        "month": lambda: month(Lead.created_at),
    }
    return keys[by]()


def _joined(campaign: int | None, *what) -> sa.Select:
    select = (
        sa.select(*what)
        .select_from(Lead)
        .join(Lead.link)
        .join(ReferralLink.referral)
        .join(Invitation, Invitation.id == Referral.invitation_id)
    )
    return select.where(Invitation.campaign_id == campaign) if campaign else select


def _leads(by: str, campaign: int | None) -> sa.Select:
    key = _key(by)
    return _joined(
        campaign,
        key,
        sa.func.count(),
        sa.func.sum(sa.case((EVER_QUALIFIED, 1), else_=0)),
        sa.func.sum(sa.case((Lead.stage == Stage.WON, 1), else_=0)),
    ).group_by(key)


def _values(by: str, campaign: int | None) -> sa.Select:
    key = _key(by)
    return (
        _joined(campaign, key, Lead.currency, sa.func.sum(Lead.value_cents))
        .where(Lead.stage == Stage.WON, Lead.value_cents.is_not(None))
        .group_by(key, Lead.currency)
    )


def _costs(by: str, campaign: int | None) -> Iterable[tuple[str, str, int]]:
    """What rewards owed or sent come to, the prospects’ own too. One lead may have earned a reward
    for two customers."""
    cost = (
        sa.select(
            Reward.reason,
            Reward.promise["currency"].as_string(),
            Reward.promise["value_cents"].as_integer(),
        )
        .join(Reward.entries)
        .where(Reward.reason.startswith("lead:"))
        .where(is_last(RewardEntry.reward_id), RewardEntry.state.in_(LIVE))
    )
    theirs = (
        sa.select(ProspectReward.lead_id, ProspectReward.currency, ProspectReward.value_cents)
        .join(ProspectReward.entries)
        .where(is_last(ProspectRewardEntry.reward_id))
        .where(ProspectRewardEntry.state.in_(LIVE), ProspectReward.value_cents > 0)
    )
    keys = dict(db.session.execute(_joined(campaign, Lead.id, _key(by))).all())
    for reason, currency, cents in db.session.execute(cost):
        lead_id = int(reason.removeprefix("lead:").partition("/")[0])
        if lead_id in keys:
            yield keys[lead_id], currency, cents
    for lead_id, currency, cents in db.session.execute(theirs):
        if lead_id in keys:
            yield keys[lead_id], currency, cents


def _visits(by: str, campaign: int | None) -> Iterable[tuple[str, int]]:
    """Visits are machines' and people's alike; none is taken for a human act (T39)."""
    keys: dict[str, Callable[[], sa.SQLColumnExpression[Any]]] = {
        "campaign": lambda: Invitation.campaign_id,
        "advocate": lambda: Referral.advocate_id,
        "source": lambda: ClickDay.source,
        "month": lambda: ClickDay.day,
    }
    key = keys[by]()
    select = (
        sa.select(key, sa.func.sum(ClickDay.visitors))
        .join(ReferralLink, ReferralLink.id == ClickDay.link_id)
        .join(ReferralLink.referral)
        .join(Invitation, Invitation.id == Referral.invitation_id)
        .where(ClickDay.what == What.LINK, ClickDay.kind == Kind.VISIT)
        .group_by(key)
    )
    if campaign:
        select = select.where(Invitation.campaign_id == campaign)
    for found, visits in db.session.execute(select):
        yield (f"{found:%Y-%m}" if by == "month" else found), int(visits)


def _names(by: str) -> Callable[[str], str]:
    if by == "campaign":
        named = dict(db.session.execute(sa.select(Campaign.id, Campaign.name)).all())
        return lambda key: named[int(key)]
    if by == "advocate":
        return lambda key: db.session.get_one(Advocate, int(key)).name or "Erased at their wish"
    return lambda key: SOURCES.get(key, key)
