"""For legal: who said what, when, in which words, for which uses, until when (T24, T28)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.campaigns.models import Action
from portal.consent import queries as permissions
from portal.consent.models import ConsentEvent, Purpose, Receipt
from portal.db import db
from portal.errors import NotFound
from portal.history import queries as history
from portal.incentives.models import Reward
from portal.publishing import desk, integrity
from portal.publishing import queries as publishing
from portal.publishing.models import Asset
from portal.publishing.planning import PLANNED
from portal.staff.models import Staff
from portal.submissions import crediting
from portal.submissions.models import Credit, State, Submission
from portal.submissions.queries import shown
from portal.submissions.sending import said_beside
from portal.undo import actions as undo

SAID = {
    "issued": "permissions answered",
    "credited otherwise": "another credit chosen",
    "credited with less": "another credit chosen",
}
YES = {"submitted", "approved", PLANNED, "published", "reconfirmed", "signed off"}
UNDECIDED = {State.DRAFT, State.SUBMITTED, State.CHANGES}


@dataclass(frozen=True)
class Use:
    """One purpose: the wording it was asked in, the answer, and every answer before it."""

    purpose: Purpose
    label: str
    standing: permissions.Permission
    events: list[ConsentEvent]
    unshown: str = ""  # why a yes to it is shown nowhere

    @property
    def wording(self) -> str:
        statement = self.standing.statement
        return f"{statement.language}@{statement.version}"


@dataclass(frozen=True)
class Act:
    """Something somebody did, as the history has it."""

    what: str
    who: str
    at: datetime
    note: str
    undone_since: datetime | None = None  # of an undo: when the decision it took back was made


@dataclass(frozen=True)
class Account:
    """Everything about one contribution that a lawyer may ask for."""

    submission: Submission
    asset: Asset | None
    uses: list[Use]
    acts: list[Act]
    rewards: Sequence[Reward]
    disclosure: str

    @property
    def is_sealed(self) -> bool:
        """An undecided review's rating stays out of sight, here too (T16)."""
        return self.submission.action is Action.REVIEW and self.submission.state in UNDECIDED

    @property
    def approvals(self) -> list[Act]:
        """Who said yes on the way out: the customer by sending, then our side. A decision that was
        undone within its ten seconds is none."""
        standing: list[Act] = []
        for act in self.acts:
            if (since := act.undone_since) is not None:
                standing = [one for one in standing if one.who != act.who or one.at < since]
            elif act.what in YES:
                standing.append(act)
        return standing

    @property
    def public(self) -> bool:
        return bool(self.asset and publishing.address_of(self.submission))

    @property
    def why_not(self) -> str:
        return desk.reason(self.asset) if self.asset and not self.public else ""

    @property
    def fault(self) -> str:
        """What is not as it was written; empty when all of it is."""
        return integrity.fault(self.asset) if self.asset else ""

    def answers(self) -> list[dict[str, Any]]:
        """The newest words, answer by answer."""
        sent = self.submission.current
        return [a | {"text": shown(a["kind"], a["value"])} for a in (sent.answers if sent else ())]


def asset(asset_id: int) -> Asset:
    """Something published once; raises NotFound."""
    if found := db.session.get(Asset, asset_id):
        return found
    raise NotFound("There is nothing published under this number.")


def account(submission: Submission) -> Account:
    """What is on record for one contribution."""
    reward = sa.select(Reward).where(Reward.reason == submission.subject)
    return Account(
        submission=submission,
        asset=publishing.asset_of(submission),
        uses=uses(submission.receipt, submission) if submission.receipt else [],
        acts=acts(submission, *([submission.receipt] if submission.receipt else [])),
        rewards=db.session.scalars(reward).all(),
        disclosure=said_beside(submission),
    )


def accounts(person: Advocate) -> list[Account]:
    """The same for everything someone ever sent, newest first."""
    sent = (
        sa.select(Submission)
        .where(Submission.advocate_id == person.id, Submission.submitted_at.is_not(None))
        .order_by(Submission.id.desc())
    )
    return [account(submission) for submission in db.session.scalars(sent).all()]


def other_receipts(person: Advocate, told: list[Account]) -> list[Receipt]:
    """Receipts for something else than words, such as a name on a referral page."""
    known = {one.submission.receipt_id for one in told}
    return [r for r in permissions.receipts_of(person.id) if r.id not in known]


def uses(receipt: Receipt, submission: Submission | None = None) -> list[Use]:
    """Each purpose asked on a receipt, in order; ``submission``: what it was given for."""

    def unshown(purpose: Purpose, in_force: bool) -> str:
        who = receipt.advocate.first_name
        how = submission.credit if submission else Credit.FULL
        return crediting.without_effect(how, purpose, in_force, who)

    return [
        Use(
            purpose,
            permissions.as_read(standing.statement.label, receipt),
            standing,
            [event for event in receipt.events if event.purpose is purpose],
            unshown(purpose, standing.in_force),
        )
        for purpose, standing in permissions.state(receipt).items()
    ]


def acts(*things) -> list[Act]:
    """What happened to these things, oldest first, by name."""
    entries = history.of(*things)
    names = {subject: who(subject) for subject in {entry.by for entry in entries}}
    return [
        Act(
            SAID.get(entry.verb, entry.verb),
            names[entry.by],
            entry.at,
            entry.note,
            undo.as_moment(entry.data.get("since")) if entry.verb == undo.UNDONE else None,
        )
        for entry in entries
    ]


def who(subject: str) -> str:
    """The name behind ``staff:3`` or ``advocate:7``, with what they are to us."""
    kind, _, number = subject.partition(":")
    if kind == "staff" and (colleague := db.session.get(Staff, int(number))):
        return f"{colleague.name} (staff)"
    if kind == "advocate" and (person := db.session.get(Advocate, int(number))):
        return f"{person.name} (customer)"
    return {"system": "Goodword"}.get(kind, subject)
