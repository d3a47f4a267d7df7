"""The one question: is this permission in force? In Python for a page, in SQL for a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal import clock
from portal.consent.models import (
    GRANTING,
    ConsentEvent,
    Purpose,
    Receipt,
    Statement,
    Verdict,
)
from portal.db import db


@dataclass(frozen=True)
class Permission:
    """What one person's choice for one purpose amounts to now."""

    purpose: Purpose
    verdict: Verdict
    statement: Statement
    since: datetime
    until: datetime | None

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
            event.purpose, event.verdict, event.statement, event.at, event.until
        )
    return folded


def in_force(receipt: Receipt, purpose: Purpose) -> bool:
    permission = state(receipt).get(purpose)
    return permission is not None and permission.in_force


def is_in_force(receipt_id, purpose: Purpose) -> sa.ColumnElement[bool]:
    """The same question as SQL, for joins: a yes, not past its date, with no later word."""
    later = sa.orm.aliased(ConsentEvent)
    return sa.exists().where(
        ConsentEvent.receipt_id == receipt_id,
        ConsentEvent.purpose == purpose,
        ConsentEvent.verdict.in_(GRANTING),
        sa.or_(ConsentEvent.until.is_(None), ConsentEvent.until > clock.now()),
        ~sa.exists().where(
            later.receipt_id == ConsentEvent.receipt_id,
            later.purpose == ConsentEvent.purpose,
            later.id > ConsentEvent.id,
        ),
    )


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
