"""One storage, two places: the same promises from a directory and from a real S3 server."""

import socket
import urllib.request
from datetime import timedelta

import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store
from pydantic import ValidationError

from portal import create_app
from portal.errors import NotFound
from portal.media import storage
from tests.conftest import settings

OPEN_SESAME = {"s3_access_key": "ours", "s3_secret_key": "never told"}


@pytest.fixture(scope="module")
def bucket():
    """An S3 server on loopback with an empty bucket; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    make_bucket(f"http://127.0.0.1:{port}")
    yield f"http://127.0.0.1:{port}"
    server.stop()


def make_bucket(endpoint: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/voices", method="PUT")).close()


@pytest.fixture(params=["directory", "bucket"])
def kept(request, tmp_path):
    """The portal’s storage in one of the two places."""
    more = {"media_url": f"file://{tmp_path / 'media'}"}
    if request.param == "bucket":
        endpoint = request.getfixturevalue("bucket")
        more = {"media_url": "s3://voices/files", "s3_endpoint": endpoint} | OPEN_SESAME
    app = create_app(settings(f"sqlite:///{tmp_path / 'empty.sqlite'}", **more))
    with app.app_context():
        yield storage


def test_what_is_written_is_read_back_whole_and_in_pieces(kept):
    data = bytes(range(256)) * 8192  # 2 MB
    key = kept.write(data)
    assert kept.read(key) == data
    pieces = list(kept.stream(key))
    assert b"".join(pieces) == data
    assert len(pieces) > 1
    assert max(map(len, pieces)) < len(data)


def test_each_file_has_a_name_of_its_own(kept):
    first, second = kept.write(b"same"), kept.write(b"same")
    assert first != second


def test_nothing_is_ever_written_over(kept, monkeypatch):
    monkeypatch.setattr(storage.secrets, "token_hex", lambda _: "a" * 32)
    kept.write(b"first")
    with pytest.raises(storage.Unreachable):
        kept.write(b"second")
    assert kept.read("a" * 32) == b"first"
    kept.delete("a" * 32)


def test_what_was_let_go_is_not_found_and_twice_is_harmless(kept):
    key = kept.write(b"gone soon")
    kept.delete(key)
    kept.delete(key)
    with pytest.raises(NotFound):
        kept.stream(key)


@pytest.mark.parametrize("key", ["../../etc/passwd", "a" * 31, "A" * 32, "", "b" * 32, "a/../b"])
def test_a_name_that_is_no_key_finds_nothing(kept, key):
    with pytest.raises(NotFound):
        kept.read(key)


def test_a_bucket_keeps_to_its_prefix(bucket, tmp_path):
    more = {"media_url": "s3://voices/files", "s3_endpoint": bucket} | OPEN_SESAME
    app = create_app(settings(f"sqlite:///{tmp_path / 'empty.sqlite'}", **more))
    with app.app_context():
        key = storage.write(b"x")
    whole = S3Store(
        "voices",
        endpoint=bucket,
        access_key_id="ours",
        secret_access_key="never told",
        region="us-east-1",
        virtual_hosted_style_request=False,
        client_options={"allow_http": True},
    )
    paths = [entry["path"] for page in whole.list() for entry in page]
    assert f"files/{key[:2]}/{key}" in paths
    assert all(path.startswith("files/") for path in paths)


def test_a_server_that_is_away_is_said_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "RETRY", {"max_retries": 0, "retry_timeout": timedelta(seconds=1)})
    away = {"media_url": "s3://voices", "s3_endpoint": "http://127.0.0.1:9"} | OPEN_SESAME
    app = create_app(settings(f"sqlite:///{tmp_path / 'empty.sqlite'}", **away))
    with app.app_context():
        with pytest.raises(storage.Unreachable, match="cannot be saved just now"):
            storage.write(b"x")
        with pytest.raises(storage.Unreachable, match="cannot be shown just now"):
            storage.read("a" * 32)


@pytest.mark.parametrize("url", ["ftp://files", "file://relative", "s3://", "/var/media"])
def test_a_place_nobody_knows_is_refused_when_the_portal_starts(url):
    with pytest.raises(ValidationError, match="must be file:///DIRECTORY or s3://BUCKET/PREFIX"):
        settings("sqlite:////nowhere", media_url=url)
