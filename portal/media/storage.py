"""Where files lie: a directory or an S3 bucket, behind the same few verbs.

What a file is (its kind, name, size) stands in the database: a directory could not hold it.
"""

import os
import re
import secrets
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from portal.config import Settings, settings
from portal.errors import NotFound, Refusal

if TYPE_CHECKING:  # known to type checkers only
    from obstore.store import ClientConfig, RetryConfig, S3Config

KEY = re.compile(r"[0-9a-f]{32}")
PATIENCE: "ClientConfig" = {"timeout": "10 seconds", "connect_timeout": "3 seconds"}  # of one try
# Nobody waits three minutes.
RETRY: "RetryConfig" = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}
PIECE = 256 * 1024


class Unreachable(Refusal):
    """The place where files lie does not answer; nothing of the page's own text is lost."""

    status = 503


def write(data: bytes) -> str:
    """Keep these bytes under a name nobody can guess; the key to them.

    Never over another file; on return they survive a power cut.
    """
    key = secrets.token_hex(16)
    try:
        obstore.put(_store(), _name(key), data, mode="create")
    except BaseError as error:
        raise Unreachable("Files cannot be saved just now. Try again in a few minutes.") from error
    if (root := directory(settings())) is not None:
        _settle(root, key)
    return key


def read(key: str) -> bytes:
    """The bytes under a key; raises NotFound."""
    return b"".join(stream(key))


def stream(key: str) -> Iterator[bytes]:
    """The same in pieces, so that nobody holds all of it; raises NotFound before the first."""
    try:
        found = obstore.get(_store(), _name(key))
    except FileNotFoundError:
        raise NotFound("There is no such file.") from None
    except BaseError as error:
        raise Unreachable("Files cannot be shown just now. Try again soon.") from error
    return (bytes(piece) for piece in found.stream(min_chunk_size=PIECE))


def delete(key: str) -> None:
    """Let go of them; twice is harmless."""
    try:
        obstore.delete(_store(), _name(key))
    except FileNotFoundError:
        return


def directory(config: Settings) -> Path | None:
    """The directory the settings name; None for a bucket."""
    scheme, _, path = config.media_url.partition("://")
    return Path(path) if scheme == "file" else None


def _store() -> LocalStore | S3Store:
    config = settings()
    return _open(
        config.media_url,
        config.s3_endpoint,
        config.s3_region,
        config.s3_access_key,
        config.s3_secret_key.get_secret_value(),
    )


@lru_cache(maxsize=8)
def _open(url: str, endpoint: str, region: str, access: str, secret: str) -> LocalStore | S3Store:
    """Opened once in a process, so that connections are kept."""
    scheme, _, path = url.partition("://")
    if scheme == "file":
        return LocalStore(path, mkdir=True)
    bucket, _, prefix = path.partition("/")
    said: S3Config = {}
    if endpoint:
        said["endpoint"] = endpoint
    if access:
        said["access_key_id"] = access
    if secret:
        said["secret_access_key"] = secret
    return S3Store(
        bucket,
        prefix=prefix.strip("/") or None,
        region=region,
        virtual_hosted_style_request=not endpoint,  # servers of one's own know paths only
        client_options={**PATIENCE, "allow_http": endpoint.startswith("http://")},
        retry_config=RETRY,
        config=said,
    )


def _name(key: str) -> str:
    """Never anything a person typed."""
    if not KEY.fullmatch(key):
        raise NotFound("There is no such file.")
    return f"{key[:2]}/{key}"


def _settle(root: Path, key: str) -> None:
    """Make a new file and the lists of names above it survive a power cut."""
    path = root / _name(key)
    for place in (path, path.parent, root):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
