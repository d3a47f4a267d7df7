"""What people do to customers: import them, stop inviting them, note that they left."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock, jobs
from portal.advocates import importing, planning
from portal.advocates.caring import put_on
from portal.advocates.importing import ImportFile
from portal.advocates.models import Advocate, Company, CustomerImport, Refused, Sector
from portal.advocates.planning import OF_COMPANY, PERSONAL, Outcome, Planned
from portal.db import Model, db, lock
from portal.errors import NotAllowed, there
from portal.history.actions import Actor, record, record_all
from portal.outbox import actions as outbox
from portal.staff.models import Staff

ROWS_AT_ONCE = 500  # more would keep other writers waiting on SQLite
NEEDED = ("email", "first_name", "company")
KEPT = timedelta(days=7)  # how long a file waits to be applied

# ── Importing ──────────────────────────────────────────────────────────────────────────────


def plan_import(file: ImportFile) -> list[Planned]:
    """What this file would change, row by row; changes nothing."""
    return planning.plan(file)


def apply_import(plan: list[Planned], *, by: Actor) -> Counter[Outcome]:
    """Do what the plan says, in one transaction; how many rows had which outcome.

    The plan must come from this same transaction. A few statements, however many rows.
    """
    rows = [row for row in plan if row.outcome in (Outcome.CREATE, Outcome.UPDATE)]
    for row in rows:
        if row.replaces:
            row.replaces.external_id = None
    db.session.flush()
    companies: dict[str, Company] = {}
    acts: list[tuple[Model, str, str]] = []
    for row in rows:
        key = row.fields["company_key"]
        is_told = row.company is None and key in companies
        company = row.company or companies.setdefault(key, found(row))
        person = row.person = row.person or Advocate(company=company)
        db.session.add(person)
        amend(person, row)
        verb, note = f"{row.outcome.value}d by import", f"Line {row.line} of {row.filename}"
        acts.append((person, verb, note))
        if not is_told and (owner := said_anew(row, "owner")):
            acts.append((company, "given to a colleague", owner.name))
    record_all(acts, by=by)
    for row in rows:
        heed(row, by=by)
    return Counter(row.outcome for row in plan)


def said_anew(row: Planned, field: str) -> Any:
    """What a row changes a field of a company to; of a new company, what it says of it."""
    if row.company is None:
        return row.fields[field]
    return next((change.new for change in row.changes if change.field == field), None)


def heed(row: Planned, *, by: Actor) -> None:
    """What a file says of whether they may be asked counts like their own word; since the day it
    names. No file takes such a word back."""
    person, says = there(row.person), row.fields
    if says["stopped"] and person.stopped_at is None:
        stop_inviting(person, by=by)
        person.stopped_at = midnight(says["stopped"])
    if says["left"] and person.left_at is None:
        leave(person, by=by)
        person.left_at = midnight(says["left"])


def midnight(day: date) -> datetime:
    """As the moment of a day of which nobody knows the hour; none that is still to come."""
    return min(datetime(day.year, day.month, day.day, tzinfo=UTC), clock.now())


def found(row: Planned) -> Company:
    """The company this row is the first to name."""
    says = row.fields
    return Company(
        name=says["company"],
        name_key=says["company_key"],
        website=says["website"],
        sector=says["sector"] or Sector.PRIVATE,
        owner=says["owner"],
    )


def amend(person: Advocate, row: Planned) -> None:
    """Write the row's values over the person's (and the company's); a blank writes nothing."""
    values = {change.field: change.new for change in row.changes}
    if row.outcome is Outcome.CREATE:
        values |= {name: row.fields[name] for name in PERSONAL if row.fields[name]}
        person.last_name = ""
        values["tags"] = row.fields["tags"]
    if tags := values.pop("tags", None):
        put_on(person, tags)
    for name in ("stopped", "left"):
        values.pop(name, None)
    for name, value in values.items():
        setattr(row.company if name in OF_COMPANY else person, name, value)
    if row.outcome is Outcome.UPDATE and "job_title" in values:
        person.moved_at = clock.now()
    if "email" in values:
        person.email_key = row.fields["email_key"]


def upload(data: bytes, filename: str, *, by: Staff) -> CustomerImport:
    """Keep a file for its preview; raises Unreadable, keeping nothing, when it is no table.

    Which column is which may still be said (``map_columns``). Files nobody applied are let go
    after 7 days.
    """
    headings = importing.headings_of(data)
    mapping = mapped_before(headings)
    try:
        importing.read(data, filename, mapping)
    except importing.Unmapped:
        if not could_be_mapped(data):
            raise
    db.session.execute(
        sa.delete(CustomerImport).where(
            CustomerImport.applied_at.is_(None), CustomerImport.created_at < clock.now() - KEPT
        )
    )
    upload = CustomerImport(
        filename=filename[-200:], content=data, staff=by, headings=headings, mapping=mapping
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def preview(upload: CustomerImport) -> tuple[ImportFile, list[Planned]]:
    """What was recognised in an uploaded file, and what it would change as things stand now."""
    file = importing.read(upload.content, upload.filename, upload.mapping)
    return file, plan_import(file)


def refused_of(upload: CustomerImport) -> list[Refused]:
    """The rows of an uploaded file that would not be taken as things stand now."""
    return [Refused(**said) for said in refusals(preview(upload)[1])]


def refusals(plan: Iterable[Planned]) -> list[dict[str, Any]]:
    """The rows that are not taken: line, reason, and the cells as they came."""
    return [
        {"line": row.line, "why": row.sentence, "cells": row.cells}
        for row in plan
        if row.outcome is Outcome.REFUSED
    ]


def mapped_before(headings: list[str]) -> dict[str, str]:
    """Which column is what, as staff said of a file whose headings these are as well: also of its
    refused rows, put right and sent again."""
    said = sa.select(CustomerImport).order_by(CustomerImport.id.desc()).limit(20)
    known = (one for one in db.session.scalars(said) if one.mapping)
    return next((one.mapping for one in known if {*one.headings} <= {*headings}), {})


def could_be_mapped(data: bytes) -> bool:
    """Whether this is a table with mail addresses in it, whatever its headings are."""
    headings, rows = importing.headings_of(data), importing.table(data)
    next(rows)
    return len(headings) >= len(NEEDED) and any("@" in cell for _, row in rows for cell in row)


def map_columns(upload: CustomerImport, said: Mapping[str, str], *, by: Actor) -> None:
    """Say under which heading each field stands; refused where that leaves no customers."""
    if upload.begun_at:
        raise NotAllowed("This file is being imported already.")
    headings = importing.headings_of(upload.content)
    if unknown := [named for named in said.values() if named and named not in headings]:
        raise NotAllowed(f"There is no column “{unknown[0][:40]}” in this file.")
    chosen = [named for named in said.values() if named]
    if twice := next((named for named in chosen if chosen.count(named) > 1), ""):
        raise NotAllowed(f"“{twice}” was chosen twice. One column can be only one thing.")
    importing.read(upload.content, upload.filename, said)
    upload.mapping = dict(said)
    record(upload, "columns chosen", by=by)


def apply(upload: CustomerImport, *, by: Actor) -> None:
    """Import an uploaded file as things stand now: what goes in at once here, a longer rest by the
    worker. Twice is harmless; the file is let go at its end.
    """
    lock("advocates.import")
    db.session.refresh(upload)
    if upload.begun_at:
        return
    upload.begun_at = clock.now()
    db.session.flush()
    if apply_more(upload):
        jobs.enqueue(
            "customers.import", upload.id, queue=jobs.IMPORTS, key=f"customers-{upload.id}"
        )
    record(upload, "applied", by=by)


def apply_more(upload: CustomerImport) -> bool:
    """Take the next rows of a begun import in, and note how far it is, in one transaction; whether
    rows are left. Begun anew after a crash it goes on behind the last row that is in.
    """
    lock("advocates.import")
    db.session.refresh(upload)
    if upload.applied_at:
        return False
    file = importing.read(upload.content, upload.filename, upload.mapping)
    refused = {said.line for said in upload.refusals}
    plan = planning.plan(file, after=upload.done_line, most=ROWS_AT_ONCE, refused=refused)
    counts = apply_import(plan, by=upload.staff)
    upload.counts = {
        outcome.value: counts[outcome] + upload.counts.get(outcome.value, 0) for outcome in Outcome
    }
    upload.refused = [*upload.refused, *refusals(plan)]
    upload.total = len(file.rows)
    upload.done_line = plan[-1].line if plan else upload.done_line
    if sum(upload.counts.values()) < upload.total:
        return True
    upload.applied_at, upload.content = clock.now(), b""
    return False


# ── Whether they may be asked ──────────────────────────────────────────────────────────────


def stop_inviting(advocate: Advocate, *, by: Actor) -> None:
    """Never invite this person again, and stop marketing mail already on its way (T38)."""
    outbox.suppress(advocate.email, reason="asked to stop")
    if advocate.stopped_at is None:
        advocate.stopped_at = clock.now()
        record(advocate, "stopped", by=by)


def invite_again(advocate: Advocate, *, by: Actor, note: str) -> None:
    """They told us they want to hear from us again; the note says how."""
    if advocate.stopped_at is None:
        return
    if not note.strip():
        raise NotAllowed(f"Write down how {advocate.name} told you.")
    outbox.unsuppress(advocate.email)
    advocate.stopped_at = None
    record(advocate, "may be invited again", by=by, note=note.strip())


def leave(advocate: Advocate, *, by: Actor) -> None:
    """They are no longer at this company: what they said is held until reconfirmed (T6, T29)."""
    if advocate.left_at is None:
        advocate.left_at = clock.now()
        record(advocate, "left the company", by=by)


def come_back(advocate: Advocate, *, by: Actor) -> None:
    """They are at this company after all."""
    if advocate.left_at:
        advocate.left_at = None
        record(advocate, "is at the company", by=by)


# ── What they say about themselves ─────────────────────────────────────────────────────────


def correct_title(advocate: Advocate, job_title: str, *, by: Actor) -> None:
    """Their job title as it is today; it stands beside their words where they agree."""
    if advocate.job_title != job_title:
        record(advocate, "job title corrected", by=by)
        advocate.job_title = job_title


# ── What is not kept for ever ──────────────────────────────────────────────────────────────


def purge_imports(before: datetime) -> int:
    """Let go of files imported, or left lying, before this moment; their counts stay (T36)."""
    db.session.execute(
        sa.delete(CustomerImport).where(
            CustomerImport.applied_at.is_(None), CustomerImport.created_at < before
        )
    )
    old = sa.select(CustomerImport).where(CustomerImport.applied_at < before)
    full = [file for file in db.session.scalars(old) if file.refused]
    for file in full:
        file.refused = []
    return len(full)
