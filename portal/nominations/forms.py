from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from portal.fields import trimmed


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
