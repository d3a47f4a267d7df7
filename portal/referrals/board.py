"""What staff see of leads: the board, the list, one lead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal.advocates.models import Advocate
from portal.campaigns.models import Campaign, Invitation
from portal.db import db
from portal.errors import NotFound
from portal.referrals import report
from portal.referrals.models import (
    Lead,
    LeadSignal,
    Referral,
    ReferralLink,
    Severity,
    Stage,
)
from portal.staff.models import Staff

PER_PAGE = 50
PER_COLUMN = 12
STANDS_OUT = Lead.signals.any(
    sa.and_(LeadSignal.cleared_at.is_(None), LeadSignal.severity != Severity.NOTE)
)


@dataclass(frozen=True)
class Column:
    """One stage of the board: how many, and the newest of them."""

    stage: Stage
    count: int
    leads: Sequence[Lead]


@dataclass(frozen=True)
class Filter:
    """What narrows the board, as it stands in the page's address."""

    campaign: int | None = None
    search: str = ""
    stage: Stage | None = None
    owner: int | None = None
    look: bool = False  # only those a person should look at
    # As a number of the report counts them.
    advocate: int | None = None
    source: str = ""
    month: str = ""
    qualified: bool = False  # once, also when it was lost later

    def apply(self, select: sa.Select) -> sa.Select:
        if self.campaign:
            select = select.where(Invitation.campaign_id == self.campaign)
        if self.search:
            text = (
                Lead.name,
                Lead.company,
                Lead.email,
                Lead.crm_id,
                Advocate.first_name,
                Advocate.last_name,
            )
            select = select.where(
                sa.or_(*(column.icontains(self.search, autoescape=True) for column in text))
            )
        if self.stage:
            select = select.where(Lead.stage == self.stage)
        if self.owner:
            select = select.where(Lead.owner_id == self.owner)
        if self.look:
            select = select.where(STANDS_OUT)
        if self.advocate:
            select = select.where(Referral.advocate_id == self.advocate)
        if self.source:
            select = select.where(Lead.source == self.source)
        if self.month:
            select = select.where(report.month(Lead.created_at) == self.month)
        if self.qualified:
            select = select.where(report.EVER_QUALIFIED)
        return select

    @property
    def counted(self) -> list[str]:
        """What a number of the report narrows it to, in words."""
        person = db.session.get(Advocate, self.advocate) if self.advocate else None
        return [
            *([f"sent by {person.name or 'someone erased at their wish'}"] if person else []),
            *([f"through {report.SOURCES[self.source].lower()}"] if self.source else []),
            *([f"that came in {self.month}"] if self.month else []),
            *(["qualified at some time"] if self.qualified else []),
        ]


def _joined(*what) -> sa.Select:
    return (
        sa.select(*what)
        .select_from(Lead)
        .join(Lead.link)
        .join(ReferralLink.referral)
        .join(Referral.advocate)
        .join(Invitation, Invitation.id == Referral.invitation_id)
    )


def _leads() -> sa.Select:
    return _joined(Lead).options(
        contains_eager(Lead.link)
        .contains_eager(ReferralLink.referral)
        .contains_eager(Referral.advocate)
    )


def columns(wanted: Filter) -> list[Column]:
    """Every stage with its count and its newest leads; the whole board in ten queries."""
    counts = dict(
        db.session.execute(
            wanted.apply(_joined(Lead.stage, sa.func.count())).group_by(Lead.stage)
        ).all()
    )
    newest = wanted.apply(_leads()).order_by(Lead.updated_at.desc()).limit(PER_COLUMN)
    return [
        Column(
            stage,
            counts.get(stage, 0),
            db.session.scalars(newest.where(Lead.stage == stage)).all() if stage in counts else [],
        )
        for stage in Stage
    ]


def listed(wanted: Filter, before: int | None) -> tuple[Sequence[Lead], int | None]:
    """A page of leads, newest first, and where the next page begins."""
    select = wanted.apply(_leads()).order_by(Lead.id.desc()).limit(PER_PAGE + 1)
    if before:
        select = select.where(Lead.id < before)
    found = db.session.scalars(select).all()
    return found[:PER_PAGE], found[PER_PAGE - 1].id if len(found) > PER_PAGE else None


def every(wanted: Filter) -> Iterator[Lead]:
    """All leads that are asked for, newest first, a page at a time."""
    before = None
    while True:
        found, before = listed(wanted, before)
        yield from found
        if before is None:
            return


def owners() -> Sequence[Staff]:
    """The colleagues who have leads, to filter by."""
    having = sa.select(Lead.owner_id).where(Lead.owner_id.is_not(None))
    return db.session.scalars(
        sa.select(Staff).where(Staff.id.in_(having)).order_by(Staff.name)
    ).all()


def colleagues(owner_id: int | None) -> Sequence[Staff]:
    """Whom a lead may be given to; whoever has it stays on the list."""
    may = sa.or_(Staff.disabled_at.is_(None), Staff.id == (owner_id or 0))
    return db.session.scalars(sa.select(Staff).where(may).order_by(Staff.name)).all()


def campaigns() -> Sequence[Campaign]:
    """The campaigns that have referrals, to filter by."""
    used = sa.select(Invitation.campaign_id).join(Referral, Referral.invitation_id == Invitation.id)
    return db.session.scalars(
        sa.select(Campaign).where(Campaign.id.in_(used)).order_by(Campaign.id.desc())
    ).all()


def lead(lead_id: int) -> Lead:
    found = db.session.get(Lead, lead_id)
    if found is None:
        raise NotFound("There is no such lead.")
    return found


def alike_to(lead: Lead) -> Sequence[Lead]:
    """Later leads that may be the same piece of business as this one."""
    return db.session.scalars(sa.select(Lead).where(Lead.alike_id == lead.id).limit(20)).all()
