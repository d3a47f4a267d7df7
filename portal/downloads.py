"""Files to keep: what a page sends to be saved under a name, not shown."""

from flask import Response


def attachment(data: str | bytes, mimetype: str, name: str) -> Response:
    """A file; ``name`` is of ours, so it needs no quoting."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, mimetype=mimetype, headers=disposition)


def spreadsheet(text: str, name: str) -> Response:
    """What ``spreadsheet.table`` made."""
    return attachment(text, "text/csv", name)
