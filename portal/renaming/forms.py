from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from portal.addresses import name_key
from portal.fields import one_line

LONGEST = 200
TOO_LONG = f"Use at most {LONGEST} characters"


class NameForm(FlaskForm):
    seen = HiddenField()  # the name that stood on the page
    name = StringField(
        "What it is called now",
        filters=[one_line],
        validators=[DataRequired("Enter the name"), Length(max=LONGEST, message=TOO_LONG)],
    )

    def validate_name(self, field: StringField) -> None:
        if len(name_key(field.data)) > LONGEST:
            raise ValidationError(TOO_LONG)
