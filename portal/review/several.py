"""What can be decided on several contributions at once."""

from portal.publishing import actions as publishing
from portal.publishing.grounds import Ground
from portal.publishing.undoing import CONTRIBUTION
from portal.review import actions
from portal.review.forms import BulkForm, PublishSeveralForm
from portal.staff.models import Staff
from portal.submissions.models import State, Submission
from portal.undo.several import Several

SAID = {"approve": "Approved.", "change": "Sent back with your note.", "decline": "Declined."}


def decide(one: Submission, seen: int, form: BulkForm, *, by: Staff) -> str:
    """Approve, send back or decline it, as it was ``seen``."""
    decision, note = form.decision.data, form.note.data or ""
    if decision == "approve":
        actions.approve(one, seen=seen, by=by, note=note)
    elif decision == "change":
        actions.ask_for_change(one, seen=seen, by=by, note=note)
    else:
        actions.decline(one, seen=seen, by=by, ground=Ground(form.ground.data), note=note)
    return SAID[decision]


def publish(one: Submission, seen: int, form: PublishSeveralForm, *, by: Staff) -> str:
    """Publish it whole, without a headline; what needs a second look is left for its own page."""
    actions.demand_newest(one, seen)
    publishing.publish(one, by=by)
    return "Published. It appears in ten seconds."


CONTRIBUTIONS = Several(
    key="contributions",
    way=CONTRIBUTION,
    form=BulkForm,
    fields="review/_bulk.html",
    act=decide,
    seen=lambda one: one.version,
    waits=lambda one: one.state is State.SUBMITTED,
    button="Decide on the contributions you select",
)
PUBLICATIONS = Several(
    key="publications",
    way=CONTRIBUTION,
    form=PublishSeveralForm,
    fields="review/_bulk_publish.html",
    act=publish,
    seen=lambda one: one.version,
    waits=lambda one: one.state is State.APPROVED,
    button="Publish those you select",
)
