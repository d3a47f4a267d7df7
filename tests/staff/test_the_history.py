"""Every act on every thing, on one page, searched by its address."""

import csv
import io
import re

import pytest
import sqlalchemy as sa

from portal.db import Model, db
from portal.history import queries as history
from portal.history.actions import SYSTEM, apart, record
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


def test_every_word_is_offered_once(app, acts):
    with app.app_context():
        written = set(db.session.scalars(sa.select(Entry.verb)))
        assert written >= {"corrected", "invited", "role changed"}
        assert history.verbs() == sorted(written)


def test_a_history_without_acts_offers_no_words(app):
    with app.app_context():
        assert history.verbs() == []


def test_the_words_are_found_by_an_index_without_reading_all_history(app, rosa):
    """What EXPLAIN says on SQLite: the table is searched, never scanned."""
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            return
        text = str(history.each_verb().compile(db.engine))
        plan = [row[-1] for row in db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {text}"))]
    of_history = [step for step in plan if "history" in step]
    assert len(of_history) == 2
    assert all(step.startswith("SEARCH") and "ix_history_verb_id" in step for step in of_history)


def test_the_search_suggests_kinds_of_things_that_there_are(as_rosa):
    tables = {mapper.local_table.name for mapper in Model.registry.mappers}
    assert tables.issuperset(history.KINDS)
    assert '<option value="submission"></option>' in as_rosa.get("/staff/history").text


def test_a_word_of_the_address_that_is_no_filter_goes_into_no_link(as_rosa, acts):
    page = as_rosa.get("/staff/history?by=system&before=999&endpoint=x")
    assert page.status_code == 200
    assert "endpoint" not in page.text


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


def test_which_permission_and_which_rule_stand_beside_the_act(as_rosa, act, rosa):
    """“Permission given” alone would leave the reader to guess: the page and the file say which."""

    def write():
        her = db.session.get(Staff, rosa)
        record(her, "rule set", by=her, was={"threshold": 5, "on": True}, now={"threshold": 4})
        record(her, "permission given", by=her, purpose="sales", places=[], codes=[1, 2], left="")

    act(write)
    said = "purpose: sales; codes: 1, 2", "was threshold: 5; was on: yes; now threshold: 4"
    page = as_rosa.get("/staff/history").text
    assert all(line in page for line in said)
    text = as_rosa.post("/staff/history/export").text.lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["did"]: row["details"] for row in rows if row["details"]} == {
        "permission given": said[0],
        "rule set": said[1],
    }


def test_what_proves_who_it_is_is_no_part_of_what_a_form_does(act, rosa, saved):
    """Else a form refused behind a spent recovery code would be told as one sent twice."""

    def twice():
        her = db.session.get(Staff, rosa)
        db.session.info["post"] = "the print"
        with apart():
            record(her, "recovery code used", by=her)
            db.session.flush()
        record(her, "role changed", by=her)

    act(twice)
    assert [one.post for one in saved(Entry)][-2:] == [None, "the print"]
