"""A company is asked about somebody’s words in the very moment in which it takes another name."""

import threading

import pytest

from portal.advocates.models import Company
from portal.campaigns.models import Action
from portal.consent import asking
from portal.consent.models import OrgApproval, Receipt, Scope
from portal.db import db
from portal.history.actions import SYSTEM
from portal.renaming import actions
from portal.staff.models import Staff
from tests.contributing import contribute
from tests.renaming.conftest import NEW, OLD


@pytest.fixture
def meanwhile(app, home):
    """Rename Ada’s company, and let someone else act before that is committed."""

    def meanwhile(act) -> None:
        def other():
            with app.app_context():
                act()
                db.session.commit()

        beside = threading.Thread(target=other)
        with app.app_context():
            actions.rename(db.session.get(Company, home), NEW, seen=OLD, by=SYSTEM)
            db.session.flush()
            beside.start()
            beside.join(timeout=1)  # who takes no lock is through by now
            db.session.commit()
        beside.join()

    return meanwhile


def test_T28_a_question_asked_while_it_is_renamed_is_one_about_the_name_that_was_signed(
    act, invitation, rosa, meanwhile, saved
):
    act(lambda: contribute(invitation, Action.QUOTE) and None)

    def ask():
        receipt, by = db.session.query(Receipt).one(), db.session.get(Staff, rosa)
        colleague = asking.Colleague("Jo", "jo@analytical.example")
        company = receipt.advocate.company
        asking.ask(company, colleague, [Scope.NAME], by=by, receipt=receipt)

    meanwhile(ask)
    assert [one.company_name for one in saved(OrgApproval)] == [OLD]
