"""The one question: is this permission in force? In Python for a page, in SQL for a list."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.config import settings
from portal.consent.models import (
    GRANTING,
    Channel,
    ConsentEvent,
    Purpose,
    Receipt,
    Statement,
    Verdict,
)
from portal.db import db
from portal.errors import NotFound


@dataclass(frozen=True)
class Permission:
    """What one person's choice for one purpose amounts to now."""

    purpose: Purpose
    verdict: Verdict
    statement: Statement
    since: datetime
    until: datetime | None
    channels: tuple[str, ...] = ()

    @property
    def in_force(self) -> bool:
        return self.verdict in GRANTING and (self.until is None or self.until > clock.now())

    @property
    def standing(self) -> str:
        """given, refused, withdrawn or expired, for people."""
        if self.verdict in GRANTING:
            return "given" if self.in_force else "expired"
        return self.verdict.value


def state(receipt: Receipt) -> dict[Purpose, Permission]:
    """The fold: each purpose asked on this receipt, and where it stands now."""
    folded = {}
    for event in receipt.events:  # oldest first: the newest word wins
        folded[event.purpose] = Permission(
            event.purpose,
            event.verdict,
            event.statement,
            event.at,
            event.until,
            tuple(event.channels),
        )
    return folded


def in_force(receipt: Receipt, purpose: Purpose) -> bool:
    permission = state(receipt).get(purpose)
    return permission is not None and permission.in_force


def is_in_force(
    receipt_id, purpose: Purpose, now=None, *, channel: Channel | None = None
) -> sa.ColumnElement[bool]:
    """The same question as SQL, for joins: a yes, not past its date, with no later word.

    A statement that is kept must give ``now`` as a gap, to be filled when it runs. With a
    ``channel``, only where the wording they said yes to named it.
    """
    later = sa.orm.aliased(ConsentEvent)
    now = clock.now() if now is None else now
    return sa.exists().where(
        ConsentEvent.receipt_id == receipt_id,
        ConsentEvent.purpose == purpose,
        sa.or_(*(ConsentEvent.verdict == verdict for verdict in GRANTING)),
        sa.or_(ConsentEvent.until.is_(None), ConsentEvent.until > now),
        *([reaches(channel)] if channel else []),
        ~sa.exists().where(
            later.receipt_id == ConsentEvent.receipt_id,
            later.purpose == ConsentEvent.purpose,
            later.id > ConsentEvent.id,
        ),
    )


def reaches(channel: Channel) -> sa.ColumnElement[bool]:
    """Whether a yes was given for this channel; a list is kept as text in both databases."""
    return sa.cast(ConsentEvent.channels, sa.Text).contains(f'"{channel}"')


def statement(purpose: Purpose, language: str = "en") -> Statement | None:
    """The newest wording for a purpose; English where the language has none."""
    for tongue in dict.fromkeys((language, "en")):
        found = db.session.scalar(
            sa.select(Statement)
            .where(Statement.purpose == purpose, Statement.language == tongue)
            .order_by(Statement.version.desc())
            .limit(1)
        )
        if found:
            return found
    return None


def receipts_of(advocate_id: int) -> Sequence[Receipt]:
    """All receipts of one person, newest first."""
    return db.session.scalars(
        sa.select(Receipt).where(Receipt.advocate_id == advocate_id).order_by(Receipt.id.desc())
    ).all()


def receipt_of(advocate_id: int, reference: str) -> Receipt:
    """One receipt of this person; somebody else’s is not found."""
    found = db.session.scalar(
        sa.select(Receipt).where(Receipt.reference == reference, Receipt.advocate_id == advocate_id)
    )
    if found is None:
        raise NotFound("There is no receipt of yours with this reference.")
    return found


def permission(receipt: Receipt, purpose: str) -> Permission:
    """Where one purpose of a receipt stands; one never asked is not found."""
    for known, standing in state(receipt).items():
        if known == purpose:
            return standing
    raise NotFound("This receipt does not ask for that permission.")


# ── The wording, as the person reads it ────────────────────────────────────────────────────


@dataclass(frozen=True)
class Wording:
    """One choice in the words shown to one person."""

    purpose: Purpose
    label: str
    detail: str
    until: datetime  # if they say yes now


def wordings(
    purposes: Iterable[str],
    advocate: Advocate,
    language: str = "en",
    *,
    credit: str = "",
    company: str = "",
) -> list[Wording]:
    """The newest wording of each purpose, in order, filled in for this person."""
    statements = [statement(Purpose(name), language) for name in purposes]
    return [wording(found, advocate, credit, company) for found in statements if found]


def wording(found: Statement, advocate: Advocate, credit: str = "", company: str = "") -> Wording:
    return Wording(
        found.purpose,
        fill(found.label, advocate, credit, company),
        fill(found.detail, advocate, credit, company),
        lasts_until(found, clock.now()),
    )


def as_read(text: str, receipt: Receipt) -> str:
    """A wording with the facts of what a receipt was given for."""
    return fill(text, receipt.advocate, receipt.credit, receipt.under_name)


def fill(text: str, advocate: Advocate, credit: str = "", company: str = "") -> str:
    """Put the person's own facts in; by plain replacement, so no text can run anything.

    ``credit`` is how they sign what it is about; unless given, their name and title. ``company``
    is what theirs was called then; unless given, what it is called now.
    """
    text = text.replace("{credit}", credit or "{name}, {title}")
    if not advocate.job_title:
        text = text.replace(", {title}", "")
    facts = {
        "brand": settings().brand_name,
        "name": advocate.name,
        "title": advocate.job_title,
        "company": company or advocate.company.name,
        "first_name": advocate.first_name,
    }
    return re.sub(r"\{(\w+)\}", lambda place: facts.get(place[1], place[0]), text)


def lasts_until(found: Statement, start: datetime) -> datetime:
    """When a yes given then ends."""
    return start + timedelta(days=round(found.months * 30.4375))


def in_words(
    receipt: Receipt, unshown: Collection[Purpose] = (), why: str = ""
) -> list[dict[str, str]]:
    """Every purpose asked and what was said, for mails (T27); ``why`` a yes to what is ``unshown``
    has no effect."""
    return [
        {
            "label": as_read(said.statement.label, receipt),
            "standing": said.standing,
            "until": f"{said.until.day} {said.until:%B %Y}" if said.until else "",
            "unshown": why if purpose in unshown and said.in_force else "",
        }
        for purpose, said in state(receipt).items()
    ]
