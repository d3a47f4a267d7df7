"""A file of codes: looked through line by line, and put in the pool once somebody said so."""

import base64
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

import sqlalchemy as sa

from portal import clock
from portal.advocates.importing import MAX_ROWS, csv_rows, decode
from portal.db import changed, db, lock
from portal.errors import NotFound, Unreadable
from portal.history.actions import record
from portal.incentives import codes
from portal.incentives.models import CodeUpload, Issuing, Offer, RewardCode
from portal.staff.models import Staff

MAX_BYTES = 1024 * 1024
MAX_CODE = 200
KEPT = timedelta(days=7)  # what nobody puts in the pool
BATCH = 500
HEADINGS = {
    "code": {"code", "codes", "voucher", "gutschein", "coupon"},
    "value": {"value", "amount", "wert", "betrag"},
    "currency": {"currency", "währung"},
    "expires": {"expires", "expiry", "expires on", "valid until", "gültig bis"},
}
SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}


@dataclass(frozen=True)
class Row:
    """One line of the file; ``why`` it cannot be used, or empty."""

    line: int
    code: str
    expires_on: date | None = None
    why: str = ""

    @property
    def masked(self) -> str:
        return codes.masked(self.code)

    @property
    def sentence(self) -> str:
        return f"Line {self.line}: {self.why}."


def read(data: bytes) -> list[tuple[int, dict[str, str]]]:
    """The cells of each line by what they are; raises Unreadable, naming what is missing."""
    if len(data) > MAX_BYTES:
        raise Unreadable("This file is larger than 1 MB. Split it and upload the parts.")
    filled = ((n, cells) for n, cells in csv_rows(decode(data)) if any(c.strip() for c in cells))
    _, headings = next(filled, (0, []))
    named = [" ".join(heading.lower().split()) for heading in headings]
    at = {
        field: place
        for field, words in HEADINGS.items()
        for place, name in enumerate(named)
        if name in words
    }
    if "code" not in at:
        raise Unreadable("Head the column of the codes “Code”. No column of this file is.")
    rows = [
        (number, {field: _cell(cells, place) for field, place in at.items()})
        for number, cells in filled
    ]
    if not rows:
        raise Unreadable("There is a heading in this file, but no code below it.")
    if len(rows) > MAX_ROWS:
        raise Unreadable(f"This file has more than {MAX_ROWS:,} lines. Split it.")
    return rows


