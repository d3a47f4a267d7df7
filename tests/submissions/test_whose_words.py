"""T1: nobody but the customer writes or changes a customer’s words."""

from portal.campaigns.models import Action
from portal.db import db
from portal.submissions.models import Answer, State, Submission, Version
from tests.contributing import contribute
from tests.test_routes import rules

FORGED = "Forged by somebody else"
FIELDS = (
    "value", "words", "worked", "lacking", "headline", "answer", "text", "note", "excerpt",
    "reason", "body",
)  # fmt: skip


def test_T1_no_staff_route_creates_or_changes_a_customers_words(
    app, act, as_rosa, invitation, saved
):
    quote = act(lambda: contribute(invitation, Action.QUOTE).id)

    def undecided() -> str:
        """Open to every decision, whatever was decided before; its version now."""
        submission = db.session.get(Submission, quote)
        submission.state = State.SUBMITTED
        db.session.flush()
        return str(submission.version)

    def words():
        said = [(version.sha256, version.answers) for version in saved(Version)]
        return said, [(answer.id, answer.value) for answer in saved(Answer)], len(saved(Submission))

    before = words()
    data = dict.fromkeys(FIELDS, FORGED) | {"ground": "abuse", "action": "quote"}
    for rule in rules(app):
        if not app.view_functions[rule.endpoint].door.startswith("staff:"):
            continue
        if "POST" in rule.methods and not rule.endpoint.startswith("staff."):
            path = rule.rule
            for gap in rule.arguments:
                path = path.replace(f"<int:{gap}>", "1").replace(f"<{gap}>", "quote")
            as_rosa.post(path, data=data | {"seen": act(undecided)})
    assert words() == before


def test_T1_nobody_submits_without_having_been_invited(as_ada, as_charlie, invitation, saved):
    """Charlie is signed in, and the invitation is Ada’s."""
    path = f"/me/invitations/{invitation}/submissions"
    assert as_charlie.post(path, data={"action": "quote"}).status_code == 404
    assert saved(Submission) == []
