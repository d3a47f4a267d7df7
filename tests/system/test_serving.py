"""What an operator reads when the portal starts, and where it does not."""

import socket
import subprocess
import sys

import pytest

from portal.config import ROOT
from portal.serve import demand_free
from tests import processes


@pytest.fixture
def taken():
    """A port where a server of ours listens: as granian's, so that others may listen there too."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        server.bind(("127.0.0.1", processes.free_port()))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize("command", ["portal.serve", "portal.demo"])
def test_no_second_portal_starts_where_one_listens(taken, tmp_path, command):
    """The system would give visitors either of them at random."""
    env = processes.environment(f"sqlite:///{tmp_path / 'none.sqlite'}", 1, taken, tmp_path)
    asked = [sys.executable, "-m", command, "--port", str(taken)]
    ended = subprocess.run(asked, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert f"Port {taken} cannot be used: Address already in use. See --port." in ended.stderr
    assert not (tmp_path / "none.sqlite").exists()


def test_a_free_port_is_free_again_at_once():
    port = processes.free_port()
    demand_free("127.0.0.1", port)
    demand_free("localhost", port)


def test_a_new_portal_says_where_it_is_and_how_the_first_colleague_comes_in(tmp_path):
    port = processes.free_port()
    env = processes.environment(f"sqlite:///{tmp_path / 'new.sqlite'}", 1, port, tmp_path)
    log = tmp_path / "serve.log"
    server = processes.start(
        "portal.serve", "--port", str(port), "--workers", "1", env=env, log=log
    )
    try:
        processes.eventually(lambda: "starts at" in log.read_text(), 120, "the first words")
    finally:
        processes.stop(server)
    assert f"Goodword starts at http://localhost:{port}. Nobody can sign in yet" in log.read_text()
    assert "dev.py flask staff add" in log.read_text()
