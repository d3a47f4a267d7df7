"""Tables for spreadsheets, in which no cell is taken for a formula (OWASP: CSV injection)."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: object) -> str:
    """A cell that begins like a formula gets an apostrophe."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def table(heads: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """The text of a CSV file that Excel opens as UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return "\ufeff" + text.getvalue()
