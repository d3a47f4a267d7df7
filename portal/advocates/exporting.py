"""Tables for a spreadsheet, in which no cell is taken for a formula."""

from collections.abc import Iterable, Sequence

from portal.advocates.models import Advocate, Refused
from portal.spreadsheet import table

HEADINGS = (
    "Customer id", "First name", "Last name", "Email", "Company", "Job title", "Phone", "City",
    "Country", "Language", "Sector", "Customer since", "Tags", "Asked us to stop", "Left",
    "Time zone", "Website", "Owner",
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
        person.company.website, person.company.owner and person.company.owner.email,
    ]  # fmt: skip


LINE, WHY = "Line refused", "Why it was refused"


def refusals(headings: Sequence[str], refused: Iterable[Refused]) -> str:
    """The rows an import refused: line, reason, and then the cells under the headings they had, so
    that this very table can be put right and imported."""
    places = [place for place, name in enumerate(headings) if name not in (LINE, WHY)]
    rows = []
    for one in refused:
        beyond = one.cells[len(headings) :]
        cells = [one.cells[place] for place in places if place < len(one.cells)]
        rows.append([one.line, one.why.partition(": ")[2], *cells, *beyond])
    return table([LINE, WHY, *(headings[place] for place in places)], rows)
