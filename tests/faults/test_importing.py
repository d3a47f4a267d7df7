"""A long import survives a worker that dies: every row once, and the counts exact."""

import io
import os
from collections import Counter

import pytest
import sqlalchemy as sa

from portal.advocates.models import Advocate, Company, CustomerImport
from portal.db import db
from portal.history.models import Entry
from tests import processes

ROWS = int(os.environ.get("IMPORT_ROWS", "10000"))


def customers() -> bytes:
    """Every 100th row has a mail address that stood further up, each 150th none at all."""
    lines = ["Customer ID,First name,Last name,Company,Email"]
    for n in range(1, ROWS + 1):
        email = f"p{n - 80 if n % 100 == 0 else n}@x{n % 700}.example"
        if n % 100 == 0:
            email = f"p{n - 80}@x{(n - 80) % 700}.example"
        lines.append(f"ID{n},P{n},Last,Company {n % 700},{'' if n % 150 == 149 else email}")
    return "\n".join(lines).encode()


@pytest.mark.faults
def test_a_long_import_killed_half_way_goes_on_and_its_counts_are_exact(
    app, database, mailroom, as_rosa, saved, tmp_path
):
    sent = {"file": (io.BytesIO(customers()), "customers.csv")}
    page = as_rosa.post("/staff/imports/new", data=sent).location
    as_rosa.post(f"{page}/application")
    assert "is being imported" in as_rosa.get(page).text
    env = processes.environment(database, mailroom.port, 80, tmp_path)
    log = tmp_path / "worker.log"

    def far() -> int:
        with app.test_request_context():  # as a page reads: beside the writer
            [counts] = db.session.scalars(sa.select(CustomerImport.counts))
            return sum(counts.values())

    worker = processes.start("flask", "--app", "wsgi", "worker", env=env, log=log)
    try:
        processes.eventually(lambda: far() > 500, 60, "the first rows by the worker")
        processes.kill(worker)
        assert far() < ROWS
        worker = processes.start("flask", "--app", "wsgi", "worker", env=env, log=log)
        processes.eventually(lambda: far() == ROWS, 300, "the rest")
    finally:
        processes.kill(worker)
    refused = ROWS // 100 + sum(n % 150 == 149 for n in range(1, ROWS + 1))
    [upload] = saved(CustomerImport)
    assert upload.counts == {
        "create": ROWS - refused, "update": 0, "same": 0, "refused": refused,
    }  # fmt: skip
    assert len(upload.refused) == refused
    with app.app_context():
        count = lambda model: db.session.scalar(sa.select(sa.func.count()).select_from(model))  # noqa: E731
        assert count(Advocate) == ROWS - refused
        taken = (n for n in range(1, ROWS + 1) if n % 100 and n % 150 != 149)
        assert count(Company) == len({n % 700 for n in taken})
        by_verb = db.session.scalars(sa.select(Entry.verb).where(Entry.about.like("advocate:%")))
        assert Counter(by_verb) == {"created by import": ROWS - refused}
    table = as_rosa.get(f"{page}/refused.csv").text
    assert len(table.splitlines()) == refused + 1
    assert "is already on line" in table
