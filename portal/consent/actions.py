"""Give, refuse and withdraw; every act is a new event in one hash chain (T24)."""

import secrets
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal import clock, seeds
from portal.advocates.models import Advocate
from portal.consent import asking, queries
from portal.consent.models import ConsentEvent, Purpose, Receipt, Statement, Verdict
from portal.db import db, lock, lock_row
from portal.errors import NotAllowed
from portal.history import queries as history
from portal.history.actions import Actor, record
from portal.links import actions as links
from portal.outbox import actions as outbox

GENESIS = "0" * 64
WITHDRAWN = "permission withdrawn"  # as the history says it
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that reads like something else


@dataclass(frozen=True)
class Circumstances:
    """How a choice was made, as far as proof needs it: no raw address, no full user agent."""

    ip_hash: str = ""
    user_agent: str = ""
    language: str = "en"
    text_sha256: str = ""
    offer: Mapping[str, Any] = field(default_factory=dict)


def load_statements() -> int:
    """Add built-in statements whose wording is new, as new versions; how many were added.

    Words owners wrote stay the newest; the page they wrote them on tells that ours moved on.
    """
    added = 0
    for path in sorted(Path(__file__).parent.glob("statements.*.json")):
        language = path.name.split(".")[1]
        for item in seeds.read(path):
            newest = queries.statement(Purpose(item["purpose"]), language)
            digest = seeds.digest(item)
            if newest and (newest.sha256 == digest or is_reworded(newest)):
                continue
            version = newest.version + 1 if newest else 1
            db.session.add(Statement(**item, language=language, version=version, sha256=digest))
            added += 1
    db.session.flush()
    return added


def is_reworded(statement: Statement) -> bool:
    """Whether owners of this portal wrote it, in place of ours."""
    return bool(history.of(statement))


def issue_receipt(
    advocate: Advocate,
    contribution: str,
    choices: Mapping[Purpose, bool],
    *,
    circumstances: Circumstances,
    credit: str = "",
) -> Receipt:
    """Record one person's yes or no to each purpose they were asked, and give the receipt."""
    receipt = Receipt(
        reference=_reference(), advocate=advocate, contribution=contribution, credit=credit
    )
    db.session.add(receipt)
    db.session.flush()
    for purpose, yes in choices.items():
        verdict = Verdict.GIVEN if yes else Verdict.REFUSED
        _append(receipt, purpose, verdict, by=advocate, circumstances=circumstances)
    record(receipt, "issued", by=advocate)
    return receipt


def give(receipt: Receipt, purpose: Purpose, *, by: Actor, circumstances: Circumstances) -> None:
    """Say yes now, to the wording as it stands now. Saying it twice changes nothing."""
    lock_row(receipt)
    if not queries.in_force(receipt, purpose):
        _append(receipt, purpose, Verdict.GIVEN, by=by, circumstances=circumstances)
        record(receipt, "permission given", by=by, purpose=purpose.value)


def answer(
    receipt: Receipt, choices: Mapping[Purpose, bool], *, by: Actor, circumstances: Circumstances
) -> None:
    """Say yes or no to each of these anew, whatever was said before: what is asked reads otherwise
    now. A no to what was given takes it back."""
    lock_row(receipt)
    for purpose, yes in choices.items():
        if yes:
            _append(receipt, purpose, Verdict.GIVEN, by=by, circumstances=circumstances)
            record(receipt, "permission given", by=by, purpose=purpose.value)
        elif queries.in_force(receipt, purpose):
            withdraw(receipt, purpose, by=by, circumstances=circumstances)
        else:
            _append(receipt, purpose, Verdict.REFUSED, by=by, circumstances=circumstances)


def withdraw(
    receipt: Receipt, purpose: Purpose, *, by: Actor, circumstances: Circumstances
) -> None:
    """Take one permission back; in force on the next read. Twice is harmless (T26)."""
    lock_row(receipt)
    if queries.in_force(receipt, purpose):
        _append(receipt, purpose, Verdict.WITHDRAWN, by=by, circumstances=circumstances)
        record(receipt, WITHDRAWN, by=by, purpose=purpose.value)


