"""The page a link opens skips hooks and holds a connection of its own, and keeps its promises."""

import sqlite3
import sys
from contextlib import closing
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from portal import web
from portal.db import _spare, db, glance
from portal.referrals import landing, pages
from portal.referrals.models import ReferralLink

UNKNOWN = "zzzzzzzzzzzzzz"


def answers(client, path: str) -> list:
    """By GET and by HEAD, which has no body and otherwise says the same."""
    seen, head = client.get(path), client.head(path)
    assert head.data == b""
    assert (head.status_code, list(head.headers.keys())) == (
        seen.status_code, list(seen.headers.keys()),
    )  # fmt: skip
    return [seen, head]


def guarded(answer) -> bool:
    given = dict(answer.headers)
    assert {name for name in web.ALWAYS if name not in given} == set()
    assert given["Content-Security-Policy"] == web.CSP
    assert "noindex" in given["X-Robots-Tag"]
    assert "Set-Cookie" not in given
    return True


def test_T34_every_answer_of_it_carries_every_header(as_stranger, as_ada, referral, code):
    assert all(guarded(one) for one in answers(as_stranger, f"/r/{code}"))
    assert all(guarded(one) for one in answers(as_stranger, f"/r/{UNKNOWN}"))
    as_ada.post(f"/me/referrals/{referral}/links/1/pause", data={"paused": "1"})
    assert all(guarded(one) for one in answers(as_stranger, f"/r/{code}"))
    refused = as_stranger.put(f"/r/{code}")
    assert (refused.status_code, guarded(refused)) == (405, True)


def test_an_error_of_ours_is_said_kindly_with_every_header(app, as_stranger, code, monkeypatch):
    def break_it(*_):
        raise RuntimeError("secret words")

    monkeypatch.setattr(pages, "first", break_it)
    app.testing = False
    answer = as_stranger.get(f"/r/{code}")
    assert (answer.status_code, guarded(answer)) == (500, True)
    assert "Something on our side broke" in answer.text
    assert "secret words" not in answer.text


@pytest.mark.parametrize("when", ["connecting", "asking"])
def test_a_database_that_is_away_is_said_kindly_and_asked_again_next_time(
    app, as_stranger, code, monkeypatch, when
):
    with app.app_context():
        engine = db.engine
    error = engine.dialect.loaded_dbapi.OperationalError("gone")

    def away(*_):
        raise error

    engine.dispose()  # what is kept is thrown away
    if when == "connecting":
        monkeypatch.setattr(type(engine), "raw_connection", away)
    else:
        driver = SimpleNamespace(execute=away, close=lambda: None)
        monkeypatch.setattr(sys.modules["portal.db"], "_open", lambda _: driver)
    answer = as_stranger.get(f"/r/{code}")
    assert (answer.status_code, guarded(answer)) == (503, True)
    assert "We cannot save anything just now" in answer.text
    monkeypatch.undo()
    assert as_stranger.get(f"/r/{code}").status_code == 200


def test_a_connection_cut_by_the_database_is_replaced_and_nobody_sees_it(app, as_stranger, code):
    assert as_stranger.get(f"/r/{code}").status_code == 200
    with app.app_context():
        _, held = _spare[-1]
        if db.engine.dialect.name == "sqlite":
            held.close()
        else:
            process = held.info.backend_pid
            db.session.execute(sa.select(sa.func.pg_terminate_backend(process, 5_000)))
        db.session.rollback()
    assert as_stranger.get(f"/r/{code}").status_code == 200


def test_it_leaves_no_transaction_open_and_reads_what_was_written_last(
    app, as_stranger, code, saved, act
):
    assert as_stranger.get(f"/r/{code}").status_code == 200
    with app.app_context():
        _, held = _spare[-1]
        if db.engine.dialect.name == "sqlite":
            assert not held.in_transaction
        else:
            assert held.info.transaction_status.name == "IDLE"
    act(lambda: setattr(db.session.get(ReferralLink, 1), "code", "another-code"))
    assert as_stranger.get(f"/r/{code}").status_code == 404
    assert as_stranger.get("/r/another-code").status_code == 200
    with app.app_context():
        url = db.engine.url
    if url.drivername.startswith("sqlite"):
        with closing(sqlite3.connect(url.database)) as other:
            busy, logged, done = other.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
        assert (busy, logged) == (0, done)  # a reader left behind would hold it up


def test_another_engine_gets_another_connection(app, code):
    with app.app_context():
        assert landing.find(code)
        _, before = _spare[-1]
        db.session.close()
        db.engine.dispose()
        assert not _spare
        assert landing.find(code)
        assert _spare[-1][1] is not before


def test_a_connection_that_refused_is_closed_at_once_and_not_kept(app):
    closed = []

    class Driver:
        def execute(self, *_):
            raise sqlite3.OperationalError("disk I/O error")

        def close(self):
            closed.append(self)

    with app.app_context():
        db.engine.dispose()
        driver = Driver()
        _spare.append((db.engine.pool, driver))
        if db.engine.dialect.name == "sqlite":
            assert glance(sa.select(sa.literal(1))) == (1,)  # on a new one
        else:
            with pytest.raises(sqlite3.OperationalError):  # not this driver’s word
                glance(sa.select(sa.literal(1)))
        assert closed == [driver]
        assert driver not in [kept for _, kept in _spare]
