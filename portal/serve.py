"""Run the portal: migrate, then a web server and a worker side by side, until told to stop."""

import argparse
import base64
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import sqlalchemy as sa

from portal import cli, create_app
from portal.config import ROOT, BadSettings, settings
from portal.db import db
from portal.staff.models import Staff

PYTHON = sys.executable


def main() -> None:
    parser = argparse.ArgumentParser(prog="dev.py serve", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="web processes")
    options = parser.parse_args()
    demand_free(options.host, options.port)
    env_file = Path(os.environ.get("GOODWORD_ENV_FILE", ROOT / ".env"))
    if "GOODWORD_BASE_URL" not in os.environ and not env_file.exists():
        write_settings(env_file, {"BASE_URL": f"http://localhost:{options.port}"})
        print(f"Wrote {env_file} with fresh secrets. Set your brand and mail relay there.")
    try:
        print(prepare(), flush=True)
    except BadSettings as error:
        raise SystemExit(str(error)) from None
    supervise(processes(options.host, options.port, options.workers))


def demand_free(host: str, *ports: int) -> None:
    """Ends here where another server listens: the system would give visitors either at random."""
    for port in ports:
        try:
            family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
            with socket.create_server((host, port), family=family):
                pass
        except OSError as error:
            number = error.errno or 0
            why = os.strerror(number) if number > 0 else error.strerror  # a name nobody knows
            raise SystemExit(f"Port {port} cannot be used: {why}. See --port.") from None


def write_settings(path: Path, values: dict[str, str]) -> None:
    """A settings file only its owner may read, with secrets nobody else has."""
    values = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "LINK_KEYS": secrets.token_urlsafe(48),
        "SIGNING_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
    } | values
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"GOODWORD_{name}={value}\n" for name, value in values.items()))


def prepare() -> str:
    """Check the settings and bring the database up to date; gives back where to go now."""
    app = create_app()
    with app.app_context():
        cli.upgrade()
        base, somebody = settings().base_url, db.session.scalar(sa.select(Staff.id).limit(1))
        db.session.commit()
        db.engine.dispose()
    if somebody:
        return f"Goodword starts at {base}. Colleagues sign in at {base}/staff/sign-in"
    begin = "python3 dev.py flask staff add you@your-company.com --role owner"
    return f"Goodword starts at {base}. Nobody can sign in yet; in another terminal:\n  {begin}"


def processes(host: str, port: int, workers: int) -> list[list[str]]:
    """The command lines of the web server and the worker."""
    web = [PYTHON, "-m", "granian", "--interface", "wsgi", "wsgi:app"]
    web += ["--host", host, "--port", str(port), "--workers", str(workers)]
    web += ["--blocking-threads", "4", "--backpressure", "64", "--no-ws", "--log-level", "warning"]
    web += ["--workers-kill-timeout", "30", "--respawn-failed-workers"]
    return [web, [PYTHON, "-m", "flask", "--app", "wsgi", "worker"]]


def supervise(commands: list[list[str]]) -> None:
    """Keep these processes alive; stop them all on SIGTERM or SIGINT, and wait until they did."""
    stopping = False

    def stop(*_):
        nonlocal stopping
        stopping = True

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    running = [start(command) for command in commands]
    while not stopping:
        time.sleep(0.2)
        for place, process in enumerate(running):
            if process.poll() is not None and not stopping:
                print(f"{commands[place][2]} ended with {process.returncode}; starting it again")
                time.sleep(1)
                running[place] = start(commands[place])
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


def start(command: list[str]) -> subprocess.Popen:
    # A group of its own, so that Ctrl-C reaches us alone and we end them in order.
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True)


if __name__ == "__main__":
    main()
