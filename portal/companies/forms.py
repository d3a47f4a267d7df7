from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import InputRequired


class SameForm(FlaskForm):
    """A yes and a no of one company become those of the other: nobody says so in passing."""

    sure = BooleanField(
        "They are one company: what one of them allowed or forbade, the other did",
        validators=[InputRequired("Confirm that they are one company")],
    )
