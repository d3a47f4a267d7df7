"""What web processes note comes into the database once, whatever dies on the way."""

import os
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from portal.clicks import actions, loading
from portal.clicks.log import ClickLog
from portal.clicks.models import Click, ClickDay, ClickSegment, Kind
from portal.db import db


@pytest.fixture
def folder(app) -> Path:
    path = app.extensions["goodword"].click_log
    path.mkdir(parents=True)
    return path


def line(number: int, link=1, kind="visit", source="link", day=None) -> bytes:
    day = day or datetime.now(UTC).date()
    return f"{day} 09\t{link}\t{number:024x}\t{kind}\t{source}\n".encode()


@pytest.fixture
def left_behind(folder):
    """A segment whose process is gone."""

    def left_behind(*lines: bytes, name="1-1-aa") -> Path:
        path = folder / f"{name}.log"
        path.write_bytes(b"".join(lines))
        return path

    return left_behind


@pytest.fixture
def load(app, folder):
    def load() -> int:
        with app.app_context():
            return loading.load(folder)

    return load


def visits(days) -> int:
    return sum(day.visitors for day in days if day.kind is Kind.VISIT)


def test_a_segment_left_behind_is_loaded_in_batches_and_removed(left_behind, load, saved):
    path = left_behind(*(line(number) for number in range(1_200)))
    assert load() == 1_200
    assert not path.exists()
    assert saved(ClickSegment) == []
    assert visits(saved(ClickDay)) == 1_200


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_killed_between_any_two_steps_it_counts_nothing_twice(
    left_behind, load, saved, monkeypatch, batches
):
    """After the commit and before the file is gone is the place where double counting lives."""
    left_behind(*(line(number) for number in range(1_200)))
    done = []

    def die(_seconds):
        done.append(1)
        if len(done) == batches:
            raise KeyboardInterrupt

    monkeypatch.setattr(loading, "time", SimpleNamespace(sleep=die))  # and nobody else's
    with pytest.raises(KeyboardInterrupt):
        load()
    monkeypatch.setattr(loading, "time", SimpleNamespace(sleep=lambda _: None))
    load()
    load()
    assert visits(saved(ClickDay)) == len(saved(Click)) == 1_200
    assert {click.hits for click in saved(Click)} == {1}


def test_killed_before_the_file_is_removed_it_counts_nothing_twice(
    left_behind, load, saved, monkeypatch
):
    path = left_behind(line(1), line(2))

    def die(_path):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "unlink", die)
    with pytest.raises(KeyboardInterrupt):
        load()
    monkeypatch.undo()
    assert load() == 0
    assert not path.exists()
    assert visits(saved(ClickDay)) == 2


def test_a_segment_still_written_to_is_loaded_as_far_as_it_goes_and_kept(folder, load, saved):
    log = ClickLog(folder)
    log.append(line(1))
    assert load() == 1
    log.append(line(2))
    assert load() == 1
    assert load() == 0
    assert len(list(folder.glob("*.log"))) == 1
    assert visits(saved(ClickDay)) == 2


def test_a_full_segment_is_followed_by_the_next(folder, load, saved, monkeypatch):
    monkeypatch.setattr("portal.clicks.log.LARGEST", 100)
    log = ClickLog(folder)
    for number in range(10):
        log.append(line(number))
    assert len(list(folder.glob("*.log"))) > 1
    assert load() == 10
    assert visits(saved(ClickDay)) == 10


def test_a_line_cut_off_or_garbled_by_a_power_cut_costs_no_other(left_behind, load, saved):
    left_behind(line(1), b"\0" * 40 + b"\n", b"2026-11\t1\n", line(2), line(3)[:-5])
    load()
    assert visits(saved(ClickDay)) == 2


def test_a_full_disk_costs_the_visit_and_not_the_page(folder, monkeypatch, caplog):
    log = ClickLog(folder)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    log.append(line(1))
    log.append(line(2))
    assert caplog.text.count("visits are not being recorded") == 1


def test_counting_again_gives_what_was_counted_as_it_came(left_behind, load, app, saved, act):
    lines = [
        line(number % 70, link=number % 3, kind=kind, source=source)
        for number in range(700)
        for kind in ("visit", "program")
        for source in ("qr", "link")
    ]
    for part in range(4):
        left_behind(*lines[part::4], name=f"{part}-1-aa")
        load()
    kept = rows(app)
    assert kept
    act(actions.rebuild)
    assert rows(app) == kept


def test_the_commands_load_and_count_again(app, left_behind, saved):
    left_behind(line(1), line(2))
    runner = app.test_cli_runner()
    assert runner.invoke(args=["clicks", "load"]).output == "2 hits loaded.\n"
    kept = rows(app)
    assert runner.invoke(args=["clicks", "rebuild"]).exit_code == 0
    assert rows(app) == kept


def rows(app) -> list[tuple]:
    with app.app_context():
        table = ClickDay.__table__
        return sorted(map(tuple, db.session.execute(sa.select(table)).all()))
