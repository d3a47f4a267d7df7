"""Customers and open opportunities we know from elsewhere, so that no reward is promised wrongly.

Only hashes are kept: enough to recognise an address or a company's domain, not to list them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from portal.addresses import canonical_email, folded, parents
from portal.advocates.importing import MAX_BYTES, csv_rows, decode
from portal.consent.companies import free_mail
from portal.db import db, lock, only
from portal.errors import Unreadable
from portal.history.actions import Actor, record
from portal.referrals.models import KnownContact

MOST = 50_000
BATCH = 500
HEADINGS = {
    "email": {"email", "e-mail", "mail", "email address", "e-mail address", "work email"},
    "domain": {"domain", "website", "web site", "company domain", "company domain name", "url"},
}


@dataclass
class Listed:
    """What became of a file: how many are new, how many were there, which lines say nothing, and
    which only half of what they should."""

    added: int = 0
    there: int = 0
    refused: list[str] = field(default_factory=list)
    halves: list[str] = field(default_factory=list)


Read = tuple[Sequence[str], Listed]
NEITHER = "no mail address and no company’s own domain."


def is_known(email: str, domain: str) -> bool:
    """Is this mailbox, in any spelling, on the list, or this company's own domain, or one it is a
    part of?

    What was listed before spellings were folded is found under the spelling of then, or without
    its plus tag: a hash cannot be folded.
    """
    key = canonical_email(email)
    local, _, host = key.rpartition("@")
    words = {key, f"{local.partition('+')[0]}@{host}", folded(email), *parents(domain)}
    hashes = [hash_of(word) for word in words - free_mail()]
    return only(sa.select(sa.exists().where(KnownContact.key_hash.in_(hashes))))


def count() -> int:
    return only(sa.select(sa.func.count()).select_from(KnownContact))


def add(data: bytes, *, by: Actor) -> Listed:
    """Add the addresses and domains of a CSV; twice adds nothing.

    Raises Unreadable when it is no such file. Lines that hold neither are named.
    """
    return keep(*read_file(data), by=by)


def keep(found: Sequence[str], listed: Listed, *, by: Actor) -> Listed:
    """Add mailboxes and domains as they were read; twice adds nothing."""
    if not found:
        raise Unreadable("There is no address and no domain in what you sent.")
    lock("referrals.known")
    hashes = list(dict.fromkeys(hash_of(word) for word in found))
    there = set(_there(hashes))
    new = [KnownContact(key_hash=one) for one in hashes if one not in there]
    db.session.add_all(new)
    listed.added, listed.there = len(new), len(there)
    db.session.flush()
    if new:
        record(new[0], "known contacts added", by=by, added=len(new))
    return listed


def clear(*, by: Actor) -> None:
    """Forget the list, before a newer one is sent. Twice is harmless."""
    lock("referrals.known")
    first = db.session.scalar(sa.select(KnownContact).limit(1))
    if first is not None:
        record(first, "known contacts removed", by=by, removed=count())
        db.session.execute(sa.delete(KnownContact))


def read_file(data: bytes) -> Read:
    """The mailboxes and domains of a CSV, and the lines without either."""
    if len(data) > MAX_BYTES:
        raise Unreadable("This file is larger than 5 MB. Split it and send the parts.")
    return read(decode(data))


def read_entries(entries) -> Read:
    """The same of a list from JSON, each ``{"email": …}`` or ``{"domain": …}``, or both."""
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise Unreadable('Send {"contacts": [{"email": …} or {"domain": …}, …]}.')
    if len(entries) > MOST:
        raise Unreadable(f"This is more than {MOST:,} entries. Split it.")
    found, listed = [], Listed()
    for number, one in enumerate(entries, 1):
        email, domain = (str(one.get(name) or "").strip() for name in HEADINGS)
        words = [word for word in (mailbox(email), site(domain)) if word]
        found += words
        if not words:
            listed.refused.append(f"Entry {number}: {NEITHER}")
    return found, listed


def read(text: str) -> Read:
    """The mailboxes and domains of a table, from the columns whose headings say so."""
    rows = ((number, cells) for number, cells in csv_rows(text) if any(c.strip() for c in cells))
    _, headings = next(rows, (0, []))
    named = [heading.strip().lower() for heading in headings]
    columns = {
        kind: [place for place, heading in enumerate(named) if heading in words]
        for kind, words in HEADINGS.items()
    }
    if not any(columns.values()):
        raise Unreadable("Head a column “Email” or “Domain”. This file has neither.")
    found, listed = [], Listed()
    for number, cells in rows:
        emails, sites = (_given(cells, columns[kind]) for kind in ("email", "domain"))
        words = [word for word in (*map(mailbox, emails), *map(site, sites)) if word]
        found += words
        if not words:
            listed.refused.append(f"Line {number}: {NEITHER}")
        elif wrong := next((cell for cell in emails if not mailbox(cell)), ""):
            listed.halves.append(f"Line {number}: “{wrong[:60]}” is no mail address.")
        if len(found) > MOST:
            raise Unreadable(f"This file has more than {MOST:,} entries. Split it.")
    return found, listed


def _given(cells: list[str], places: Iterable[int]) -> list[str]:
    said = (cells[place].strip() for place in places if place < len(cells))
    return [cell for cell in said if cell]


def mailbox(cell: str) -> str:
    """The mailbox in a cell, its spelling folded; none in what is no address."""
    local, _, domain = cell.rpartition("@")
    if not local or "." not in domain or " " in cell:
        return ""
    try:
        return folded(cell)
    except UnicodeError:
        return ""


def site(cell: str) -> str:
    """The domain in ``https://www.acme.example/about``; none where anybody has an address."""
    host = cell.lower().partition("//")[2] or cell.lower()
    host = host.partition("/")[0].partition(":")[0].removeprefix("www.")
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        return ""
    return host if "." in host and " " not in host and host not in free_mail() else ""


def hash_of(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


def _there(hashes: Sequence[str]) -> Iterable[str]:
    for start in range(0, len(hashes), BATCH):
        part = hashes[start : start + BATCH]
        yield from db.session.scalars(
            sa.select(KnownContact.key_hash).where(KnownContact.key_hash.in_(part))
        )
