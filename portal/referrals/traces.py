"""What an address gives away: which mailbox, which company, which network, a throw-away or not."""

import hashlib
import hmac
import ipaddress
from datetime import date
from functools import lru_cache
from pathlib import Path

from portal.addresses import canonical_email
from portal.config import settings

NETWORKS = {4: 24, 6: 48}  # how many bits of an address say which network


def domain_of(address: str) -> str:
    return canonical_email(address).rpartition("@")[2]


def disposable() -> frozenset[str]:
    """Domains of throw-away mailboxes: the file the setting names, else the one that came along.

    A missing or unreadable file is no reason to stop taking leads.
    """
    theirs = settings().disposable_list
    try:
        if theirs:
            return _domains(theirs, Path(theirs).stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError):
        pass
    return _domains(str(Path(__file__).with_name("disposable.txt")), 0)


@lru_cache(maxsize=4)
def _domains(path: str, _changed: int) -> frozenset[str]:
    lines = Path(path).read_text("utf-8").lower().splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def network_of(address: str | None, day: date) -> str:
    """The network an address is in, as a hash that is another one tomorrow; empty for none.

    The address itself is kept nowhere (T36).
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    network = ipaddress.ip_network((found, NETWORKS[found.version]), strict=False)
    secret = settings().secret_key.get_secret_value().encode()
    salt = hmac.digest(secret, f"networks {day}".encode(), "sha256")
    return hashlib.blake2b(str(network).encode(), key=salt, digest_size=12).hexdigest()
