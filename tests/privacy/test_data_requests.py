"""What only the team can put right waits in the queue until it is answered, within a month."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.advocates.models import Advocate
from portal.consent.actions import Circumstances
from portal.db import db
from portal.history.models import Entry
from portal.privacy import actions
from portal.privacy.models import DataRequest
from portal.staff.models import Role, Staff

NOTE = "We are called Engines now."


@pytest.fixture
def asked(as_ada, rosa) -> str:
    """Ada wants her company put right; the page of it."""
    form = {"first_name": "Ada", "last_name": "Lovelace", "language": "en", "other": NOTE}
    assert as_ada.post("/me/data/correction", data=form).status_code == 303
    return "/staff/data-requests/1"


def test_T36_it_waits_in_the_queue_with_the_day_the_law_sets(
    as_rosa, asked, saved, wait, browser_of, rosa
):
    due = saved(DataRequest)[0].due
    page = as_rosa.get("/staff/queue?kind=requests").text
    assert "Ada Lovelace asks for a correction" in page
    assert f"Answer by {due.day} {due:%B %Y}" in page
    assert NOTE in as_rosa.get(asked).text
    week, last = due - timedelta(days=6), due + timedelta(days=1)
    for day, mark in ((week - timedelta(days=1), ""), (week, "Due soon"), (due, "Due soon"),
                      (last, "Overdue")):  # fmt: skip
        wait(days=(day - datetime.now(UTC).date()).days)
        as_rosa = browser_of(staff=rosa)  # a visit of hers does not last that long
        page = as_rosa.get("/staff/queue?kind=requests").text
        assert re.findall(r">(Due soon|Overdue)</span>", page) == ([mark] if mark else []), day
        for show in ("late", "soon"):
            listed = "Ada Lovelace asks" in as_rosa.get(f"/staff/queue?show={show}").text
            assert listed is (mark == {"late": "Overdue", "soon": "Due soon"}[show]), (day, show)


def test_T36_an_answer_reaches_her_and_ends_the_waiting(
    as_rosa, asked, saved, post_mail, mailroom, wait
):
    assert as_rosa.post(asked, data={"answer": " "}).status_code == 422
    assert as_rosa.post(asked, data={"answer": "It says Engines."}).status_code == 303
    again = as_rosa.post(asked, data={"answer": "Once more"})
    assert again.status_code == 409
    assert "Once more" in again.text
    wait(seconds=11)  # in which it can be undone
    post_mail()
    [mail] = mailroom.to("ada@analytical.example")
    assert NOTE in mailroom.text(mail)
    assert "It says Engines." in mailroom.text(mail)
    assert saved(Entry)[-1].verb == "answered about their data"
    assert "asks for a correction" not in as_rosa.get("/staff/queue").text
    assert "It says Engines." in as_rosa.get(asked).text


def test_T36_it_is_hers_to_take_along_and_goes_when_she_is_erased(as_ada, act, ada, asked, saved):
    assert NOTE in as_ada.get("/me/data/everything.json").text
    assert "What you asked us" in as_ada.get("/me/data").text

    def erase() -> None:
        person = db.session.get(Advocate, ada)
        actions.erase(person, by=person, circumstances=Circumstances())

    act(erase)
    assert saved(DataRequest) == []


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_only_an_owner_answers(browser_of, save, asked, role):
    client = browser_of(staff=save(Staff(email="v@acme.example", name="V", role=role)))
    assert "waits for an owner" in client.get(asked).text
    assert client.post(asked, data={"answer": "Done"}).status_code == 403


@pytest.mark.parametrize(
    ("asked_on", "due"),
    [
        ((2026, 11, 27), date(2026, 12, 27)),
        ((2026, 12, 31), date(2027, 1, 31)),
        ((2027, 1, 31), date(2027, 2, 28)),
    ],
)
def test_a_month_ends_on_the_same_day_of_the_next(asked_on, due):
    assert DataRequest(asked_at=datetime(*asked_on, tzinfo=UTC)).due == due
