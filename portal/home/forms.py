from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Length


class DeclineForm(FlaskForm):
    reason = TextAreaField(
        "Would you tell us why?",
        validators=[Length(max=1000, message="Use 1,000 characters or fewer")],
    )
