"""The web server ends threads that have nothing to do, and a process outlives its threads."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import urlopen

import pytest

from portal.serve import processes as commands
from tests import processes
from tests.clicks.conftest import choice, code, joined, referral  # noqa: F401


def children(process: int) -> set[int]:
    found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return {int(child) for child in found}


def threads(process: int) -> int:
    return len(list(Path(f"/proc/{process}/task").iterdir()))


def crowd(page: str) -> None:
    """So many at once that one thread is not enough."""
    with ThreadPoolExecutor(16) as people:
        assert set(people.map(lambda _: urlopen(page, timeout=20).status, range(300))) == {200}


@pytest.mark.faults
def test_a_page_everyone_opens_after_an_idle_time_is_answered_by_the_same_process(
    database,
    code,  # noqa: F811
    tmp_path,
):
    port = processes.free_port()
    env = processes.environment(database, 1, port, tmp_path)
    env["GRANIAN_BLOCKING_THREADS_IDLE_TIMEOUT"] = "5"  # seconds, the shortest there is
    web, _ = commands("127.0.0.1", port, 1)
    server = processes.start(*web[2:], env=env, log=tmp_path / "web.log")
    site = f"http://localhost:{port}"
    try:
        processes.eventually(lambda: processes.answers(f"{site}/healthz"), 60, "a start")
        before = children(server.pid)
        crowd(f"{site}/r/{code}")
        busy = {child: threads(child) for child in before}
        processes.eventually(
            lambda: (
                children(server.pid) != before
                or any(threads(child) < many for child, many in busy.items())
            ),
            30,
            "the end of a thread",
        )
        crowd(f"{site}/r/{code}")
        assert children(server.pid) == before
    finally:
        processes.kill(server)
