"""A portal as it is served: granian and the worker as processes, mail by SMTP, Chromium."""

import os
import shutil
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page

from portal import create_app
from portal.config import Settings
from portal.db import db
from tests import processes
from tests.browser.steps import PHONE
from tests.conftest import Mailroom


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        pytest.fail("no Chromium on this machine: `python3 dev.py test` installs it as root")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    return {**browser_type_launch_args, "executable_path": chromium, "args": quiet}


@pytest.fixture(scope="session")
def portal(sqlite_template, tmp_path_factory):
    """A running portal on SQLite, for all tests: each invites people of its own."""
    folder = tmp_path_factory.mktemp("portal")
    path = shutil.copyfile(sqlite_template, folder / "portal.sqlite")
    mailroom = Mailroom()
    mailroom.controller.start()
    try:
        with running(f"sqlite:///{path}", mailroom, folder) as portal:
            yield portal
    finally:
        mailroom.controller.stop()


@pytest.fixture(params=["with script", "without script"])
def scripted(request) -> bool:
    """Whether the visitors of this test run scripts."""
    return request.param == "with script"


@pytest.fixture
def visitor(scripted, device):
    """Open a browser for one more person: ``visitor(DESK)``, or on a phone by default."""

    def visitor(viewport=PHONE) -> Page:
        return device(viewport=viewport, java_script_enabled=scripted).new_page()

    return visitor


@pytest.fixture
def device(browser, portal):
    """One more browser with nothing in it, a phone unless told; gives its context."""
    contexts = []

    def device(**options):
        context = browser.new_context(**{"base_url": portal.url, "viewport": PHONE} | options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        return context

    yield device
    for context in contexts:
        context.close()


@contextmanager
def running(database: str, mailroom: Mailroom, folder, unset=()):
    """A portal from start to stop; ``portal.url`` is where, ``portal.app`` sees its database.
    ``unset`` names settings that nobody has made."""
    port = processes.free_port()
    env = processes.environment(database, mailroom.port, port, folder)
    env = {
        name: value for name, value in env.items() if name.removeprefix("GOODWORD_") not in unset
    }
    log = folder / "serve.log"
    arguments = ("portal.serve", "--port", str(port), "--workers", "1")
    process = processes.start(*arguments, env=env, log=log)
    url = env["GOODWORD_BASE_URL"]
    try:
        processes.eventually(lambda: processes.answers(f"{url}/readyz"), 180, "the portal's start")
        yield Portal(url, env, process, mailroom)
        assert "Traceback" not in log.read_text()
    finally:
        processes.stop(process)


class Portal:
    def __init__(self, url, env, process, mailroom):
        self.url, self.process, self.mailroom = url, process, mailroom
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
