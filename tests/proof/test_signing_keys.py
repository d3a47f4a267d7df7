"""Keys are listed for the world, the newest signs, and older ones stay checkable."""

import base64
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from portal import create_app
from portal.config import BadSettings, load
from portal.db import db
from portal.proof import signing
from tests.conftest import settings

OLD = base64.b64encode(b"o" * 32).decode()
NEW = base64.b64encode(b"n" * 32).decode()


@pytest.fixture
def portal_with(database):
    made = []

    def portal_with(*keys: str):
        made.append(create_app(settings(database, signing_keys=list(keys)), TESTING=True))
        return made[-1]

    yield portal_with
    for app in made:
        with app.app_context():
            db.engine.dispose()


def test_the_list_of_keys_grows_and_the_newest_signs(portal_with):
    (old,) = portal_with(OLD).test_client().get("/.well-known/goodword-key.json").json["keys"]
    client = portal_with(OLD, NEW).test_client()
    listed = client.get("/.well-known/goodword-key.json").json["keys"]
    assert listed[0]["kid"] == old["kid"]
    assert len(listed) == 2
    assert client.get("/.well-known/goodword-key.pem").text == listed[-1]["pem"]
    assert {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig"}.items() <= old.items()


def test_no_private_half_leaves(portal_with):
    client = portal_with(OLD, NEW).test_client()
    for path in ("/.well-known/goodword-key.json", "/.well-known/goodword-key.pem"):
        text = client.get(path).text
        assert "PRIVATE" not in text
        assert '"d"' not in text
        assert OLD not in text
        assert NEW not in text


def test_what_an_older_key_signed_is_still_checked_by_its_pem(portal_with, tmp_path):
    with portal_with(OLD).app_context():
        (tmp_path / "sig").write_bytes(signing.sign(b"said"))
    listed = portal_with(OLD, NEW).test_client().get("/.well-known/goodword-key.json").json["keys"]
    (tmp_path / "key").write_text(listed[0]["pem"])
    (tmp_path / "data").write_bytes(b"said")
    check = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key"]
    ran = subprocess.run(
        [*check, "-in", "data", "-sigfile", "sig"], cwd=tmp_path, capture_output=True, text=True
    )
    assert "Verified Successfully" in ran.stdout


def test_a_key_may_be_given_as_pem(portal_with):
    private = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with portal_with(pem).app_context():
        name = signing.newest().kid
    with portal_with(OLD).app_context():
        assert signing.newest().kid == name


def test_a_key_that_is_none_stops_the_start(monkeypatch):
    monkeypatch.setenv("GOODWORD_BASE_URL", "http://localhost")
    monkeypatch.setenv("GOODWORD_SECRET_KEY", "s" * 40)
    monkeypatch.setenv("GOODWORD_LINK_KEYS", "l" * 40)
    monkeypatch.setenv("GOODWORD_SIGNING_KEYS", "too short")
    with pytest.raises(BadSettings, match=r"GOODWORD_SIGNING_KEYS: .*openssl rand -base64 32"):
        load()


def test_without_a_key_of_its_own_the_portal_signs_but_the_doctor_complains(portal_with):
    app = portal_with()
    assert app.test_client().get("/.well-known/goodword-key.json").json["keys"]
    found = app.test_cli_runner().invoke(args=["doctor"])
    assert found.exit_code == 1
    assert "FAIL signing key: GOODWORD_SIGNING_KEYS is not set" in found.output
