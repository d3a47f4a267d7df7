"""A visit that was answered is counted, though the web server is killed the next moment."""

from concurrent.futures import ThreadPoolExecutor
from urllib.request import Request, urlopen

import pytest

from portal.clicks import loading
from portal.clicks.models import ClickDay
from portal.serve import processes as commands
from tests import processes
from tests.clicks.conftest import choice, code, joined, referral  # noqa: F401

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101 Firefox/{}.0"


@pytest.mark.faults
def test_killing_the_web_server_loses_no_visit_it_answered(
    app,
    database,
    code,  # noqa: F811
    saved,
    tmp_path,
):
    port = processes.free_port()
    env = processes.environment(database, 1, port, tmp_path)
    web, _ = commands("127.0.0.1", port, 2)
    server = processes.start(*web[2:], env=env, log=tmp_path / "web.log")
    answered = []  # one browser each, so that each is a visit of its own

    def visit(number: int) -> None:
        agent = AGENT.format(number, number)
        page = Request(f"http://localhost:{port}/r/{code}", headers={"User-Agent": agent})
        try:
            with urlopen(page, timeout=5) as answer:
                if answer.status == 200:
                    answered.append(number)
        except OSError:
            pass  # killed while we asked: nobody was promised anything

    try:
        processes.eventually(
            lambda: processes.answers(f"http://localhost:{port}/healthz"), 60, "a start"
        )
        with ThreadPoolExecutor(8) as people:
            asked = [people.submit(visit, number) for number in range(2_000)]
            processes.eventually(lambda: len(answered) >= 200, 60, "200 visits")
            processes.kill(server)
            for one in asked:
                one.cancel()
    finally:
        processes.kill(server)
    with app.app_context():
        loading.load(tmp_path / "clicks")
    counted = sum(day.visitors for day in saved(ClickDay))
    assert 200 <= len(answered) < 2_000
    assert counted >= len(answered)
