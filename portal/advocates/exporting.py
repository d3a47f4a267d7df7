"""Tables for a spreadsheet, in which no cell is taken for a formula."""

from collections.abc import Iterable

from portal.advocates.models import Advocate
from portal.spreadsheet import table

HEADINGS = (
    "Customer id", "First name", "Last name", "Email", "Company", "Job title", "Phone", "City",
    "Country", "Language", "Sector", "Customer since", "Tags", "Asked us to stop", "Left",
    "Time zone",
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
        "" if person.time_zone == "UTC" else person.time_zone,
    ]  # fmt: skip


def refusals(sentences: Iterable[str]) -> str:
    """The rows an import refused, each with its line and the reason."""
    lines = (sentence.removeprefix("Line ").partition(": ") for sentence in sentences)
    return table(("Line", "Why"), ((line, why) for line, _, why in lines))
