"""A portal as it is served: granian and the worker as processes, mail by SMTP, Chromium."""

import os
import shutil

import pytest

from portal import create_app
from portal.config import Settings
from portal.db import db
from tests import processes


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        pytest.fail("no Chromium on this machine: `python3 dev.py test` installs it as root")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    return {**browser_type_launch_args, "executable_path": chromium, "args": quiet}


@pytest.fixture
def portal(database, mailroom, tmp_path):
    """A running portal; ``portal.url`` is where, ``portal.app`` looks into its database."""
    port = processes.free_port()
    env = processes.environment(database, mailroom.port, port, tmp_path)
    log = tmp_path / "serve.log"
    arguments = ("portal.serve", "--port", str(port), "--workers", "1")
    process = processes.start(*arguments, env=env, log=log)
    url = env["GOODWORD_BASE_URL"]
    try:
        processes.eventually(lambda: processes.answers(f"{url}/readyz"), 60, "the portal's start")
        yield Portal(url, env, process)
        assert "Traceback" not in log.read_text()
    finally:
        processes.stop(process)


class Portal:
    def __init__(self, url, env, process):
        self.url, self.process = url, process
        names = Settings.model_fields
        values = {name: env[key] for name in names if (key := f"GOODWORD_{name.upper()}") in env}
        self.app = create_app(Settings(**values))

    def act(self, what):
        """Run something against its database as one committed transaction."""
        with self.app.app_context():
            result = what()
            db.session.commit()
            db.engine.dispose()
            return result
