"""What can be decided on several proposals at once."""

from portal.nominations import actions
from portal.nominations.forms import SeveralForm
from portal.nominations.models import Nomination, State
from portal.nominations.undoing import NOMINATION
from portal.staff.models import Staff
from portal.undo.several import Several


def decide(one: Nomination, _seen: int, form: SeveralForm, *, by: Staff) -> str:
    """Say yes, or no and why; who was faster is said by name."""
    if form.decision.data == "accept":
        actions.accept(one, by=by)
        return "Accepted."
    actions.decline(one, note=form.note.data, by=by)
    return "Declined."


NOMINATIONS = Several(
    key="nominations",
    way=NOMINATION,
    form=SeveralForm,
    fields="nominations/_bulk.html",
    act=decide,
    seen=lambda one: one.id,
    waits=lambda one: one.state is State.WAITING,
    button="Decide on the proposals you select",
)
