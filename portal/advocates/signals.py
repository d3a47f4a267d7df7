"""Facts about how customers are doing: noted by hand, or brought in from a file."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from portal import clock
from portal.addresses import canonical_email
from portal.advocates import importing
from portal.advocates.columns import key as heading_key
from portal.advocates.models import SCALES, Advocate, Company, Signal, SignalKind
from portal.advocates.rows import day_first, read_date
from portal.db import db, lock
from portal.errors import NotAllowed, NotFound, Unreadable
from portal.history.actions import Actor, record

SPELLINGS = {
    "email": "email emailaddress mail workemail contactemail",
    "kind": "kind type signal survey surveytype metric",
    "value": "value score rating answer response",
    "at": "date day at createdat respondedat answered answeredat",
    "words": "words comment comments note feedback subject",
}
WORDS = {
    SignalKind.NPS: "NPS answer (0 to 10)",
    SignalKind.CSAT: "CSAT answer (1 to 5)",
    SignalKind.CES: "CES answer (1 to 7)",
    SignalKind.RATING: "Rating (1 to 5)",
    SignalKind.RENEWAL: "Renewal",
    SignalKind.USAGE: "Usage (0 to 100)",
    SignalKind.TICKET: "Support ticket",
    SignalKind.NOTE: "Note",
    SignalKind.COMMUNITY: "Community activity",
}


def note(
    person: Advocate, kind: SignalKind, *, value: float | None, words: str, at: date, by: Actor
) -> None:
    """Write down one fact. The same fact twice is one; it sends and asks nothing."""
    if fault := objection(kind, value, at):
        raise NotAllowed(fault)
    lock("signals")
    signal = fact(person, kind, value, words, at, by)
    if not db.session.scalar(sa.select(Signal.id).where(Signal.key == signal.key)):
        db.session.add(signal)
        record(person, "signal noted", by=by, kind=kind.value)


def objection(kind: SignalKind, value: float | None, at: date) -> str:
    """What is wrong with a fact, as a sentence; empty when nothing is."""
    if at > clock.now().date():
        return "Choose a day that has come."
    if (scale := SCALES[kind]) is None:
        return ""
    lowest, highest = scale
    if value is None or not lowest <= value <= highest:
        return f"Enter a number from {lowest} to {highest}."
    return ""


def fact(
    person: Advocate, kind: SignalKind, value: float | None, words: str, at: date, by: Actor
) -> Signal:
    value = value if SCALES[kind] else None
    said = f"{person.id}|{kind}|{value}|{at}|{words}"
    return Signal(
        company_id=person.company_id,
        advocate_id=person.id,
        kind=kind,
        value=value,
        words=words[:1000],
        at=at,
        key=hashlib.sha256(said.encode()).hexdigest(),
        by=by.subject,
    )


def close_ticket(signal: Signal, *, by: Actor) -> None:
    """The ticket is settled: from now on it keeps nobody from being asked. Twice is harmless."""
    if signal.kind is SignalKind.TICKET and signal.closed_at is None:
        signal.closed_at = clock.now().date()
        record(signal, "ticket closed", by=by)


def get(signal_id: int) -> Signal:
    """One signal, or NotFound."""
    if found := db.session.get(Signal, signal_id):
        return found
    raise NotFound("There is no such signal.")


def of(person: Advocate) -> Sequence[Signal]:
    """What is known of a person and of their company as a whole, newest first."""
    company = sa.and_(Signal.company_id == person.company_id, Signal.advocate_id.is_(None))
    return db.session.scalars(
        sa.select(Signal)
        .where(sa.or_(Signal.advocate_id == person.id, company))
        .order_by(Signal.at.desc(), Signal.id.desc())
        .limit(100)
    ).all()


def at(company: Company) -> Sequence[Signal]:
    """What is known of a company and of everyone there, newest first."""
    known = sa.select(Signal).where(Signal.company_id == company.id)
    return db.session.scalars(known.order_by(Signal.at.desc(), Signal.id.desc()).limit(100)).all()


def about(person: Advocate) -> Sequence[Signal]:
    """All that was noted of the person alone, oldest first: theirs to have (T36)."""
    mine = sa.select(Signal).where(Signal.advocate_id == person.id)
    return db.session.scalars(mine.order_by(Signal.at, Signal.id)).all()


def forget(person: Advocate) -> None:
    """Delete what was noted of a person, and the words we put on them (T36)."""
    db.session.execute(sa.delete(Signal).where(Signal.advocate_id == person.id))
    person.tags = []


# ── From a file ────────────────────────────────────────────────────────────────────────────


def bring_in(data: bytes, *, by: Actor) -> tuple[Counter[str], list[str]]:
    """Take the facts of a CSV in: how many were new, known and refused, and why the refused.

    One transaction; the same file twice changes nothing.
    """
    if len(data) > importing.MAX_BYTES:
        raise Unreadable("This file is larger than 5 MB. Split it and import the parts.")
    lines = [row for row in importing.csv_rows(importing.decode(data)) if any(row[1])]
    places = columns(lines[0][1] if lines else [])
    rows = [(line, {f: _cell(cells, at) for f, at in places.items()}) for line, cells in lines[1:]]
    known = _people([row["email"] for _, row in rows])
    days_first = day_first(row["at"] for _, row in rows)
    found: dict[str, Signal] = {}
    refused: list[str] = []
    for line, row in rows:
        try:
            signal = _read(row, known, days_first, by)
        except ValueError as fault:
            refused.append(f"Line {line}: {fault}.")
        else:
            found[signal.key] = signal
    lock("signals")
    there = _there(list(found))
    db.session.add_all(signal for key, signal in found.items() if key not in there)
    counts = Counter(new=len(found) - len(there), known=len(there), refused=len(refused))
    return counts, refused


def columns(headings: Sequence[str]) -> dict[str, int]:
    """Field → the place of its column; raises Unreadable where a needed one is missing."""
    keys = [heading_key(heading) for heading in headings]
    found = {
        field: next((keys.index(word) for word in words.split() if word in keys), None)
        for field, words in SPELLINGS.items()
    }
    if missing := [f for f in ("email", "kind", "at") if found[f] is None]:
        asked = {"email": "Email", "kind": "Kind", "at": "Date"}
        named = " and ".join(f"“{asked[field]}”" for field in missing)
        raise Unreadable(f"Head a column {named}. This file has none that says so.")
    return {field: place for field, place in found.items() if place is not None}


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _read(row: dict[str, str], known: dict[str, Advocate], days_first, by: Actor) -> Signal:
    person = known.get(row["email"].lower())
    if person is None:
        raise ValueError(f"no customer here has the mail address “{row['email']}”")
    word = row["kind"].strip().lower()
    if word not in list(SignalKind):
        raise ValueError(f"“{row['kind']}” is none of {', '.join(SignalKind)}")
    kind, number = SignalKind(word), row.get("value", "").replace(",", ".")
    try:
        value = float(number) if number and SCALES[kind] else None
    except ValueError:
        raise ValueError(f"“{number}” is not a number") from None
    at = read_date(row["at"], days_first)
    if fault := objection(kind, value, at):
        raise ValueError(fault[0].lower() + fault[1:].rstrip("."))
    return fact(person, kind, value, row.get("words", ""), at, by)


def _people(addresses: Sequence[str]) -> dict[str, Advocate]:
    keys = {}
    for address in addresses:
        try:
            keys[canonical_email(address)] = address.lower()
        except UnicodeError:
            continue
    wanted = sorted(keys)
    found: dict[str, Advocate] = {}
    for start in range(0, len(wanted), 500):
        some = sa.select(Advocate).where(Advocate.email_key.in_(wanted[start : start + 500]))
        found |= {keys[person.email_key]: person for person in db.session.scalars(some)}
    return found


def _there(keys: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), 500):
        some = sa.select(Signal.key).where(Signal.key.in_(keys[start : start + 500]))
        found.update(db.session.scalars(some))
    return found
