"""The fold of the ledger: one answer in Python and in SQL, whatever was said in whatever order."""

from datetime import UTC, datetime, timedelta

import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from portal.advocates.models import Advocate
from portal.consent import actions, queries
from portal.consent.actions import Circumstances
from portal.consent.models import Purpose
from portal.db import db

ASKED = (Purpose.WORDS, Purpose.NAME, Purpose.SALES)
ACTS = st.tuples(
    st.sampled_from(["give", "withdraw", "reconfirm", "withdraw_all"]),
    st.sampled_from(ASKED),
    st.integers(0, 500),  # days that pass before it
)


@how(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=st.sets(st.sampled_from(ASKED)), acts=st.lists(ACTS, max_size=8))
def test_T24_the_fold_is_the_same_in_python_and_in_sql_and_no_yes_outlives_a_no(
    app, ada, first, acts
):
    start, said = datetime(2026, 1, 1, tzinfo=UTC), Circumstances()
    with app.app_context(), time_machine.travel(start, tick=False) as clock:
        person = db.session.get(Advocate, ada)
        choices = {purpose: purpose in first for purpose in ASKED}
        receipt = actions.issue_receipt(person, "quote", choices, circumstances=said)
        for act, purpose, days in acts:
            clock.shift(timedelta(days=days))
            standing = {one for one in ASKED if queries.in_force(receipt, one)}
            more = [] if act in ("reconfirm", "withdraw_all") else [purpose]
            getattr(actions, act)(receipt, *more, by=person, circumstances=said)
            after = {one for one in ASKED if queries.in_force(receipt, one)}
            expected = {
                "give": standing | {purpose},
                "withdraw": standing - {purpose},
                "reconfirm": standing,  # what ended or was refused stays so
                "withdraw_all": set(),
            }[act]
            assert after == expected
            for one in ASKED:
                in_sql = db.session.query(queries.is_in_force(receipt.id, one)).scalar()
                assert bool(in_sql) == (one in after)
        assert actions.first_broken_link() is None
        db.session.rollback()
