"""wrk: installed when missing, run for a slice, its answer read."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.bench.servers import LOAD_CORES, on_cores

CONNECTIONS = 16
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Speed:
    """What one slice showed."""

    per_second: float
    p50: float  # ms
    p99: float


def install() -> None:
    """Bring wrk here through Debian's packages, if it is missing and we may."""
    if shutil.which("wrk"):
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise SystemExit("wrk is missing. On Debian: apt-get install wrk")
    for work in (["update"], ["install", "-y", "--no-install-recommends", "wrk"]):
        subprocess.run(
            ["apt-get", "-qq", *work],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            check=True,
            stdout=subprocess.DEVNULL,
        )


def run(url: str, seconds: float, script: Path | None = None, arguments: tuple = ()) -> Speed:
    """Load one address; raises when any answer was an error."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "--latency", "--timeout", "30s"]
    command += ["-H", f"User-Agent: {FIREFOX}"]
    if script:
        command += ["-s", str(script)]
    command += [url, *(["--", *arguments] if arguments else [])]
    done = subprocess.run(on_cores(LOAD_CORES, command), capture_output=True, text=True)
    told = done.stdout + done.stderr
    if done.returncode or "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(f"{url} answered with errors:\n{told}")
    return Speed(
        float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1]),
        percentile(told, "50"),
        percentile(told, "99"),
    )


def percentile(told: str, which: str) -> float:
    found = re.search(rf"^\s+{which}%\s+([\d.]+)(us|ms|s|m)\s*$", told, re.MULTILINE)
    if not found:
        raise RuntimeError(told)
    return float(found[1]) * MILLISECONDS[found[2]]
