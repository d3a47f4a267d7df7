"""Start the portal's own processes the way an operator does, and end them as a power cut would."""

import base64
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from portal.config import ROOT


def free_port() -> int:
    """A port for a server that starts in a moment: none that the system may give away meanwhile,
    nor another worker of these tests may choose (the system's own begin at 32768)."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw9").removeprefix("gw")
    for port in random.sample(range(10000 + 2000 * int(worker), 12000 + 2000 * int(worker)), 100):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise RuntimeError("no free port")


def environment(database_url: str, smtp_port: int, port: int, folder: Path) -> dict[str, str]:
    """The settings of a portal on this port, as an operator would set them."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GOODWORD_")}
    values = {
        "BASE_URL": f"http://localhost:{port}",
        "SECRET_KEY": "a secret only the tests know, long enough",
        "LINK_KEYS": "a key only the tests know long enough to sign",
        "SIGNING_KEYS": base64.b64encode(b"a key only the tests know, ed. 1").decode(),
        "DATABASE_URL": database_url,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(smtp_port),
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "customers@acme.example",
        "MEDIA_URL": f"file://{folder / 'media'}",
        "CLICK_LOG_DIR": str(folder / "clicks"),
        "BRAND_NAME": "Acme",
        "BRAND_ADDRESS": "1 Main Street, Springfield",
        "BRAND_CONTACT_EMAIL": "hello@acme.example",
        "NODE_NAME": "test",
        "SECOND_FACTOR_REQUIRED": "false",
        "QUIET_HOURS": "0-0",
        "ASKS_PER_COMPANY": "0",
    }
    return ours | {f"GOODWORD_{name}": value for name, value in values.items()}


def start(*arguments: str, env: dict[str, str], log: Path) -> subprocess.Popen:
    """One of our commands as a process group of its own, its output in ``log``."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=env,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def kill(process: subprocess.Popen) -> None:
    """As a power cut would: the whole group, at once. None of it may be left to kill."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def stop(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.terminate()
    process.wait(timeout=40)


def eventually(true: Callable[[], object], seconds: float, what: str):
    """Wait until something is true; say what did not happen otherwise."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := true():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} s")


def answers(url: str) -> bool:
    try:
        return urlopen(url, timeout=1).status == 200
    except (URLError, OSError):
        return False
