import pytest

from portal.campaigns.models import Action
from portal.staff.models import Role, Staff
from portal.submissions.models import Submission
from tests.contributing import contribute
from tests.events.conftest import event, plan  # noqa: F401
from tests.publishing.conftest import approved, the_asset  # noqa: F401


@pytest.fixture
def sent(act, invitation):
    """Ada's contribution, waiting for a decision; its id."""

    def sent(action=Action.QUOTE, invitation_id=invitation, **more) -> int:
        return act(lambda: contribute(invitation_id, action, **more).id)

    return sent


@pytest.fixture
def sam(save) -> int:
    """A colleague of Rosa's."""
    return save(Staff(email="sam@acme.example", name="Sam", role=Role.EDITOR, password_hash="x"))


@pytest.fixture
def as_sam(browser_of, sam):
    return browser_of(staff=sam)


@pytest.fixture
def as_vera(browser_of, save):
    """Someone who may only look."""
    vera = Staff(email="vera@acme.example", name="Vera", role=Role.VIEWER, password_hash="x")
    return browser_of(staff=save(vera))


@pytest.fixture
def contribution(saved):
    def contribution() -> Submission:
        return saved(Submission)[0]

    return contribution
