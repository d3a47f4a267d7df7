"""Whoever reads waits for nobody who writes."""

import sqlite3
from contextlib import closing

import pytest

from portal.db import db


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_pages_open_while_somebody_else_writes(app, as_rosa, as_stranger):
    with app.app_context():
        file = db.engine.url.database
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")  # what every statement that writes begins with
        assert as_stranger.get("/stories").status_code == 200
        assert as_rosa.get("/staff/queue").status_code == 200
        writer.execute("ROLLBACK")
