"""The list of customers: in the order of names, and as fast with a million of them."""

import sqlalchemy as sa

from portal import clock
from portal.advocates import queries
from portal.advocates.models import Advocate, Company
from portal.advocates.queries import Standing
from portal.db import db


def crowd(number: int, **more) -> None:
    """So many customers of one company, whose names follow each other."""
    company = Company(name="Crowd", name_key=f"crowd {more}")
    for place in range(number):
        mail = f"{place}@{len(more)}crowd.example"
        person = Advocate(
            company=company, first_name="Ann", last_name=f"Name {place // 3:03}", email=mail,
            email_key=mail, country=f"Country {place % 3}", **more,
        )  # fmt: skip
        db.session.add(person)


def test_pages_follow_each_other_and_lead_back_whatever_the_filter(act, app, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 4)
    act(lambda: crowd(17))
    with app.app_context():
        for asked in ({}, {"country": "Country 1"}, {"search": "crowd"}, {"standing": "open"}):
            page, seen, pages = queries.people(**asked), [], []
            while True:
                pages.append([one.id for one in page.people])
                seen += page.people
                if not page.next:
                    break
                page = queries.people(**asked, after=page.next)
            names = [(one.last_name.lower(), one.id) for one in seen]
            assert names == sorted(names)
            assert len(seen) >= 4
            back = queries.people(**asked, before=page.previous)
            assert [one.id for one in back.people] == pages[-2]


def test_counts_end_at_some_number_and_say_so(act, app, monkeypatch, as_rosa):
    monkeypatch.setattr(queries, "CAP", 5)
    act(lambda: crowd(8))
    act(lambda: crowd(2, left_at=clock.now()))
    act(lambda: crowd(3, stopped_at=clock.now(), moved_at=clock.now()))
    with app.app_context():
        assert queries.counts()[None] == 6
        assert queries.counts()[Standing.LEFT] == 2
        assert queries.counts()[Standing.STOPPED] == 3
        assert queries.counts("crowd") == {"open": 8, "left": 2, "stopped": 3, None: 13}
    assert "5+" in as_rosa.get("/staff/customers").text
    assert "5+" in as_rosa.get("/staff/customers?q=crowd").text


def test_countries_are_those_somebody_is_in(act, app):
    act(lambda: crowd(4))
    with app.app_context():
        assert [one for one in queries.countries() if one.startswith("C")] == [
            "Country 0", "Country 1", "Country 2",
        ]  # fmt: skip
        assert "" not in queries.countries()


def test_the_list_is_read_from_an_index(act, app):
    """What EXPLAIN says on SQLite: it enters the index where the page begins, and sorts nothing."""
    act(lambda: crowd(3))
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            return
        seen = []
        sa.event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append((a[2], a[3])))
        for asked, index in (
            ({}, "SCAN advocate USING INDEX ix_advocate_name"),
            ({"after": 1}, "SEARCH advocate USING INDEX ix_advocate_name (<expr>>?)"),
            ({"country": "Country 1"}, "ix_advocate_country_name (country=?)"),
            ({"standing": Standing.LEFT}, "ix_advocate_left"),
            ({"standing": Standing.STOPPED}, "ix_advocate_stopped"),
        ):
            queries.people(**asked)
            told, given = seen[-1]
            rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {told}", given)
            plan = " | ".join(row[3] for row in rows)
            assert index in plan, plan
            assert "TEMP B-TREE" not in plan, plan
            seen.clear()


def test_a_company_is_found_by_typing_not_in_a_list_of_all(act, app, monkeypatch):
    monkeypatch.setattr(queries, "SUGGESTED", 2)
    names = ["Zeta One", "Zeta Two", "Zeta Three", "Other"]
    act(lambda: db.session.add_all([Company(name=n, name_key=n.lower()) for n in names]))
    with app.app_context():
        assert len(queries.choices().companies) == 2
        assert queries.choices(" zeta  TW").companies == ["Zeta Two"]


def test_the_list_asks_no_question_for_each_customer(act, app, as_rosa):
    act(lambda: crowd(17))
    seen = []
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    assert as_rosa.get("/staff/customers").status_code == 200
    assert len(seen) <= 8  # BEGIN, who asks, the page, counts, three filters, the queue
