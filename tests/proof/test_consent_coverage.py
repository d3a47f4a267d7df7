"""What everything published rests on, what ends soon, and the same for a spreadsheet."""

import csv
import io
from datetime import timedelta

import pytest

from portal.advocates.models import Advocate
from portal.campaigns.models import Action
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.consent.models import Purpose, Receipt
from portal.db import db
from portal.proof.coverage import coverage
from portal.spreadsheet import harmless


@pytest.fixture
def counted(app):
    def counted() -> tuple[int, ...]:
        with app.app_context():
            report = coverage()
            return len(report.shown), report.expiring, report.due, report.hidden

    return counted


def test_with_nothing_published_the_report_says_what_will_stand_there(as_rosa):
    assert "Nothing is published yet" in as_rosa.get("/staff/coverage").text


def test_what_is_shown_and_with_what_is_counted(published, as_rosa, counted, app):
    published(allows={Purpose.WORDS, Purpose.COMPANY, Purpose.PHOTO})
    assert counted() == (1, 0, 0, 0)
    with app.app_context():
        using = {use: coverage().using(use) for use in Purpose}
    assert (using[Purpose.WORDS], using[Purpose.COMPANY], using[Purpose.NAME]) == (1, 1, 0)
    assert using[Purpose.PHOTO] == 0  # allowed, but there is none
    page = as_rosa.get("/staff/coverage").text
    assert "1 of 1" in page
    assert "Ada Lovelace" in page


def test_T6_what_must_be_confirmed_again_within_60_days_is_counted(published, counted, wait):
    published()
    wait(days=304)
    assert counted() == (1, 0, 0, 0)
    wait(days=2)
    assert counted() == (1, 0, 1, 0)
    wait(days=60)
    assert counted() == (0, 0, 1, 1)


def test_T25_a_permission_that_ends_within_60_days_is_counted(
    published, counted, wait, monkeypatch
):
    published()
    for rule in ("portal.proof.coverage.RECONFIRM", "portal.publishing.queries.RECONFIRM"):
        monkeypatch.setattr(rule, timedelta(days=10_000))
    wait(days=665)
    assert counted()[:2] == (1, 0)
    wait(days=10)
    assert counted()[:2] == (1, 1)
    wait(days=60)
    assert counted() == (0, 0, 0, 1)


def test_T26_what_was_taken_back_is_off_the_page_and_out_of_the_counts(
    published, counted, act, saved, as_rosa
):
    published()

    def withdraw():
        receipt = db.session.get(Receipt, saved(Receipt)[0].id)
        consent.withdraw(receipt, Purpose.WORDS, by=receipt.advocate, circumstances=Circumstances())

    act(withdraw)
    assert counted() == (0, 0, 0, 1)
    assert "Off the page" in as_rosa.get("/staff/coverage").text


def test_the_csv_holds_the_same_and_no_formula(published, as_rosa, act, ada):
    published(Action.REVIEW)

    def rename():
        person = db.session.get(Advocate, ada)
        person.first_name, person.company.name = '=HYPERLINK("http://evil")', "+Engines, Ltd"

    act(rename)
    answer = as_rosa.get("/staff/coverage.csv")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row["Customer"].startswith("'=HYPERLINK")
    assert row["Company"] == "'+Engines, Ltd"
    assert (row["Kind"], row["Shown now"], row["Words allowed"]) == ("review", "yes", "yes")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_can_begin_a_formula(start):
    assert harmless(f"{start}1+1").startswith("'")
    assert harmless("Ada") == "Ada"
