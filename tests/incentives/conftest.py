import pytest

from portal.advocates.models import Advocate
from portal.db import db
from portal.history.actions import SYSTEM
from portal.incentives import actions
from portal.incentives.models import Offer, Reward, RewardState
from portal.staff.models import Role, Staff
from tests.review.conftest import sent  # noqa: F401


@pytest.fixture
def earn(act, ada, offer):
    """Ada earns the offer for some reason; gives the reward's id."""

    def earn(reason="lead:1", **more) -> int:
        def accrue():
            promise = db.session.get(Offer, offer).promise() | more.pop("promise", {})
            return actions.accrue(
                db.session.get(Advocate, ada),
                reason=reason,
                explanation="Your referral of 3 May 2026",
                promise=promise,
                by=SYSTEM,
                **more,
            ).id

        return act(accrue)

    return earn


@pytest.fixture
def rule(act):
    """Rule on a reward, as if by the portal itself."""

    def rule(reward: int, *states: RewardState, **more) -> None:
        more.setdefault("note", "Order 4711")
        for state in states:
            act(lambda s=state: actions.move(db.session.get(Reward, reward), s, by=SYSTEM, **more))

    return rule


@pytest.fixture
def theo(save) -> int:
    """An editor, rosa’s colleague."""
    return save(Staff(email="theo@acme.example", name="Theo", role=Role.EDITOR, password_hash="x"))


@pytest.fixture
def as_theo(browser_of, theo):
    return browser_of(staff=theo)


@pytest.fixture
def setting(app):
    """Change a setting of the portal for one test."""
    config = app.extensions["goodword"]
    before = config.model_dump()

    def setting(**values) -> None:
        for name, value in values.items():
            setattr(config, name, value)

    yield setting
    setting(**before)
