"""The ledger as finance reads it: what stands where since when, and each payee's year."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal import clock
from portal.advocates.models import Advocate
from portal.db import db
from portal.fields import day_of
from portal.history.models import Entry
from portal.incentives import ledger, payees
from portal.incentives.models import Reward, RewardEntry, RewardState

PER_PAGE = 50
HEADS = (
    "reward", "state", "since", "how", "note", "for", "campaign", "payee", "customer id", "name",
    "company", "email", "reward in words", "value", "currency", "donated to", "terms version",
    "earned",
)  # fmt: skip
PAYEE_HEADS = (
    "year", "payee", "customer id", "name", "company", "currency", "rewards", "total",
    "tax form on file", "limit",
)  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """Which rewards: by where they stand, since which days, and for which campaign."""

    state: RewardState | None = None
    since: date | None = None
    until: date | None = None
    campaign: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Filter":
        """As it stands in an address; what cannot be read is no filter."""
        state = args.get("state", "")
        return cls(
            RewardState(state) if state in set(RewardState) else None,
            day_of(args.get("from", "")),
            day_of(args.get("to", "")),
            args.get("campaign", ""),
        )

    @property
    def args(self) -> dict[str, str]:
        """The same for an address."""
        said = {
            "state": self.state and self.state.value,
            "from": self.since and self.since.isoformat(),
            "to": self.until and self.until.isoformat(),
            "campaign": self.campaign,
        }
        return {name: value for name, value in said.items() if value}

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        found: list[sa.ColumnElement[bool]] = [RewardEntry.id.in_(ledger.all_standing())]
        if self.state:
            found.append(RewardEntry.state == self.state)
        if self.since:
            found.append(RewardEntry.at >= _midnight(self.since))
        if self.until:
            found.append(RewardEntry.at < _midnight(self.until + timedelta(days=1)))
        if self.campaign:
            found.append(Reward.campaign == self.campaign)
        return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def campaigns() -> Sequence[str]:
    """The names of the campaigns that owe something, for the filter."""
    names = sa.select(Reward.campaign).where(Reward.campaign != "").distinct()
    return db.session.scalars(names.order_by(Reward.campaign)).all()


def page(wanted: Filter, before: int | None = None) -> tuple[Sequence[Reward], int | None]:
    """A page of rewards, newest first, and where the next page begins."""
    select = _select(wanted).limit(PER_PAGE + 1)
    if before:
        select = select.where(Reward.id < before)
    found = db.session.scalars(select).all()
    return found[:PER_PAGE], found[PER_PAGE - 1].id if len(found) > PER_PAGE else None


def counts(wanted: Filter) -> Mapping[RewardState, int]:
    """How many rewards the other filters leave in each state."""
    others = Filter(None, wanted.since, wanted.until, wanted.campaign)
    return dict(
        db.session.execute(
            sa.select(RewardEntry.state, sa.func.count())
            .join(RewardEntry.reward)
            .where(*others.conditions())
            .group_by(RewardEntry.state)
        ).all()
    )


def _select(wanted: Filter) -> sa.Select:
    return (
        sa.select(Reward)
        .join(RewardEntry, RewardEntry.reward_id == Reward.id)
        .join(Reward.advocate)
        .where(*wanted.conditions())
        .options(
            contains_eager(Reward.advocate).joinedload(Advocate.company),
            selectinload(Reward.entries),
            joinedload(Reward.payout),
        )
        .order_by(Reward.id.desc())
    )


def lines(wanted: Filter) -> Iterator[list[object]]:
    """Everything the filter leaves, a line for each reward."""
    for reward in db.session.scalars(_select(wanted)):
        person, promise, last = reward.advocate, reward.promise, reward.line
        yield [
            reward.id,
            last.state.word,
            last.at.date(),
            last.how,
            last.note,
            reward.cause,
            reward.campaign,
            person.subject,
            person.external_id,
            person.name,
            person.company.name,
            person.email,
            promise["reward"],
            f"{promise['value_cents'] / 100:.2f}",
            promise["currency"],
            promise["charity"] if reward.donated else "",
            promise["terms_version"],
            reward.created_at.date(),
        ]


# ── Each payee's year ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Payee:
    """What one person got in a year, in one currency. What went to a charity is not theirs."""

    person: Advocate
    currency: str
    number: int
    cents: int
    form_on_file: bool


def years() -> list[int]:
    """The years in which something was sent, the newest first."""
    first = db.session.scalar(sa.select(sa.func.min(RewardEntry.at)).where(ledger.was_sent()))
    now = clock.now().year
    return list(range(now, (first.year if first else now) - 1, -1))


def payees_of(year: int) -> list[Payee]:
    """Everyone who got something in this year, the largest sums first: a person’s rows together,
    as the limit counts them (T14)."""
    currency = Reward.promise["currency"].as_string().label("currency")
    person = sa.func.coalesce(Advocate.merged_into_id, Advocate.id).label("advocate_id")
    sums = (
        sa.select(
            person,
            currency,
            sa.func.count().label("number"),
            sa.func.sum(Reward.promise["value_cents"].as_integer()).label("cents"),
        )
        .join(Reward.entries)
        .join(Reward.advocate)
        .where(
            Reward.donated.is_(False),
            ledger.was_sent(),
            RewardEntry.at >= _midnight(date(year, 1, 1)),
            RewardEntry.at < _midnight(date(year + 1, 1, 1)),
        )
        .group_by(person, currency)
        .subquery()
    )
    row = sa.orm.aliased(Advocate)
    about = sa.literal("advocate:") + sa.cast(row.id, sa.String)
    form = sa.exists().where(
        sa.or_(row.id == Advocate.id, row.merged_into_id == Advocate.id),
        Entry.about == about,
        Entry.verb == payees.ON_FILE,
    )
    found = (
        sa.select(Advocate, sums.c.currency, sums.c.number, sums.c.cents, form)
        .join(sums, sums.c.advocate_id == Advocate.id)
        .order_by(sums.c.cents.desc(), Advocate.id)
    )
    return [
        Payee(person, code, number, int(total), bool(on_file))
        for person, code, number, total, on_file in db.session.execute(found)
    ]


def payee_lines(year: int) -> Iterator[list[object]]:
    limit = payees.threshold(year)
    for one in payees_of(year):
        yield [
            year,
            one.person.subject,
            one.person.external_id,
            one.person.name,
            one.person.company.name,
            one.currency,
            one.number,
            f"{one.cents / 100:.2f}",
            "yes" if one.form_on_file else "no",
            f"{limit / 100:.2f}" if limit is not None and one.currency == "USD" else "",
        ]
