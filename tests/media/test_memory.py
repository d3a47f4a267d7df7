"""However much is sent, the web server keeps its memory: measured on the real one, from outside."""

import http.client
import io
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from portal.media import pictures
from tests import processes
from tests.media.test_giving_a_photo import bomb

MB = 1024 * 1024


@pytest.fixture
def server(sqlite_template, tmp_path):
    """The server as operators run it, with one web process; its port and process."""
    port = processes.free_port()
    database = tmp_path / "portal.sqlite"
    database.write_bytes(sqlite_template.read_bytes())
    env = processes.environment(f"sqlite:///{database}", 1, port, tmp_path)
    command = ["granian", "--interface", "wsgi", "wsgi:app", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "4"]
    server = processes.start(*command, env=env, log=tmp_path / "log")
    url = f"http://localhost:{port}/healthz"
    processes.eventually(lambda: processes.answers(url), 40, "The server")
    yield port, server.pid
    processes.kill(server)


def memory(pid: int) -> int:
    """Bytes held by a process and those it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return rss(pid) + sum(memory(int(child)) for child in children)


def rss(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def test_a_hundred_megabytes_are_refused_before_they_are_read(server):
    port, pid = server
    before = memory(pid)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(
            b"POST /me/photo HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: %d\r\n"
            b"Content-Type: multipart/form-data; boundary=edge\r\n\r\n" % (port, 100 * MB)
        )
        line.sendall(b"--edge\r\n" + b"x" * 1000)  # and no more: the answer comes all the same
        answer = http.client.HTTPResponse(line)
        answer.begin()
        assert answer.status == 413
        assert "Choose a smaller file" in answer.read().decode()
    assert memory(pid) - before < 16 * MB


def test_a_hundred_megabytes_without_a_length_do_not_fill_the_memory(server):
    port, pid = server
    before = memory(pid)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        head = (
            f"POST /me/photo HTTP/1.1\r\nHost: localhost:{port}\r\nTransfer-Encoding: chunked\r\n"
        )
        kind = "Content-Type: multipart/form-data; boundary=edge\r\n\r\n"
        line.sendall((head + kind).encode())
        try:
            for _ in range(100):
                line.sendall(b"%x\r\n" % MB + bytes(MB) + b"\r\n")
        except OSError:
            pass  # it hung up, which is well
        assert memory(pid) - before < 32 * MB


def test_the_largest_picture_we_take_stays_within_bounds(tmp_path):
    """What one upload costs at most, in a process of its own."""
    picture, file = Image.new("RGB", (8_000, 5_000), "teal"), io.BytesIO()
    picture.save(file, "PNG")
    (tmp_path / "large.png").write_bytes(file.getvalue())
    (tmp_path / "bomb.png").write_bytes(bomb(20_000, 20_000))
    assert peak_of(tmp_path / "large.png") < 260 * MB
    assert peak_of(tmp_path / "bomb.png") < 4 * MB


def peak_of(path: Path) -> int:
    script = (
        "import sys, resource; from portal.media import pictures\n"
        "from portal.errors import Refusal\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024\n"
        "data = open(sys.argv[1], 'rb').read(); before = peak()\n"
        "try: pictures.remake(data)\n"
        "except Refusal: pass\n"
        "print(peak() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, path], capture_output=True, text=True, check=True
    )
    assert pictures.MAX_PIXELS == 40_000_000
    return int(done.stdout)
