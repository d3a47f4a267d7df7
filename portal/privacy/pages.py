"""What the pages about one person’s data share."""

from flask import Blueprint, Response

from portal.media import storage

bp = Blueprint("privacy", __name__)


def attachment(data: bytes, mimetype: str, name: str) -> Response:
    """A file to keep; the door of every page that hands one out says no-store."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, mimetype=mimetype, headers=disposition)


def let_go(keys: list[str]) -> None:
    """Only after the commit: a file too many is harmless, one too few is not."""
    for key in keys:
        storage.delete(key)
