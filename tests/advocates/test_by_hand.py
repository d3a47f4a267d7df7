"""One customer is added by hand, and what is written of one is put right."""

import pytest

from portal.advocates import actions, importing
from portal.advocates.models import Advocate, Company
from portal.advocates.planning import Outcome
from portal.db import db
from portal.history.models import Entry
from portal.outbox.models import Message
from tests.publishing.conftest import approved, published  # noqa: F401

GRACE = {
    "company": "Analytical  Engines",
    "first_name": "Grace",
    "last_name": "Hopper",
    "email": "Grace@analytical.example",
    "job_title": "Programmer",
    "country": "United States",
    "language": "English",
}
ADA = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "ada@analytical.example",
    "job_title": "Head of Operations",
    "language": "en",
}


@pytest.fixture
def details(ada) -> str:
    return f"/staff/customers/{ada}/details"


def test_one_is_added_to_the_company_that_is_here_and_nobody_is_written_to(
    as_rosa, rosa, ada, saved
):
    answer = as_rosa.post("/staff/customers/new", data=GRACE)
    assert answer.status_code == 303
    one = saved(Advocate)[-1]
    assert answer.location == f"/staff/customers/{one.id}"
    assert (one.name, one.email_key) == ("Grace Hopper", "grace@analytical.example")
    assert (one.company_id, one.language, one.job_title) == (
        saved(Company)[0].id,
        "en",
        "Programmer",
    )
    assert len(saved(Company)) == 1
    assert saved(Message) == []
    entry = saved(Entry)[-1]
    assert (entry.about, entry.verb, entry.by) == (f"advocate:{one.id}", "added", f"staff:{rosa}")


def test_a_company_nobody_named_yet_is_new_too(as_rosa, saved):
    as_rosa.post("/staff/customers/new", data=GRACE | {"company": "Remington Rand"})
    assert [company.name for company in saved(Company)] == ["Remington Rand"]


def test_the_button_pressed_twice_adds_one_and_leads_to_them(as_rosa, saved):
    as_rosa.post("/staff/customers/new", data=GRACE)
    answer = as_rosa.post("/staff/customers/new", data=GRACE)
    assert answer.status_code == 422
    assert "Grace Hopper of Analytical Engines has this mail address already." in answer.text
    assert f"/staff/customers/{saved(Advocate)[0].id}" in answer.text
    assert len(saved(Advocate)) == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"company": ""}, "Enter the company"),
        ({"first_name": " "}, "Enter the first name"),
        ({"email": "grace"}, "Enter a mail address, like ada@example.com"),
        ({"language": "Klingonish"}, "“Klingonish” is not a language we know"),
        ({"city": "x" * 101}, "Use at most 100 characters"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(as_rosa, saved, change, sentence):
    answer = as_rosa.post("/staff/customers/new", data=GRACE | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Hopper" in answer.text
    assert saved(Advocate) == []


def test_who_was_erased_does_not_come_back_by_hand(as_rosa, as_ada, saved, act, ada):
    as_ada.post("/me/data/erasure", data={"word": "erase"})
    assert saved(Advocate)[0].erased_at
    answer = as_rosa.post("/staff/customers/new", data=GRACE | {"email": ADA["email"]})
    assert answer.status_code == 422
    assert "asked us to erase them" in answer.text
    assert len(saved(Advocate)) == 1
    assert as_rosa.post(f"/staff/customers/{ada}/details", data=ADA).status_code == 422


def test_details_are_put_right_and_the_history_names_the_fields_only(as_rosa, details, saved):
    page = as_rosa.get(details).text
    assert 'value="ada@analytical.example"' in page
    said = ADA | {"last_name": "King", "email": "Ada.King@analytical.example", "phone": "12 34"}
    assert as_rosa.post(details, data=said).status_code == 303
    one = saved(Advocate)[0]
    assert (one.name, one.email, one.phone) == ("Ada King", said["email"], "12 34")
    assert one.email_key == "ada.king@analytical.example"
    entry = saved(Entry)[-1]
    assert (entry.verb, entry.note) == ("corrected", "")
    assert sorted(entry.data["fields"]) == ["email", "last_name", "phone"]


def test_what_is_taken_out_is_gone_and_the_same_again_writes_nothing(as_rosa, details, saved):
    as_rosa.post(details, data=ADA | {"job_title": "", "language": ""})
    assert (saved(Advocate)[0].job_title, saved(Advocate)[0].language) == ("", "en")
    before = len(saved(Entry))
    answer = as_rosa.post(details, data=ADA | {"job_title": ""}, follow_redirects=True)
    assert "Nothing was different." in answer.text
    assert len(saved(Entry)) == before


def test_nobody_gets_the_address_of_another(as_rosa, details, charlie, saved):
    answer = as_rosa.post(details, data=ADA | {"email": "Charlie@difference.example"})
    assert answer.status_code == 422
    assert "Charlie Babbage of Difference Ltd has this mail address already." in answer.text
    assert saved(Advocate)[0].email == ADA["email"]


def test_T29_another_title_is_another_job_unless_it_was_written_wrongly(
    as_rosa,
    details,
    saved,
    published,  # noqa: F811
    as_stranger,
):
    story = published()
    as_rosa.post(details, data=ADA | {"job_title": "Head of Operation", "same_job": "y"})
    assert saved(Advocate)[0].moved_at is None
    assert as_stranger.get(story).status_code == 200
    as_rosa.post(details, data=ADA | {"job_title": "Chief Engineer"})
    assert saved(Advocate)[0].moved_at
    assert as_stranger.get(story).status_code == 410


def test_staff_note_the_clock_of_somebody_and_take_it_back(as_rosa, details, saved):
    page = as_rosa.get(details).text
    assert '<option selected value="UTC">Not known: as in their country</option>' in page
    as_rosa.post(details, data=ADA | {"time_zone": "America/New_York"})
    assert saved(Advocate)[0].time_zone == "America/New_York"
    assert 'selected value="America/New_York"' in as_rosa.get(details).text
    assert as_rosa.post(details, data=ADA | {"time_zone": "Mars/Base"}).status_code == 422
    as_rosa.post(details, data=ADA | {"time_zone": "UTC"})
    assert saved(Advocate)[0].time_zone == "UTC"


def test_a_time_zone_that_was_exported_is_read_back(as_rosa, act, ada, saved):
    act(lambda: setattr(db.session.get(Advocate, ada), "time_zone", "Asia/Tokyo"))
    table = as_rosa.post("/staff/customers/export").data
    assert b"Asia/Tokyo" in table

    def plan(data: bytes):
        (row,) = actions.plan_import(importing.read(data, "ours.csv"))
        return row.outcome, [(change.label, change.new) for change in row.changes], row.why

    assert act(lambda: plan(table)) == (Outcome.SAME, [], "")
    moved = table.replace(b"Asia/Tokyo", b"europe/berlin")
    expected = Outcome.UPDATE, [("time zone", "Europe/Berlin")], ""
    assert act(lambda: plan(moved)) == expected
    outcome, _, why = act(lambda: plan(table.replace(b"Asia/Tokyo", b"CET or so")))
    assert outcome is Outcome.REFUSED
    assert why == "“CET or so” is not a time zone we know; write it like Europe/Berlin"
