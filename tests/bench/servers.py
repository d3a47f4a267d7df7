"""Servers under measurement: started once, idle while it is another's turn."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from portal.config import ROOT
from tests.processes import free_port

CORES = sorted(os.sched_getaffinity(0))
LOAD_CORES = CORES[-1:]  # wrk has one for itself, so that it takes nothing from the servers
SERVER_CORES = CORES[:-1] or CORES


class Server:
    """One server process group on a port of its own."""

    def __init__(self, command: Sequence[str], port: int, env: dict[str, str], log: Path):
        self.url = f"http://127.0.0.1:{port}"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                on_cores(SERVER_CORES, command),
                cwd=ROOT,
                env=os.environ | env,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.command, self.log = command, log

    def wait_for(self, path: str, seconds: float = 180) -> None:
        """Wait for the first answer that is no error."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                urlopen(self.url + path, timeout=5).close()
                return
            except HTTPError as error:
                raise SystemExit(self.failed(f"answers {error.code} at {path}")) from None
            except OSError:
                time.sleep(0.2)
            if self.process.poll() is not None:
                break
        raise SystemExit(self.failed("did not start"))

    def failed(self, how: str) -> str:
        return f"{' '.join(self.command)}\n{how}:\n{self.log.read_text()[-3000:]}"

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def on_cores(cores: Sequence[int], command: Sequence[str]) -> list[str]:
    return ["taskset", "-c", ",".join(map(str, cores)), *command]


def granian(app: str, log: Path, env: dict[str, str] | None = None) -> Server:
    """An application on granian, set up as ``dev.py serve`` does."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", app]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", str(len(CORES))]
    command += ["--blocking-threads", "4", "--backpressure", "64", "--no-ws"]
    command += ["--log-level", "warning"]
    return Server(command, port, (env or {}) | {"GOODWORD_ALLOWED_HOSTS": "127.0.0.1"}, log)
