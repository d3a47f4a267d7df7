"""Sign what we vouch for with Ed25519, so that it can be checked without us."""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from portal import seeds
from portal.config import settings


@dataclass(frozen=True)
class Key:
    """A key pair; only ``jwk`` and ``pem`` are for the world."""

    private: Ed25519PrivateKey

    @property
    def jwk(self) -> dict[str, str]:
        """The public half as RFC 8037 writes it, and again as PEM for openssl."""
        x = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return self._bare(x) | {
            "kid": _base64url(hashlib.sha256(seeds.canonical(self._bare(x))).digest()),
            "use": "sig",
            "alg": "EdDSA",
            "pem": self.pem,
        }

    @property
    def kid(self) -> str:
        """The key's name: its RFC 7638 thumbprint, so that nobody can give it to another."""
        return self.jwk["kid"]

    @property
    def pem(self) -> str:
        public = self.private.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @staticmethod
    def _bare(x: bytes) -> dict[str, str]:
        return {"crv": "Ed25519", "kty": "OKP", "x": _base64url(x)}


def known() -> list[Key]:
    """Every key whose signatures we stand by, oldest first; the newest signs."""
    given = [_read(key.get_secret_value()) for key in settings().signing_keys]
    return [Key(private) for private in given] or [Key(_derived())]


def newest() -> Key:
    return known()[-1]


def sign(data: bytes) -> bytes:
    """The 64 bytes that ``openssl pkeyutl -verify -rawin`` takes."""
    return newest().private.sign(data)


def is_lasting() -> bool:
    """Whether the operator set a key, or we made do with one that ends with the secret key."""
    return bool(settings().signing_keys)


def _read(text: str) -> Ed25519PrivateKey:
    if text.startswith("-----BEGIN"):
        key = load_pem_private_key(text.encode(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("GOODWORD_SIGNING_KEYS holds a key that is not Ed25519.")
        return key
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text))


def _derived() -> Ed25519PrivateKey:
    secret = settings().secret_key.get_secret_value().encode()
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"goodword signing key 1")
    return Ed25519PrivateKey.from_private_bytes(kdf.derive(secret))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
