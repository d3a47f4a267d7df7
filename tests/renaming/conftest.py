"""Ada’s company is called something else by now."""

import pytest

from portal.advocates.models import Advocate
from portal.db import db
from tests.publishing.conftest import approved, published, the_asset

__all__ = ["approved", "published", "the_asset"]
OLD, NEW = "Analytical Engines", "Difference Works"


@pytest.fixture
def home(act, ada) -> int:
    """Ada’s company."""
    return act(lambda: db.session.get(Advocate, ada).company_id)


@pytest.fixture
def rename(as_rosa, home):
    """What staff do on its page."""

    def rename(name=NEW, seen=OLD, client=as_rosa):
        data = {"name": name, "seen": seen}
        return client.post(f"/staff/companies/{home}/name", data=data)

    return rename
