"""Whoever waits for a thing that is deleted meanwhile reads that, and no error of ours."""

import pytest
import sqlalchemy as sa

from portal.db import db, lock_row
from portal.errors import NotFound
from portal.privacy.models import DataRequest


def test_who_waited_for_what_was_deleted_meanwhile_is_told_so(app, save, ada):
    number = save(DataRequest(advocate_id=ada, note="My name is wrong."))
    with app.app_context():
        one = db.session.get_one(DataRequest, number)
        gone = sa.delete(DataRequest).where(DataRequest.id == number)
        db.session.execute(gone, execution_options={"synchronize_session": False})
        with pytest.raises(NotFound, match="deleted meanwhile"):
            lock_row(one)
        db.session.rollback()
