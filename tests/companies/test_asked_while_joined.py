"""A company is asked in the very moment in which it is found to be another one."""

import threading

import pytest

from portal.advocates.models import Advocate
from portal.companies import actions
from portal.consent import asking
from portal.consent.models import OrgApproval, Scope
from portal.db import db
from portal.history.actions import SYSTEM
from portal.staff.models import Staff


@pytest.fixture
def meanwhile(app, ada, charlie):
    """Join Charlie’s company into Ada’s, and let someone else act before that is committed."""

    def meanwhile(act) -> None:
        def other():
            with app.app_context():
                act(db.session.get(Advocate, charlie))
                db.session.commit()

        beside = threading.Thread(target=other)
        with app.app_context():
            person, into = db.session.get(Advocate, charlie), db.session.get(Advocate, ada)
            actions.merge(person.company, into=into.company, by=SYSTEM)
            db.session.flush()
            beside.start()
            beside.join(timeout=1)  # who takes no lock is through by now
            db.session.commit()
        beside.join()

    return meanwhile


def test_T28_a_question_asked_while_two_companies_are_joined_is_one_to_the_joined_one(
    app, ada, rosa, meanwhile, saved
):
    def ask(person):
        colleague = asking.Colleague("Jo", "jo@difference.example")
        by = db.session.get(Staff, rosa)
        asking.ask(person.company, colleague, [Scope.NAME], by=by)

    meanwhile(ask)
    with app.app_context():
        kept = db.session.get(Advocate, ada).company_id
    assert [one.company_id for one in saved(OrgApproval)] == [kept]
