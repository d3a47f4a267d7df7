from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from portal.fields import Seen, one_line
from portal.incentives.forms import buys_no_praise
from portal.prompts.forms import Whole

LONGEST = 24  # months: nobody is asked to say yes to longer than we confirm words for


class StatementForm(FlaskForm):
    """The words of one permission, and how long a yes lasts."""

    label = StringField(
        "What the customer says yes or no to",
        filters=[one_line],
        validators=[
            DataRequired("Enter what the customer says yes or no to"),
            Length(max=160, message="Use at most 160 characters"),
            buys_no_praise,
        ],
    )
    detail = TextAreaField(
        "What that means",
        filters=[one_line],
        validators=[
            DataRequired("Enter what that means, in a sentence or two"),
            Length(max=400, message="Use at most 400 characters"),
            buys_no_praise,
        ],
    )
    months = Whole(
        "Months a yes lasts",
        validators=[
            InputRequired("Enter for how many months a yes lasts"),
            NumberRange(1, LONGEST, message=f"Enter between 1 and {LONGEST} months"),
        ],
    )
    seen = Seen(default=0)
