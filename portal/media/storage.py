"""Where photos lie: one directory for now, behind three verbs, so that a bucket can follow."""

import os
import re
import secrets
from pathlib import Path

from portal.config import settings
from portal.errors import NotAllowed, NotFound

KEY = re.compile(r"[0-9a-f]{32}")


class Directory:
    """Files under names nobody can guess, each written once and never over another."""

    def __init__(self, root: Path):
        self.root = root

    def path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise NotFound("There is no such photo.")
        return self.root / key[:2] / f"{key}.webp"

    def write(self, data: bytes) -> str:
        """Keep these bytes; the key to them. On return they survive a power cut."""
        key = secrets.token_hex(16)
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        for folder in (path.parent, self.root):
            settle(folder)
        return key

    def read(self, key: str) -> bytes:
        """The bytes under a key; raises NotFound."""
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError:
            raise NotFound("There is no such photo.") from None

    def delete(self, key: str) -> None:
        """Let go of them; twice is harmless."""
        self.path(key).unlink(missing_ok=True)


def settle(folder: Path) -> None:
    """Make the folder's list of names survive a power cut too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def place() -> Directory:
    """The place the settings name; raises NotAllowed for one this version cannot use."""
    scheme, _, path = settings().media_url.partition("://")
    if scheme != "file" or not path.startswith("/"):
        raise NotAllowed(
            f"Photos cannot be kept at {scheme}://: GOODWORD_MEDIA_URL must be file:///DIRECTORY."
        )
    return Directory(Path(path))


def read(key: str) -> bytes:
    """The WEBP bytes of a stored photo; raises NotFound."""
    return place().read(key)
