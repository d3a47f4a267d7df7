"""Ada’s contributions."""

import pytest

from portal.submissions.models import Submission
from tests.submissions.way import Way


@pytest.fixture
def way(as_ada, invitation):
    """Start a contribution as Ada: ``way("quote")``."""
    return lambda action="quote", browser=as_ada: Way(browser, invitation, action)


@pytest.fixture
def the_submission(saved):
    return lambda: saved(Submission)[-1]
