"""What finance takes away, and what a year without a figure does."""

import csv
import io
from datetime import UTC, datetime

import pytest

from portal.advocates.models import Advocate
from portal.db import db
from portal.history.actions import SYSTEM, record
from portal.history.models import Entry
from portal.incentives import payees
from portal.incentives.limits import Limits
from portal.incentives.models import Reward, RewardState

YEAR = datetime.now(UTC).year


def rows(answer) -> list[dict[str, str]]:
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_filter_stands_in_the_address_and_holds_for_the_file(as_rosa, earn, rule):
    earn("lead:1", limits=Limits("campaign:1", "Autumn voices"))
    earn("lead:2", limits=Limits("campaign:2", "Spring"))
    rule(1, RewardState.APPROVED, RewardState.ISSUED)
    today = datetime.now(UTC).date().isoformat()
    for query, found in {
        "": {"1", "2"},
        "?state=issued": {"1"},
        "?campaign=Spring": {"2"},
        f"?from={today}&to={today}": {"1", "2"},
        "?to=2020-01-01": set(),
        "?state=nonsense&from=never": {"1", "2"},
    }.items():
        assert {
            row["reward"] for row in rows(as_rosa.post(f"/staff/rewards/export{query}"))
        } == found
        page = as_rosa.get(f"/staff/rewards{query}").text
        for number in ("1", "2"):
            shown = f'href="/staff/rewards/{number}"' in page
            assert shown is (number in found), (query, number)
    line = rows(as_rosa.post("/staff/rewards/export?state=issued"))[0]
    assert (line["value"], line["currency"], line["how"]) == ("25.00", "EUR", "by hand")
    assert (line["note"], line["campaign"], line["name"]) == (
        "Order 4711", "Autumn voices", "Ada Lovelace",
    )  # fmt: skip


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_cell_is_taken_for_a_formula(as_rosa, earn, start):
    earn(limits=Limits("campaign:1", f"{start}HYPERLINK(1)"))
    assert rows(as_rosa.post("/staff/rewards/export"))[0]["campaign"].startswith("'")


def test_T14_each_payees_year_is_added_up_and_donations_are_not_theirs(as_rosa, earn, rule):
    for number in range(4):
        earn(f"lead:{number}", donated=number == 3)
    for number in (1, 2, 4):
        rule(number, RewardState.APPROVED, RewardState.ISSUED)
    (line,) = rows(as_rosa.post(f"/staff/rewards/payees/export?year={YEAR}"))
    assert (line["name"], line["rewards"], line["total"]) == ("Ada Lovelace", "2", "50.00")
    assert "Ada Lovelace" in as_rosa.get("/staff/rewards/payees").text
    assert rows(as_rosa.post("/staff/rewards/payees/export?year=2020")) == []


def test_T14_two_rows_that_are_one_person_are_one_payee(as_rosa, act, ada, charlie, earn, rule):
    for number in (1, 2):
        earn(f"lead:{number}")
        rule(number, RewardState.APPROVED, RewardState.ISSUED)

    def earned_as_charlie():
        db.session.get(Reward, 2).advocate_id = charlie
        record(db.session.get(Advocate, charlie), payees.ON_FILE, by=SYSTEM)

    act(earned_as_charlie)
    assert len(rows(as_rosa.post(f"/staff/rewards/payees/export?year={YEAR}"))) == 2
    act(lambda: setattr(db.session.get(Advocate, charlie), "merged_into_id", ada))
    (line,) = rows(as_rosa.post(f"/staff/rewards/payees/export?year={YEAR}"))
    assert (line["name"], line["rewards"], line["total"]) == ("Ada Lovelace", "2", "50.00")
    assert line["tax form on file"] == "yes"


@pytest.mark.parametrize(
    ("at", "path", "verb", "note"),
    [
        ("/payees", f"/staff/rewards/payees/export?year={YEAR}", "payees exported", str(YEAR)),
        ("?state=issued", "/staff/rewards/export?state=issued", "rewards exported", ""),
    ],
)
def test_T14_who_takes_a_table_along_confirms_it_and_is_written_down(
    as_rosa, earn, rule, wait, saved, rosa, at, path, verb, note
):
    earn()
    rule(1, RewardState.APPROVED, RewardState.ISSUED)
    assert path in as_rosa.get(f"/staff/rewards{at}").text
    assert as_rosa.post(path).mimetype == "text/csv"
    entry = saved(Entry)[-1]
    assert (entry.by, entry.verb, entry.note) == (f"staff:{rosa}", verb, note)
    wait(minutes=11)
    asked = as_rosa.post(path)
    assert asked.status_code == 422
    assert f'action="{path}"' in asked.text
    assert "Ada" not in asked.text


def test_T14_a_year_nobody_set_is_said_on_the_staff_home_in_time(
    as_rosa, browser_of, rosa, earn, rule, wait, setting
):
    setting(tax_thresholds={YEAR: 2000})
    earn(promise={"currency": "USD"})
    days = (datetime(YEAR + 1, 1, 2, tzinfo=UTC) - datetime.now(UTC)).days
    wait(days=days)
    home = browser_of(staff=rosa)
    assert f"No yearly limit for {YEAR + 1}" in home.get("/staff").text
    rule(1, RewardState.APPROVED)
    sent = {"state": "issued", "note": "Order 7", "seen": 2}
    refused = home.post("/staff/rewards/1/moves", data=sent)
    assert refused.status_code == 409
    assert f"GOODWORD_TAX_THRESHOLDS={YEAR + 1}:" in refused.text
    setting(tax_thresholds={YEAR: 2000, YEAR + 1: 2000})
    assert "No yearly limit" not in home.get("/staff").text
    assert home.post("/staff/rewards/1/moves", data=sent).status_code == 303
