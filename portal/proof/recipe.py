"""How to check a proof with nothing but curl, sha256sum and openssl."""

from portal.config import settings


def commands(slug: str) -> list[str]:
    """The lines to paste into a terminal; none of them trusts this page."""
    base = settings().base_url
    return [
        f"curl -o words.json {base}/verify/{slug}.words.json",
        f"curl -o proof.json {base}/verify/{slug}.json",
        f"curl -o proof.sig {base}/verify/{slug}.json.sig",
        f"curl -o key.pem {base}/.well-known/goodword-key.pem",
        "sha256sum words.json",
        "openssl pkeyutl -verify -rawin -pubin -inkey key.pem -in proof.json -sigfile proof.sig",
    ]
