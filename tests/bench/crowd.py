"""A portal with a million contributions in it, written by the database itself in half a minute."""

import sqlalchemy as sa

from portal.advocates.models import Advocate, Company
from portal.campaigns.models import Action, Campaign, Invitation
from portal.clock import now
from portal.consent.models import ConsentEvent, Purpose, Receipt, Statement, Verdict
from portal.db import UTCDateTime, db
from portal.incentives.models import Reward, RewardEntry, RewardState
from portal.referrals.models import Lead, LeadSignal, ReferralLink, Severity, Stage
from portal.submissions.models import PromptSet, State, Submission

FIRST = 10_000_000  # far above what is already there
ACTIONS = list(Action)  # what one customer gives
DAYS = 900


def fill(size: int) -> None:
    """So many contributions, five from each customer: 2 of 100 wait, 3 are approved, 80 are
    published. Beside them rewards (a fifth as many, 1 of 100 due), leads and their signals."""
    trusting(True)
    people = size // len(ACTIONS)
    customers(people)
    contributions(size)
    owed(people)
    leads(size // 50)
    trusting(False)


def trusting(on: bool) -> None:
    """PostgreSQL need not look up what each of a million rows points at: it is there."""
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        role = "replica" if on else "origin"
        db.session.execute(sa.text(f"SET SESSION session_replication_role = {role}"))
    elif on:
        db.session.rollback()
        db.session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")


def customers(people: int) -> None:
    campaign = db.session.scalars(sa.select(Campaign.id)).first()
    n, rows = numbers(people // 4 + 1)
    put(Company, rows, id=FIRST + n, name=text("Company ", n), name_key=text("bench company ", n))
    n, rows = numbers(people)
    mail = text("p", n, "@bench.example")
    put(
        Advocate, rows, id=FIRST + n, company_id=FIRST + n // 4, first_name=sa.literal("Ada"),
        last_name=text("Name ", n * 7919 % 1_000_003), email=mail, email_key=mail,
        country=text("Country ", n % 40),
    )  # fmt: skip
    put(Invitation, rows, id=FIRST + n, campaign_id=campaign, advocate_id=FIRST + n)


def contributions(size: int) -> None:
    n, rows = numbers(size)
    what, sent = n % len(ACTIONS), moment(n, size)
    person = FIRST + n // len(ACTIONS)
    spread = n // len(ACTIONS) * 37 % 100
    state = sa.case(
        (spread < 2, State.SUBMITTED), (spread < 5, State.APPROVED),
        (spread < 20, State.DECLINED), else_=State.PUBLISHED,
    )  # fmt: skip
    put(
        Receipt, rows, id=FIRST + n, reference=text("GW-", n), advocate_id=person,
        contribution=sa.literal("quote"),
    )  # fmt: skip
    put(
        ConsentEvent, rows, id=FIRST + n, receipt_id=FIRST + n, purpose=Purpose.WORDS,
        verdict=sa.case((n % 7 == 0, Verdict.REFUSED), else_=Verdict.GIVEN),
        statement_id=sa.select(sa.func.min(Statement.id)).scalar_subquery(),
        channels=sa.literal(["web"], sa.JSON),
        language=sa.literal("en"), by=sa.literal("bench"), previous_hash=sa.literal(""),
        hash=text("bench", n),
    )  # fmt: skip
    put(
        Submission, rows, id=FIRST + n, invitation_id=person, advocate_id=person,
        action=sa.case(*((what == place, one) for place, one in enumerate(ACTIONS))),
        prompt_set_id=prompts(), state=state, version=1, receipt_id=FIRST + n,
        submitted_at=sent, decided_at=sa.case((spread >= 2, sent)),
    )  # fmt: skip


def looked_after(by: int, every: int) -> None:
    """One company in so many, spread over all, is looked after by this colleague."""
    place = (Company.id - FIRST) * 7919 % 1_000_003 % every
    mine = sa.update(Company).where(Company.id >= FIRST, Company.owner_id.is_(None), place == 0)
    db.session.execute(mine.values(owner_id=by), execution_options={"synchronize_session": False})


def owed(people: int) -> None:
    n, rows = numbers(people)
    due = n % 100 == 0
    put(
        Reward, rows, id=FIRST + n, advocate_id=FIRST + n, reason=text("bench:", n),
        explanation=sa.literal("Your quote"),
        promise=sa.literal({"reward": "a €25 gift card"}, sa.JSON),
        waits_since=sa.case((due, moment(n, people))),
    )  # fmt: skip
    state = sa.case((due, RewardState.ACCRUED), else_=RewardState.ISSUED)
    put(RewardEntry, rows, id=FIRST + n, reward_id=FIRST + n, state=state, by=sa.literal("bench"))


def leads(number: int) -> None:
    n, rows = numbers(number)
    links = db.session.scalars(sa.select(ReferralLink.id)).all()
    stage = sa.case((n % 50 == 0, Stage.RECEIVED), else_=Stage.LOST)
    put(
        Lead, rows, id=FIRST + n, link_id=min(links) + n % len(links), name=text("Lead ", n),
        email=text("l", n, "@bench.example"), email_key=text("l", n, "@bench.example"),
        company=text("Firm ", n), stage=stage, version=1, created_at=moment(n, number),
    )  # fmt: skip
    put(
        LeadSignal, rows, id=FIRST + n, lead_id=FIRST + n, rule=sa.literal("velocity"),
        severity=Severity.HOLD, reason=sa.literal("Many came at once."), at=moment(n, number),
        cleared_at=sa.case((n % 50 != 0, moment(n, number))),
        by=sa.case((n % 50 != 0, "bench"), else_=""),
    )  # fmt: skip


# ── In SQL ─────────────────────────────────────────────────────────────────────────────────


def lite() -> bool:
    return db.engine.dialect.name == "sqlite"


def numbers(many: int):
    """The column of the numbers below this, and the rows it stands in."""
    rows = sa.select(sa.literal(0).label("n")).cte("numbers", recursive=True)
    rows = rows.union_all(sa.select(rows.c.n + 1).where(rows.c.n + 1 < many))
    return rows.c.n, rows


def put(model, rows, **values) -> None:
    """One row for each number."""
    table = model.__table__
    columns = [
        value if isinstance(value, sa.ColumnElement) else sa.literal(value, table.c[name].type)
        for name, value in values.items()
    ]
    db.session.execute(
        sa.insert(table).from_select(list(values), sa.select(*columns).select_from(rows))
    )


def text(*parts) -> sa.ColumnElement[str]:
    words = [sa.cast(part, sa.Text) if not isinstance(part, str) else part for part in parts]
    return sum(words[1:], sa.literal(words[0], sa.Text))


def moment(n, many: int):
    """From 900 days ago until yesterday, in the order of the numbers."""
    began = int(now().timestamp()) - DAYS * 86400
    seconds = began + n * ((DAYS - 1) * 86400 / many)
    if lite():
        told = sa.func.strftime("%Y-%m-%d %H:%M:%f000", seconds, "unixepoch")
    else:
        told = sa.func.to_timestamp(seconds)
    return sa.type_coerce(told, UTCDateTime)


def prompts() -> int:
    """Some set of questions: they are not shown in a list."""
    found = db.session.scalars(sa.select(PromptSet.id)).first()
    if found is None:
        row = {
            "action": Action.QUOTE, "language": "en", "version": 1, "title": "Give a quote",
            "summary": "", "minutes": 5, "next_step": "", "shown_where": "", "purposes": [],
            "sha256": "", "builtin_sha256": "",
        }  # fmt: skip
        found = db.session.scalar(sa.insert(PromptSet).values(**row).returning(PromptSet.id))
    return found
