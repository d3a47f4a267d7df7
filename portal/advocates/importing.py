"""A customer file as sent: rows with the line they stand on, columns by their headings."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from portal.advocates import columns, workbook
from portal.errors import Unreadable
from portal.spreadsheet import as_written

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 10_000
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
Numbered = Iterator[tuple[int, list[str]]]


class Unmapped(Unreadable):
    """A table in which we cannot tell which column is what."""


@dataclass
class Row:
    """One row of the file: its cells by field, or why it cannot be read."""

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    elsewhere: dict[str, str] = field(default_factory=dict)  # cells by their own headings
    whole: list[str] = field(default_factory=list)  # every cell, as it came


@dataclass
class ImportFile:
    """What was recognised in an uploaded file."""

    filename: str
    columns: dict[str, str]  # field → the heading it was found under
    ignored: list[str]  # headings that stand for nothing kept here
    rows: list[Row]


def headings_of(data: bytes) -> list[str]:
    """The headings of a CSV or XLSX; raises Unreadable where there are none."""
    return _headings(table(data))


def _headings(lines: Numbered) -> list[str]:
    _, headings = next(lines, (0, []))
    if not headings:
        raise Unreadable("This file is empty.")
    return [as_written(heading.strip()) for heading in headings]


def table(data: bytes) -> Numbered:
    """Every line of a file in which something stands."""
    if len(data) > MAX_BYTES:
        raise Unreadable("This file is larger than 5 MB. Split it and import the parts.")
    if data.startswith(OLE):
        raise Unreadable(
            "This is an old or protected Excel file. Save it as XLSX without password."
        )
    lines = iter(workbook.rows(data)) if data.startswith(ZIP) else csv_rows(decode(data))
    return ((number, cells) for number, cells in lines if any(cell.strip() for cell in cells))


def read(data: bytes, filename: str, said: Mapping[str, str] | None = None) -> ImportFile:
    """Recognise a CSV or XLSX of customers; raises Unreadable naming the line and the reason.

    ``said``: field → heading, where staff know better than the spellings.
    """
    filled = table(data)
    headings = _headings(filled)
    found = columns.recognise(headings, said)
    demand(found, headings)
    rows: list[Row] = []
    for number, cells in filled:
        if len(rows) == MAX_ROWS:
            raise Unreadable(f"This file has more than {MAX_ROWS:,} rows. Split it.")
        rows.append(row(number, cells, headings, found))
    if not rows:
        raise Unreadable("There are headings in this file, but no row below them.")
    return ImportFile(
        filename,
        {name: headings[column] for name, column in found.items()},
        [h for column, h in enumerate(headings) if h and column not in found.values()],
        rows,
    )


def row(line: int, cells: list[str], headings: list[str], found: dict[str, int]) -> Row:
    extra = [cell for cell in cells[len(headings) :] if cell.strip()]
    if extra:
        count = len(headings) + len(extra)
        return Row(
            line,
            whole=cells,
            problem=f"there are {count} cells under {len(headings)} headings; a cell with"
            " a comma in it needs quotation marks around it",
        )
    whole, cells = cells, [as_written(cell.strip()) for cell in cells]
    cells += [""] * (len(headings) - len(cells))
    return Row(
        line,
        {name: cells[column] for name, column in found.items()},
        elsewhere=dict(zip(headings, cells, strict=False)),
        whole=whole,
    )


def demand(found: dict[str, int], headings: list[str]) -> None:
    """Refuse a file that is not about customers, saying what was looked for and what was there."""
    if heading := columns.twice(headings, found):
        raise Unreadable(f"Two columns are headed “{heading}”. Rename or remove one.")
    missing = []
    if "email" not in found:
        missing.append("of mail addresses")
    if "company" not in found:
        missing.append("of companies")
    if "first_name" not in found and "name" not in found:
        missing.append("of names")
    if missing:
        named = ", ".join(f"“{heading[:40]}”" for heading in headings[:8] if heading)
        raise Unmapped(
            f"This file has no column {' or '.join(missing)}. Its headings are {named}."
            " Name the columns Email, First name, Last name and Company, for example."
        )


# ── CSV ────────────────────────────────────────────────────────────────────────────────────


def decode(data: bytes) -> str:
    """Text from UTF-8 (with or without mark), UTF-16 with its mark, or Windows’ cp1252."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable("This is not text we can read. Save it as CSV (UTF-8) or XLSX.")
    if "\0" in text:
        before = text[: text.index("\0")]
        raise Unreadable(
            f"Line {len((before + '.').splitlines())}: there is a NUL byte, so this is not a CSV"
            " file. Save it as CSV (UTF-8) or XLSX."
        )
    return text


def csv_rows(text: str) -> Numbered:
    """Records with the line each begins on; commas, semicolons or tabs, any line ends."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                raise Unreadable(f"Line {line}: a cell is longer than any we can keep.") from None
            raise Unreadable(
                f"Line {line}: a quotation mark opens and does not close where the cell ends."
                " Inside a cell, write it twice."
            ) from None
        yield line, cells


def delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)
