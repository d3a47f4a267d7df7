"""What the pages about one person’s data share."""

from flask import Blueprint

from portal.media import storage

bp = Blueprint("privacy", __name__)


def let_go(keys: list[str]) -> None:
    """Only after the commit: a file too many is harmless, one too few is not."""
    for key in keys:
        storage.delete(key)
