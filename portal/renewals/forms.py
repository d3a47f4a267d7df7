from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.fields import NeededIf
from portal.renewals.models import Answer


class AnswerForm(FlaskForm):
    seen = HiddenField()
    answer = RadioField(
        "Is it still right?",
        choices=[
            SelectChoice(Answer.KEPT.value, "Yes, still right"),
            SelectChoice(Answer.CHANGED.value, "Something has changed"),
            SelectChoice(Answer.WITHDRAWN.value, "Take it back"),
        ],
        validators=[InputRequired("Choose one of the three")],
    )
    decks_too = BooleanField()  # its label is the permission’s own wording
    new_name = BooleanField()  # its label names both names
    note = TextAreaField(
        "What has changed?",
        filters=[lambda text: text or ""],
        description="Goes to the team, who settle it with you. Until then your words are off "
        "our pages.",
        validators=[
            Length(max=2000, message="Use at most 2,000 characters"),
            NeededIf(
                "answer",
                {Answer.CHANGED: "Write what is different now"},
                "needed if something has changed",
            ),
        ],
    )
