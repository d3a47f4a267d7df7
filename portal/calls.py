"""Call another system over HTTP: at a public address only, with a signature, never for long.

The host is resolved once, the address checked, and that very address connected to; redirects
are not followed, so no answer can send us into our own network.
"""

import json
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from requests_hardened import Config, Manager
from requests_hardened.ip_filter import InvalidIPAddress
from standardwebhooks.webhooks import Webhook

TIMEOUT = (3.05, 10)  # seconds to connect, and between two pieces of the answer
ANSWER = 4096  # bytes of the answer that are read
AGENT = "goodword-webhooks/1"
# A server that says one of these may say yes later; other 4xx will not.
PASSING = {408, 409, 425, 429}


@dataclass(frozen=True)
class Answer:
    """What came of a call: ``status`` is 0 when there was no answer."""

    status: int
    text: str = ""
    error: str = ""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def final(self) -> bool:
        """Whether another try would end the same way."""
        return self.status < 0 or (300 <= self.status < 500 and self.status not in PASSING)

    def data(self) -> dict[str, Any]:
        """The answer as a JSON object; empty when it is none."""
        try:
            found = json.loads(self.text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def post(
    url: str,
    payload: dict[str, Any],
    *,
    key: str,
    secrets: list[str],
    at: datetime,
    loopback: bool = False,
) -> Answer:
    """Send JSON, signed by each secret (Standard Webhooks). ``key`` is the same at each try."""
    if not url.startswith("https://") and not loopback:
        return Answer(-1, error="The address must begin with https://.")
    body = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(s).sign(key, at, body) for s in secrets),
    }
    manager = Manager(
        Config(
            default_timeout=TIMEOUT,
            never_redirect=True,
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=loopback,
            user_agent_override=AGENT,
        )
    )
    try:
        with manager.get_session() as session:
            session.trust_env = False  # no proxy and no password of this machine
            answer = session.request("POST", url, data=body.encode(), headers=headers, stream=True)
            return Answer(answer.status_code, _beginning(answer), _said(answer.status_code))
    except InvalidIPAddress:
        return Answer(-1, error="The address is inside a private network, where we call nobody.")
    except requests.Timeout:
        return Answer(0, error="No answer in time.")
    except (requests.RequestException, OSError, ValueError) as error:
        final = isinstance(error, ValueError)  # the address itself is none
        return Answer(-1 if final else 0, error=f"No connection ({type(error).__name__}).")


def _beginning(answer: requests.Response) -> str:
    """The first bytes of the answer, however slowly or long it goes on."""
    read, until = b"", time.monotonic() + TIMEOUT[1]
    while len(read) < ANSWER and time.monotonic() < until:
        piece = answer.raw.read1(ANSWER - len(read), decode_content=True)
        if not piece:
            break
        read += piece
    return read.decode(errors="replace")


def _said(status: int) -> str:
    return "" if 200 <= status < 300 else f"The answer was {status}."
