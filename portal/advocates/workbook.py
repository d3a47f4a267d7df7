"""The cells of an XLSX file as text, without letting a small file become a huge table."""

import re
import zipfile
from datetime import date, datetime
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from portal.errors import Unreadable

UNPACKED = 60_000_000  # bytes
CELLS = 2_000_000
CELL = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})?(\d{1,7})["']""")
NOT_A_WORKBOOK = "This is not an XLSX workbook we can open. Save it once more as XLSX or CSV."


def rows(data: bytes) -> list[tuple[int, list[str]]]:
    """Every row of the first sheet with its number; raises Unreadable in words."""
    refuse_what_would_burst(data)
    try:
        sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0)
    except (CalamineError, OSError):
        raise Unreadable(NOT_A_WORKBOOK) from None
    table = sheet.to_python(skip_empty_area=False)
    return [(number, [text(cell) for cell in row]) for number, row in enumerate(table, 1)]


def refuse_what_would_burst(data: bytes) -> None:
    """Look before calamine does: it makes room for every cell up to the furthest one used.

    One cell in the last corner of a sheet asks for half a terabyte and ends the process.
    """
    budget = UNPACKED
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for entry in archive.infolist():
                with archive.open(entry) as part:
                    content = part.read(budget + 1)
                budget -= len(content)
                if budget < 0:
                    raise Unreadable("This workbook unpacks to more than 60 MB. Save it as CSV.")
                if entry.filename.startswith("xl/worksheets/") and area(content) > CELLS:
                    raise Unreadable(
                        "This sheet uses cells far outside its table. Copy the table into a new"
                        " sheet, or save it as CSV."
                    )
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError, OSError):
        raise Unreadable(NOT_A_WORKBOOK) from None


def area(sheet: bytes) -> int:
    """Rows times columns up to the furthest cell the sheet names."""
    across = down = 1
    for letters, row in CELL.findall(sheet):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        across, down = max(across, column), max(down, int(row))
    return across * down


def text(cell) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
