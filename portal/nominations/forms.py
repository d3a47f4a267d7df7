from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.fields import NeededIf, trimmed


class ProposeForm(FlaskForm):
    reason = TextAreaField(
        "Why them?",
        description="What they achieved, and what they would be glad to talk about. They can ask "
        "to read it.",
        filters=[trimmed],
        validators=[
            DataRequired("Write why they are the right person to ask"),
            Length(max=800, message="Use 800 characters or fewer"),
        ],
    )


class DeclineForm(FlaskForm):
    note = TextAreaField(
        "Why not now?",
        description="Goes to the colleague by mail. The customer hears nothing.",
        filters=[trimmed],
        validators=[
            DataRequired("Write why: the colleague will read it"),
            Length(max=800, message="Use 800 characters or fewer"),
        ],
    )


class SeveralForm(FlaskForm):
    """One decision for several proposals."""

    decision = RadioField(
        "Decision",
        id="several-nominations-decision",
        choices=[SelectChoice("accept", "Accept"), SelectChoice("decline", "Decline")],
        validators=[InputRequired("Choose the decision")],
    )
    note = TextAreaField(
        "Why not now?",
        id="several-nominations-note",
        description="Each colleague gets it by mail, no customer does.",
        filters=[trimmed],
        validators=[
            Length(max=800, message="Use 800 characters or fewer"),
            NeededIf(
                "decision",
                {"decline": "Write why: each colleague will read it"},
                "needed if you decline",
            ),
        ],
    )
