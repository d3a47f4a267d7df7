from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.campaigns.models import Action
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
        validators=[DataRequired("Write what should change"), TOO_LONG],
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
        validators=[DataRequired("Write why"), TOO_LONG],
    )

    def __init__(self, action: Action, **more):
        super().__init__(**more)
        grounds = FOR_REVIEWS if action is Action.REVIEW else list(Ground)
        self.ground.choices = [(ground.value, ground.sentence) for ground in grounds]
