"""Authors hear what their words did: counted without a pixel, told once a month, easily muted."""

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.sql import visitors as parts

from portal import clock
from portal.advocates.models import Advocate
from portal.clicks import loading
from portal.clicks.models import ClickDay, Kind, What
from portal.db import db
from portal.impact import actions
from portal.placements import actions as placements
from portal.placements.models import Kind as Place
from portal.publishing.models import Asset
from portal.staff.models import Staff
from portal.submissions.models import Submission

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def at_half_past(wait):
    """An hour must not turn while a test counts."""
    wait(minutes=30 - datetime.now(UTC).minute)


@pytest.fixture
def read(app):
    """Open a story’s page from some address, as some program or browser."""

    def read(address, number=1, agent=FIREFOX, method="GET", **headers):
        return app.test_client(use_cookies=False).open(
            address,
            method=method,
            headers={"User-Agent": agent} | headers,
            environ_base={"REMOTE_ADDR": f"192.0.2.{number}"},
        )

    return read


@pytest.fixture
def load(app):
    def load() -> None:
        with app.app_context():
            loading.load(app.extensions["goodword"].click_log)

    return load


@pytest.fixture
def told(act, post_mail, mailroom):
    """The mails about it that Ada has, after the monthly job ran once more."""

    def told() -> list:
        act(actions.monthly)
        post_mail()
        mails = mailroom.to("ada@analytical.example")
        return [mail for mail in mails if mail["Subject"] == "What your words did"]

    return told


def test_reads_are_people_once_an_hour_and_nothing_else(published, read, load, saved):
    address = published()
    for number in (1, 1, 1, 2, 3):
        read(address, number)
    read(address, 4, method="HEAD")
    read(address, 5, agent="Slackbot-LinkExpanding 1.0")
    read(address, 6, agent="Googlebot/2.1")
    read(address, 7, **{"Sec-Purpose": "prefetch"})
    read(address, 8, **{"Sec-Fetch-Dest": "iframe"})
    read("/embed/stories", 9)
    load()
    days = saved(ClickDay)
    assert {day.what for day in days} == {What.STORY}
    assert sum(day.visitors for day in days if day.kind is Kind.VISIT) == 3


def test_T34_reading_a_story_sets_no_cookie_and_loads_no_pixel(published, read):
    answer = read(published())
    assert "Set-Cookie" not in answer.headers
    assert not re.search(r'<img[^>]+(width|height)="[01]"', answer.text)


def test_a_link_and_a_story_with_one_number_are_two_things(app, published, read, load, saved):
    from portal.clicks import actions as clicks
    from portal.clicks import queries as visits

    read(published())
    one = saved(Asset)[0].id
    with app.app_context():
        for number in range(2):
            seen = {"REQUEST_METHOD": "GET", "HTTP_USER_AGENT": FIREFOX}
            clicks.record(one, source="link", environ=seen | {"REMOTE_ADDR": f"10.0.0.{number}"})
    load()
    with app.app_context():
        assert visits.of_links([one]) == {one: 2}
        assert visits.of_stories([one]) == {one: 1}
        kept = sorted(map(str, map(vars, db.session.query(ClickDay))))
        clicks.rebuild()
        db.session.commit()
    with app.app_context():
        assert len(kept) == db.session.query(ClickDay).count()
        assert visits.of_stories([one]) == {one: 1}


def use_in_a_deal(act, rosa):
    def go():
        owner = db.session.get(Staff, rosa)
        asset = db.session.query(Asset).one()
        placements.record_use(asset, Place.DEAL, "Offer", owner=owner, by=owner)

    act(go)


def test_the_author_and_staff_read_what_it_did(
    published, read, load, act, rosa, browser_of, ada, saved
):
    address = published()
    for number in range(3):
        read(address, number)
    use_in_a_deal(act, rosa)
    load()
    said = "read 3 times and used in 1 offer"
    me, staff = browser_of(advocate=ada), browser_of(staff=rosa)
    assert said in me.get("/me").text
    assert said in me.get(f"/me/submissions/{saved(Submission)[0].id}").text
    assert said in staff.get(f"/staff/assets/{saved(Asset)[0].id}/uses").text


def test_one_mail_a_month_with_what_is_new(published, read, load, told, wait, mailroom):
    address = published()
    assert told() == []
    read(address)
    load()
    assert len(told()) == 1
    read(address, 2)
    load()
    assert len(told()) == 1
    wait(days=32)
    mails = told()
    assert len(mails) == 2
    text = " ".join(mailroom.text(mails[-1]).split())
    assert (
        "Since our last mail about this, your words were read once. So far they were read 2 times."
        in text
    )
    assert "Stop these mails: http://localhost/mute/" in text
    wait(days=32)
    assert len(told()) == 2


def test_the_monthly_mail_asks_the_database_about_no_list_of_people(app, published):
    """No database takes a list of tens of thousands."""
    published()
    lists = []

    def look(_connection, statement, *_):
        found = [one.value for one in parts.iterate(statement) if getattr(one, "expanding", 0)]
        lists.extend(one for one in found if one and isinstance(one[0], int))

    with app.app_context():
        actions.monthly()  # whose seals hold is remembered from now on
        sa.event.listen(db.engine, "before_execute", look)
        actions.monthly()
        sa.event.remove(db.engine, "before_execute", look)
        db.session.rollback()
    assert lists == []


def test_one_press_mutes_it_and_a_scanner_does_not(
    published, read, load, told, wait, mailroom, as_stranger, browser_of, ada
):
    address = published()
    read(address)
    load()
    link = re.search(r"http://localhost(/mute/\S+)", mailroom.text(told()[0])).group(1)
    assert "Stop them" in as_stranger.get(link).text
    assert as_stranger.post(link).status_code == 303
    assert "no more mails" in as_stranger.get(link).text
    read(address, 2)
    load()
    wait(days=32)
    assert len(told()) == 1
    me = browser_of(advocate=ada)
    assert "Tell me once a month" in me.get("/me").text
    me.post("/me/impact/mails")
    assert len(told()) == 2


@pytest.mark.parametrize("how", ["left", "restricted", "moved", "only when needed"])
def test_who_has_no_words_shown_or_wants_only_what_needs_them_is_not_told(
    published, read, load, told, act, ada, how
):
    read(published())
    load()

    def change():
        person = db.session.get(Advocate, ada)
        person.left_at = clock.now() if how == "left" else None
        person.restricted_at = clock.now() if how == "restricted" else None
        person.moved_at = clock.now() if how == "moved" else None
        person.wants_updates = how != "only when needed"

    act(change)
    assert told() == []


def test_T23_who_took_their_words_back_is_not_told_that_they_are_published(
    published, read, load, told, browser_of, ada, saved
):
    read(published())
    load()
    me = browser_of(advocate=ada)
    answer = me.post(f"/me/submissions/{saved(Submission)[0].id}/withdrawal")
    assert answer.status_code == 303
    assert told() == []
