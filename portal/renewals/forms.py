from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

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
        "If something has changed: what?",
        filters=[lambda text: text or ""],
        description="Goes to the team, who settle it with you. Until then your words are off "
        "our pages.",
        validators=[Length(max=2000, message="Use at most 2,000 characters")],
    )

    def validate_note(self, field: TextAreaField) -> None:
        if self.answer.data == Answer.CHANGED and not field.data.strip():
            raise ValidationError("Write what is different now")
