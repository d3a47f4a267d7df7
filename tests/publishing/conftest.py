import pytest

from portal import clock
from portal.campaigns.models import Action
from portal.db import db
from portal.publishing import actions as publishing
from portal.publishing.basis import Basis
from portal.publishing.models import Asset
from portal.review import actions as review
from portal.staff.models import Staff
from portal.submissions.models import Submission
from tests.contributing import company_agrees, contribute, signed


@pytest.fixture
def approved(act, invitation, rosa):
    """Ada's contribution, accepted by Rosa; its id."""

    def approved(action=Action.QUOTE, invitation_id=invitation, **more) -> int:
        def go():
            submission = contribute(invitation_id, action, **more)
            review.approve(submission, seen=submission.version, by=db.session.get(Staff, rosa))
            return submission.id

        return act(go)

    return approved


@pytest.fixture
def published(act, approved, rosa):
    """The same, published, with the company’s own yes; the address it is read at."""

    def published(
        action=Action.QUOTE, title="", excerpt="", company=True, expected_results="", **more
    ) -> str:
        submission_id = approved(action, **more)

        def go():
            submission = db.session.get(Submission, submission_id)
            staff = db.session.get(Staff, rosa)
            basis = Basis("The log", staff, clock.now().date(), expected_results)
            if company:
                company_agrees(submission)
            if excerpt:
                given = {"headline": title, "expected_results": expected_results}
                signed(submission, excerpt, by=staff, **given)
            asset = publishing.publish(
                submission,
                headline=title,
                excerpt=excerpt,
                basis=basis,
                fair_cut=True,
                by=staff,
            )
            return "/reviews" if action is Action.REVIEW else f"/stories/{asset.slug}"

        return act(go)

    return published


@pytest.fixture
def the_asset(saved):
    def the_asset() -> Asset:
        return saved(Asset)[-1]

    return the_asset