def reconfirm(
    receipt: Receipt,
    *,
    by: Actor,
    circumstances: Circumstances,
    asked: Collection[Purpose] = tuple(Purpose),
) -> None:
    """Say each yes in force again, for new words or a new year (T6, T25). A no stays a no, and
    what was not ``asked`` lasts as long as it did."""
    lock_row(receipt)
    for purpose, permission in queries.state(receipt).items():
        if permission.in_force and purpose in asked:
            _append(receipt, purpose, Verdict.RECONFIRMED, by=by, circumstances=circumstances)
    record(receipt, "reconfirmed", by=by)


def withdraw_all(receipt: Receipt, *, by: Actor, circumstances: Circumstances) -> None:
    """Take back everything this receipt ever allowed."""
    for purpose in queries.state(receipt):
        withdraw(receipt, purpose, by=by, circumstances=circumstances)


def _append(
    receipt: Receipt,
    purpose: Purpose,
    verdict: Verdict,
    *,
    by: Actor,
    circumstances: Circumstances,
) -> ConsentEvent:
    statement = queries.statement(purpose, circumstances.language)
    if statement is None:
        raise NotAllowed(f"There is no wording for the permission “{purpose}” yet.")
    lock("consent-chain")
    newest = db.session.scalar(
        sa.select(ConsentEvent.hash).order_by(ConsentEvent.id.desc()).limit(1)
    )
    now = clock.now()
    given = verdict in (Verdict.GIVEN, Verdict.RECONFIRMED)
    event = ConsentEvent(
        receipt_id=receipt.id,
        purpose=purpose,
        verdict=verdict,
        statement_id=statement.id,
        statement=statement,
        channels=list(statement.channels) if given else [],
        until=queries.lasts_until(statement, now) if given else None,
        text_sha256=circumstances.text_sha256,
        offer=dict(circumstances.offer),
        language=circumstances.language,
        ip_hash=circumstances.ip_hash,
        user_agent=circumstances.user_agent,
        by=by.subject,
        at=now,
        previous_hash=newest or GENESIS,
    )
    event.hash = chained(event)
    db.session.add(event)
    db.session.flush()
    db.session.expire(receipt, ["events"])
    return event


def chained(event: ConsentEvent) -> str:
    """The hash that ties an event to its wording and to the event before it."""
    return seeds.digest(facts(event))


def facts(event: ConsentEvent) -> dict[str, Any]:
    """What that hash is taken of, as it goes into evidence."""
    return {
        "receipt": event.receipt_id,
        "purpose": event.purpose.value,
        "verdict": event.verdict.value,
        "statement": event.statement.sha256,
        "channels": event.channels,
        "until": _stamp(event.until),
        "text": event.text_sha256,
        "offer": event.offer,
        "language": event.language,
        "ip": event.ip_hash,
        "agent": event.user_agent,
        "by": event.by,
        "at": _stamp(event.at),
        "previous": event.previous_hash,
    }


def _stamp(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="microseconds") if moment else None


def _reference() -> str:
    block = lambda: "".join(secrets.choice(ALPHABET) for _ in range(4))  # noqa: E731
    return f"GW-{block()}-{block()}"


def first_broken_link() -> int | None:
    """Walk the whole chain; the id of the first event that was changed, or None.

    An event counts as changed when its wording was, too.
    """
    previous = GENESIS
    query = sa.select(ConsentEvent).order_by(ConsentEvent.id).execution_options(yield_per=500)
    with closing(db.session.scalars(query)) as events:
        for event in events:
            whole = event.hash == chained(event) and is_as_loaded(event.statement)
            if event.previous_hash != previous or not whole:
                return event.id
            previous = event.hash
    return None


def is_as_loaded(statement: Statement) -> bool:
    """Whether a wording still is what its hash was made of."""
    item = {
        "purpose": statement.purpose.value,
        "label": statement.label,
        "detail": statement.detail,
        "channels": statement.channels,
        "months": statement.months,
    }
    return seeds.digest(item) == statement.sha256


def forget(advocate: Advocate, *, by: Actor, circumstances: Circumstances) -> None:
    """Take back every permission of a person who is being erased, and end their receipts' links.

    The events stay: they name nobody, and prove what was allowed when (T24, T36).
    """
    found = queries.receipts_of(advocate.id)
    for receipt in found:
        withdraw_all(receipt, by=by, circumstances=circumstances)
        receipt.credit = ""
    names = [receipt.subject for receipt in found]
    links.forget(names)
    outbox.forget_person(advocate.email, names + asking.forget(found))
