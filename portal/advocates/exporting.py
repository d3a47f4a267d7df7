"""Tables for a spreadsheet, in which no cell is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from portal.advocates.models import Advocate

HEADINGS = (
    "Customer id", "First name", "Last name", "Email", "Company", "Job title", "Phone", "City",
    "Country", "Language", "Sector", "Customer since", "Tags", "Asked us to stop", "Left",
)  # fmt: skip


def customers(people: Iterable[Advocate]) -> str:
    """These people, under headings an import understands."""
    return table(HEADINGS, map(row, people))


def row(person: Advocate) -> list[object]:
    return [
        person.external_id, person.first_name, person.last_name, person.email,
        person.company.name, person.job_title, person.phone, person.city, person.country,
        person.language, person.company.sector.value, person.customer_since,
        ", ".join(tag.name for tag in person.tags), person.stopped_at and person.stopped_at.date(),
        person.left_at and person.left_at.date(),
    ]  # fmt: skip


def refusals(sentences: Iterable[str]) -> str:
    """The rows an import refused, each with its line and the reason."""
    lines = (sentence.removeprefix("Line ").partition(": ") for sentence in sentences)
    return table(("Line", "Why"), ((line, why) for line, _, why in lines))


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([safe(cell) for cell in cells] for cells in rows)
    return text.getvalue()


def safe(cell: object) -> str:
    """A cell that begins like a formula gets an apostrophe, as OWASP advises."""
    value = "" if cell is None else str(cell)
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
