"""Words that wait for a day chosen by staff: which moments can be, and for which words."""

from datetime import datetime, timedelta

from portal import clock
from portal.campaigns.models import Action
from portal.errors import NotAllowed
from portal.publishing import queries, rendering
from portal.publishing.models import Asset
from portal.submissions.models import Submission

PLANNED = "publication planned"  # in the history
LATEST = timedelta(days=180)  # words and permissions age while they wait


class NotThen(NotAllowed):
    """The moment chosen cannot be; ``field`` is where it is asked for."""

    status, field = 422, "on"


def demand(at: datetime, submission: Submission, asset: Asset | None) -> None:
    """Raise NotThen unless these words may appear by themselves at that moment."""
    if submission.action is Action.REVIEW:  # nobody times what nobody picks (T18)
        raise NotThen("A review is shown as soon as it is accepted. Nobody chooses its day.")
    if asset and asset.published_at <= clock.now():
        raise NotThen("It was public before. Publish it again now, or leave it off the page.")
    if not clock.now() < at <= clock.now() + LATEST:
        raise NotThen(f"Choose a moment still to come, within {LATEST.days} days.")


def appears_at(submission: Submission) -> datetime | None:
    """When these words appear by themselves; None where nobody planned that, or they may not."""
    asset, person = queries.asset_of(submission), submission.advocate
    if not asset or not asset.announce_at or person.left_at or person.restricted_at:
        return None
    return asset.announce_at if rendering.may_be_shown(submission) else None
