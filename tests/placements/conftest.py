"""Ada's words are published, and used in other places."""

import pytest

from portal.advocates.models import Advocate
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.db import db
from portal.placements import actions
from portal.placements.models import Kind
from portal.publishing.models import Asset
from portal.staff.models import Staff
from tests.publishing.conftest import approved, published, the_asset

__all__ = ["approved", "published", "the_asset"]


@pytest.fixture
def placed(act, published, rosa):
    """Ada's quote stands in a place of this kind; the place's id."""

    def placed(kind=Kind.DECK, place="Pitch deck, slide 7", **more) -> int:
        if not act(lambda: db.session.query(Asset).count()):
            published()

        def go():
            asset, owner = db.session.query(Asset).one(), db.session.get(Staff, rosa)
            names = {"names_company": False} | more
            return actions.record_use(asset, kind, place, owner=owner, by=owner, **names)

        return act(lambda: go().id)

    return placed


@pytest.fixture
def take_back(act, ada):
    """Ada takes one permission back."""

    def take_back(purpose):
        def go():
            receipt = db.session.query(Asset).one().submission.receipt
            who = db.session.get(Advocate, ada)
            consent.withdraw(receipt, purpose, by=who, circumstances=Circumstances())

        act(go)

    return take_back


@pytest.fixture
def look(act):
    """What the worker does every few seconds."""
    return lambda: act(actions.look_around)
