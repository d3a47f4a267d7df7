"""Tables for spreadsheets, in which no cell is taken for a formula (OWASP: CSV injection)."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: object) -> str:
    """A cell that begins like a formula gets an apostrophe."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def as_written(cell: str) -> str:
    """A cell as it was before ``harmless``."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def table(heads: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """The text of a CSV file that Excel opens as UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(harmless, heads))  # some are from a file that was sent to us
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return "\ufeff" + text.getvalue()
