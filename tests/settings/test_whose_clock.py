"""Forms for times begin on the team’s clock, whatever was planned last, and say so."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal import clock, zones
from portal.events.models import Event
from portal.settings.models import Setting
from portal.submissions.models import Submission
from tests.settings.test_choosing import BRAND

EVENT = {
    "title": "Winter talk", "description": "Plans.", "format": "talk", "minutes": "45",
    "seats": "1", "place": "https://meet.acme.example/x", "time": "15:00",
}  # fmt: skip


@pytest.fixture
def brand(as_rosa):
    def brand(zone: str):
        return as_rosa.post("/staff/settings/brand", data=BRAND | {"brand_time_zone": zone})

    return brand


def begins_with(page: str, zone: str) -> bool:
    return f'selected value="{zone}"' in page


def test_an_owner_chooses_the_clock_and_every_form_for_times_begins_with_it(
    brand,
    approved,
    as_rosa,
    saved,
    campaign,
):
    assert begins_with(as_rosa.get("/staff/events/new").text, "UTC")
    assert brand("Europe/Berlin").status_code == 303
    assert [one.value for one in saved(Setting)] == ["Europe/Berlin"]
    quote = approved()
    for path in ("/staff/events/new", f"/staff/submissions/{quote}/publication"):
        page = as_rosa.get(path).text
        assert begins_with(page, "Europe/Berlin"), path
        assert "It begins with your team’s clock: Berlin time." in page, path


def test_a_clock_that_is_none_is_refused(brand, saved):
    answer = brand("Europe/Atlantis")
    assert answer.status_code == 422
    assert "Choose a time zone of the list" in answer.text
    assert saved(Setting) == []


def test_what_was_planned_on_another_clock_moves_no_later_form(brand, approved, as_rosa, saved):
    brand("Europe/Berlin")
    day = (clock.now() + timedelta(days=20)).strftime("%Y-%m-%d")
    answer = as_rosa.post("/staff/events", data=EVENT | {"day": day, "time_zone": "Asia/Tokyo"})
    assert answer.status_code == 303, answer.text
    assert saved(Event)[0].starts_at.hour == 6
    as_rosa.post(
        f"/staff/submissions/{approved()}/publication",
        data={"on": day, "at": "09:00", "zone": "Europe/Paris"},
    )
    page = as_rosa.get("/staff/events/new").text
    assert begins_with(page, "Europe/Berlin")
    assert "It begins with your team’s clock: Berlin time." in page


def test_a_planned_moment_is_said_on_the_brands_clock(
    brand,
    approved,
    as_rosa,
):
    brand("Asia/Tokyo")
    quote = approved()
    day = (clock.now() + timedelta(days=20)).strftime("%Y-%m-%d")
    sent = {"on": day, "at": "09:00", "zone": "Asia/Tokyo"}
    as_rosa.post(f"/staff/submissions/{quote}/publication", data=sent)
    assert "09:00 Tokyo time" in as_rosa.get("/staff/published?show=planned").text


def test_staff_pages_tell_times_by_the_teams_clock_and_evidence_is_told_in_utc(
    brand, approved, as_rosa, saved, ada
):
    quote = approved()
    at = saved(Submission)[0].submitted_at
    page = f"/staff/submissions/{quote}"
    assert f"{at:%H:%M} UTC" in as_rosa.get(page).text
    brand("Asia/Tokyo")
    there = at.astimezone(ZoneInfo("Asia/Tokyo"))
    assert f"{there.day} {there:%B %Y, %H:%M} JST" in as_rosa.get(page).text
    assert " JST" in as_rosa.get("/staff/history").text
    evidence = as_rosa.get(f"/staff/customers/{ada}/record").text
    assert f"{at:%H:%M} UTC" in evidence
    assert "JST" not in evidence


@pytest.mark.parametrize(
    ("zone", "told"),
    [("Europe/Berlin", "15:02 CET"), ("Europe/Istanbul", "17:02 UTC+03"), ("UTC", "14:02 UTC")],
)
def test_the_clock_that_tells_a_time_is_named(zone, told):
    assert zones.hour(datetime(2026, 11, 24, 14, 2, tzinfo=UTC), zone) == told
