"""Visits are counted honestly, without knowing who came, and nothing is done because of one."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.clicks import actions, loading
from portal.clicks.models import Click, ClickDay, ClickSegment, Kind
from portal.db import Model, db
from portal.referrals.models import ReferralLink

AGENTS = json.loads((Path(__file__).parent.parent / "data" / "user-agents.json").read_text())
FIREFOX = AGENTS["visit"][2]


@pytest.fixture
def folder(app) -> Path:
    return app.extensions["goodword"].click_log


@pytest.fixture
def load(app, folder):
    def load() -> int:
        with app.app_context():
            return loading.load(folder)

    return load


@pytest.fixture
def come_by(app, code):
    """Open the page from some address with some browser."""

    def come_by(address="192.0.2.7", agent=FIREFOX, method="GET", query="", **headers):
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return app.test_client(use_cookies=False).open(
            f"/r/{code}{query}",
            method=method,
            headers={"User-Agent": agent} | given,
            environ_base={"REMOTE_ADDR": address},
        )

    return come_by


@pytest.fixture
def counted(load, saved):
    """The visits so far, with the log loaded."""

    def counted() -> int:
        load()
        return sum(day.visitors for day in saved(ClickDay) if day.kind is Kind.VISIT)

    return counted


@pytest.fixture(autouse=True)
def at_half_past(wait):
    """An hour must not turn while a test counts."""
    wait(minutes=30 - datetime.now(UTC).minute)


def test_one_visitor_is_counted_once_an_hour_however_often_they_come(
    app, code, folder, come_by, counted, saved
):
    come_by()
    for _ in range(9_999):
        environ = {"REQUEST_METHOD": "GET", "HTTP_USER_AGENT": FIREFOX, "REMOTE_ADDR": "192.0.2.7"}
        with app.app_context():
            actions.record(1, source="link", environ=environ)
    assert counted() == 1
    assert [click.hits for click in saved(Click)] == [10_000]


def test_another_hour_address_or_browser_is_another_visit(come_by, counted, wait):
    come_by()
    come_by(address="192.0.2.8")
    come_by(agent=AGENTS["visit"][0])
    assert counted() == 3
    wait(hours=1, minutes=30 - datetime.now(UTC).minute)
    come_by()
    assert counted() == 4


def test_a_scanned_code_is_told_from_a_link(come_by, counted, saved):
    come_by(query="?qr=1")
    come_by(address="192.0.2.8")
    assert counted() == 2
    assert sorted((day.source, day.visitors) for day in saved(ClickDay)) == [("link", 1), ("qr", 1)]


@pytest.mark.parametrize(
    ("kind", "agent"), [(kind, agent) for kind, agents in AGENTS.items() for agent in agents]
)
def test_programs_are_told_from_people_by_their_names(kind, agent):
    from portal.clicks.asking import by_agent

    assert by_agent(agent) == kind


def test_there_are_thirty_programs_to_tell():
    assert len(AGENTS["preview"]) + len(AGENTS["program"]) >= 30


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        (Kind.HEAD, {"method": "HEAD"}),
        (Kind.PREFETCH, {"Sec_Purpose": "prefetch"}),
        (Kind.PREFETCH, {"Sec_Purpose": "prefetch;prerender"}),
        (Kind.PREFETCH, {"Purpose": "prefetch"}),
        (Kind.PREFETCH, {"X_Moz": "prefetch"}),
        (Kind.FRAMED, {"Sec_Fetch_Dest": "iframe"}),
        (Kind.FRAMED, {"Sec_Fetch_Dest": "image"}),
        (Kind.FRAMED, {"Sec_Fetch_Dest": "empty"}),
        (Kind.PREVIEW, {"agent": "WhatsApp/2.23.20.0 A"}),
        (Kind.PROGRAM, {"agent": "curl/8.5.0"}),
    ],
)
def test_what_nobody_opened_is_logged_and_not_counted(kind, how, come_by, counted, saved):
    assert come_by(**how).status_code == 200
    assert counted() == 0
    assert [click.kind for click in saved(Click)] == [kind]


def test_T39_a_click_changes_nothing_but_the_numbers(app, come_by, load):
    def everything() -> dict[str, list]:
        with app.app_context():
            return {
                table.name: db.session.execute(sa.select(table)).all()
                for table in Model.metadata.sorted_tables
                if not table.name.startswith("click")
            }

    before = everything()
    for agent in [*AGENTS["visit"], *AGENTS["program"]]:
        come_by(agent=agent)
    load()
    assert everything() == before


def test_T37_the_page_itself_writes_nothing_and_sets_no_cookie(come_by, saved):
    come_by()  # draws the page that is kept
    answer = come_by()
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert saved(Click) == saved(ClickDay) == saved(ClickSegment) == []


def test_T36_no_address_and_no_browser_stands_in_the_log_or_a_table(
    app, come_by, folder, load, saved
):
    come_by(address="203.0.113.77", agent=FIREFOX + " Marked/1")
    written = b"".join(path.read_bytes() for path in folder.glob("*.log"))
    assert written
    load()
    with app.app_context():
        for table in Model.metadata.sorted_tables:
            written += repr(db.session.execute(sa.select(table)).all()).encode()
    for trace in (b"203.0.113.77", b"Marked/1", b"Gecko"):
        assert trace not in written


def test_T36_the_same_visitor_is_someone_else_tomorrow_and_forgotten_after_two_days(
    app, come_by, load, saved, wait, act
):
    come_by()
    wait(days=1)
    come_by()
    load()
    first, second = (click.visitor for click in saved(Click))
    assert first != second
    act(lambda: actions.forget_visitors(datetime.now(UTC)))
    assert [click.visitor for click in saved(Click)] == [None, second]
    assert sum(day.visitors for day in saved(ClickDay)) == 2


def test_the_advocate_and_staff_read_how_many_came(as_ada, as_rosa, referral, come_by, load, come):
    assert "No visits yet." in as_ada.get(f"/me/referrals/{referral}").text
    for address in ("192.0.2.1", "192.0.2.2"):
        come_by(address=address)
    load()
    assert "2 visits, nobody has left" in as_ada.get(f"/me/referrals/{referral}").text
    lead = come()
    assert "2 visits, 1 left their details" in as_ada.get(f"/me/referrals/{referral}").text
    assert "2 visits, 1 left their details" in as_rosa.get(f"/staff/leads/{lead}").text


def test_the_page_asks_the_database_once(app, come_by, code, database, monkeypatch):
    from portal.referrals import landing

    asked = []
    glance = landing.glance
    monkeypatch.setattr(landing, "glance", lambda *a, **k: asked.append(a) or glance(*a, **k))
    come_by()  # the first visit also draws the page
    with app.app_context():
        engine = db.engine

    def no_more(*_):
        raise AssertionError("a second statement")

    sa.event.listen(engine, "before_cursor_execute", no_more)
    try:
        assert come_by().status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", no_more)
    assert len(asked) == 2


def test_a_name_taken_back_is_off_the_kept_page_at_once(as_ada, referral, come_by):
    as_ada.post(f"/me/referrals/{referral}/name", data={"show": "yes"})
    assert "Ada recommends" in come_by().text
    as_ada.post(f"/me/referrals/{referral}/name", data={"show": "no"})
    assert "Ada" not in come_by().text


def test_each_visit_gets_its_own_code_stamp_and_source_in_the_kept_page(
    as_ada, referral, app, come_by, saved
):
    as_ada.post(f"/me/referrals/{referral}/links", data={"label": "Sina"})
    for link in saved(ReferralLink):
        page = app.test_client().get(f"/r/{link.code}?qr=1").text
        assert f'action="/r/{link.code}/leads"' in page
        assert 'value="qr"' in page
        assert "gap-" not in page
