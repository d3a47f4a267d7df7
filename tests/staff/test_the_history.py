"""Every act on every thing, on one page, searched by its address."""

import csv
import io
import re

import pytest
import sqlalchemy as sa

from portal.db import db
from portal.history.actions import SYSTEM, record
from portal.history.models import Entry
from portal.staff.models import Role, Staff


@pytest.fixture
def acts(act, rosa, ada):
    """130 acts: Rosa’s, the system’s, and one whose note would be a formula."""
    from portal.advocates.models import Advocate

    def write():
        her, person = db.session.get(Staff, rosa), db.session.get(Advocate, ada)
        for number in range(120):
            record(person, "corrected", by=SYSTEM, note=f"number {number}")
        for number in range(9):
            record(person, "invited", by=her, note=f"by hand {number}")
        record(her, "role changed", by=her, note="=1+1")

    act(write)


def rows(page) -> int:
    return page.text.count("<tr>") - 1


def test_pages_of_fifty_lead_on_without_gaps_or_repeats(as_rosa, acts):
    seen, url = [], "/staff/history?verb=corrected"
    while url:
        page = as_rosa.get(url)
        seen += re.findall(r"number \d+", page.text)
        older = re.search(r'rel="next" href="([^"]+)"', page.text)
        url = older and older[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("by=system", 50), ("verb=invited", 9), ("about=staff", 1), ("about=nothing", None),
        ("verb=invited&by=staff", 9), ("verb=invited&by=system", None),
        ("since=2999-01-01", None), ("until=2000-01-01", None), ("since=nonsense&verb=invited", 9),
        ("about=%25", None),
    ],
)  # fmt: skip
def test_each_filter_stands_in_the_address(as_rosa, acts, query, count):
    page = as_rosa.get(f"/staff/history?{query}")
    assert page.status_code == 200
    if count is None:
        assert "Nothing was done like that" in page.text
    else:
        assert rows(page) == count


def test_owners_take_it_along_and_that_too_is_written(as_rosa, rosa, acts, saved, browser_of, save):
    answer = as_rosa.post("/staff/history/export", data={"about": f"staff:{rosa}"})
    head, *lines = csv.reader(io.StringIO(answer.text.lstrip("\ufeff")))
    assert head[0] == "when"
    assert [row[3] for row in lines] == ["history exported", "role changed"]
    assert lines[1][5] == "'=1+1"
    assert saved(Entry)[-1].verb == "history exported"
    editor = browser_of(staff=save(Staff(email="e@acme.example", name="E", role=Role.EDITOR)))
    assert editor.get("/staff/history").status_code == 200
    assert editor.post("/staff/history/export").status_code == 403


def test_what_is_written_cannot_be_changed_or_taken_away(app, acts):
    for change in ("UPDATE history SET note = 'x'", "DELETE FROM history"):
        with app.app_context(), pytest.raises(sa.exc.DatabaseError, match="append-only"):
            db.session.execute(sa.text(change))
