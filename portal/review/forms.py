from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from portal.campaigns.models import Action
from portal.fields import NeededIf
from portal.incentives.forms import buys_no_praise
from portal.publishing.grounds import FOR_REVIEWS, Ground

TOO_LONG = Length(max=2000, message="Use at most 2,000 characters")


class ApproveForm(FlaskForm):
    seen = IntegerField(id="approve-seen", validators=[InputRequired("Reload this page")])


class ChangeForm(FlaskForm):
    seen = IntegerField(id="change-seen", validators=[InputRequired("Reload this page")])
    note = TextAreaField(
        "What should change",
        id="change-note",
        description="Goes to them by mail, in your words. They change the text, never we.",
        validators=[DataRequired("Write what should change"), TOO_LONG, buys_no_praise],
    )


class DeclineForm(FlaskForm):
    seen = IntegerField(id="decline-seen", validators=[InputRequired("Reload this page")])
    ground = RadioField(
        "Ground", id="decline-ground", validators=[InputRequired("Choose the ground")]
    )
    note = TextAreaField(
        "Why",
        id="decline-note",
        description="Goes to them by mail with the ground.",
        validators=[DataRequired("Write why"), TOO_LONG, buys_no_praise],
    )

    def __init__(self, action: Action, **more):
        super().__init__(**more)
        grounds = FOR_REVIEWS if action is Action.REVIEW else list(Ground)
        self.ground.choices = [(ground.value, ground.sentence) for ground in grounds]


class PublishSeveralForm(FlaskForm):
    """Several, whole: nothing is typed."""


class BulkForm(FlaskForm):
    """One decision for several contributions."""

    decision = RadioField(
        "Decision",
        id="several-decision",
        choices=[
            SelectChoice("approve", "Approve"),
            SelectChoice("change", "Ask for a change"),
            SelectChoice("decline", "Decline"),
        ],
        validators=[InputRequired("Choose the decision")],
    )
    ground = RadioField(
        "Ground",
        id="several-ground",
        description="Reviews keep to the neutral ones.",
        choices=[SelectChoice(ground.value, ground.sentence) for ground in Ground],
        validators=[NeededIf("decision", {"decline": "Choose the ground"}, "if you decline")],
        validate_choice=False,
    )
    note = TextAreaField(
        "Note",
        id="several-note",
        description="The same to each, by mail.",
        validators=[
            TOO_LONG,
            buys_no_praise,
            NeededIf(
                "decision",
                dict.fromkeys(("change", "decline"), "Write why: each of them will read it"),
                "needed unless you approve",
            ),
        ],
    )

    def validate_ground(self, field: RadioField) -> None:
        if self.decision.data == "decline" and field.data and field.data not in set(Ground):
            raise ValidationError("Choose the ground")