def _cell(cells: list[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def plan(rows: list[tuple[int, dict[str, str]]], offer: Offer) -> list[Row]:
    """What each line would do as things stand now; changes nothing."""
    names = {cells["code"]: codes.fingerprint(cells["code"]) for _, cells in rows}
    known = _known(set(names.values()))
    seen: dict[str, int] = {}
    planned = []
    for line, cells in rows:
        planned.append(_judge(line, cells, offer, seen, known.get(names[cells["code"]], "")))
        seen.setdefault(cells["code"], line)
    return planned


def _judge(line: int, cells: dict[str, str], offer: Offer, seen: dict, known: str) -> Row:
    code = cells["code"]

    def refuse(why: str) -> Row:
        return Row(line, code, why=why)

    if not code:
        return refuse("there is no code on it")
    if len(code) > MAX_CODE or not code.isprintable():
        return refuse(f"the code is longer than {MAX_CODE} characters, or cannot be shown")
    if code in seen:
        return refuse(f"the code {codes.masked(code)} is already on line {seen[code]}")
    if known:
        return refuse(f"the code {codes.masked(code)} is already in the pool of “{known}”")
    if why := _wrong_worth(cells.get("value", ""), cells.get("currency", ""), offer):
        return refuse(why)
    try:
        expires = _day(cells.get("expires", ""))
    except ValueError:
        return refuse(f"“{cells['expires'][:30]}” is no date such as 2027-12-31")
    if expires and expires < clock.now().date():
        return refuse(f"the code {codes.masked(code)} expired on {expires.isoformat()}")
    return Row(line, code, expires)


def _wrong_worth(value: str, currency: str, offer: Offer) -> str:
    """Why a code is not worth what the offer promises; a file need not say it."""
    found = re.fullmatch(r"([^\d\s.,-]*)\s*([\d.,]*)\s*([^\d\s.,-]*)", value)
    if found is None:
        return f"“{value[:30]}” is no sum of money"
    said = [part for part in (currency, found[1], found[3]) if part]
    wrong = [part for part in said if SIGNS.get(part, part.upper()) != offer.currency]
    if wrong:
        return f"it is in {wrong[0][:10]}, and the offer is in {offer.currency}"
    if not found[2]:
        return ""
    try:
        cents = Decimal(_with_point(found[2])) * 100
    except InvalidOperation:
        return f"“{value[:30]}” is no sum of money"
    if cents != offer.value_cents:
        promised = f"{offer.value_cents / 100:.2f} {offer.currency}"
        return f"it is worth {cents / 100:.2f}, and the offer promises {promised}"
    return ""


def _with_point(number: str) -> str:
    """25,00 and 1.250,00 as well as 25.00 and 1,250.00."""
    if re.search(r",\d{1,2}$", number):
        return number.replace(".", "").replace(",", ".")
    return number.replace(",", "")


def _day(text: str) -> date | None:
    """A day as 2027-12-31 or 31.12.2027; never as 12/31/2027, which may be read two ways."""
    if not text:
        return None
    if re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{4}", text):
        day, month, year = map(int, text.split("."))
        return date(year, month, day)
    return date.fromisoformat(text)


def _known(fingerprints: set[str]) -> dict[str, str]:
    """Which codes are here already, and in the pool of which offer."""
    wanted = sorted(fingerprints)
    query = sa.select(RewardCode.fingerprint, Offer.name).join(
        Offer, Offer.id == RewardCode.offer_id
    )
    return {
        name: offer
        for start in range(0, len(wanted), BATCH)
        for name, offer in db.session.execute(
            query.where(RewardCode.fingerprint.in_(wanted[start : start + BATCH]))
        )
    }


# ── From the upload to the pool ────────────────────────────────────────────────────────────


def upload(data: bytes, filename: str, offer: Offer, *, by: Staff) -> CodeUpload:
    """Keep a file, sealed, for its preview; raises Unreadable, keeping nothing."""
    read(data)
    purge(clock.now() - KEPT)
    kept = CodeUpload(
        offer=offer,
        filename=filename[-200:],
        content=sealed_file(data, offer),
        refused=[],
        staff=by,
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def get(upload_id: int) -> CodeUpload:
    if kept := db.session.get(CodeUpload, upload_id):
        return kept
    raise NotFound("This file is no longer here. Files nobody uses are let go after 7 days.")


def recent(offer: Offer) -> Sequence[CodeUpload]:
    """The last ten files for this offer, newest first."""
    mine = sa.select(CodeUpload).where(CodeUpload.offer_id == offer.id)
    return db.session.scalars(mine.order_by(CodeUpload.id.desc()).limit(10)).all()


def preview(kept: CodeUpload) -> list[Row]:
    data = base64.b64decode(codes.unseal(kept.content, kept.offer.subject))
    return plan(read(data), kept.offer)


def sealed_file(data: bytes, offer: Offer) -> bytes:
    return codes.seal(base64.b64encode(data).decode(), offer.subject)


def apply(kept: CodeUpload, *, by: Staff) -> None:
    """Put the good codes in the pool, as things stand now. Twice changes nothing."""
    lock(codes.POOL)
    db.session.refresh(kept)
    db.session.refresh(kept.offer)
    if kept.applied_at:
        return
    rows = preview(kept)
    good = [row for row in rows if not row.why]
    db.session.add_all(codes.new(kept.offer, kept, row.code, row.expires_on) for row in good)
    kept.offer.issuing = Issuing.CODE
    kept.added, kept.applied_at, kept.content = len(good), clock.now(), b""
    kept.refused = [row.sentence for row in rows if row.why]
    record(kept.offer, "codes added", by=by, number=len(good))


def counts(rows: list[Row]) -> Counter[bool]:
    """How many lines can be used (True), and how many cannot."""
    return Counter(not row.why for row in rows)


def purge(before: datetime) -> int:
    """Let go of files nobody put in the pool, and of the refused lines of others; how many."""
    waiting = sa.delete(CodeUpload).where(
        CodeUpload.applied_at.is_(None), CodeUpload.created_at < before
    )
    gone = changed(waiting)
    old = sa.select(CodeUpload).where(CodeUpload.applied_at < before)
    full = [kept for kept in db.session.scalars(old) if kept.refused]
    for kept in full:
        kept.refused = []
    return gone + len(full)
