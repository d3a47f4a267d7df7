from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp, ValidationError

from portal.advocates import caring
from portal.advocates.models import SignalKind
from portal.advocates.signals import WORDS
from portal.fields import A_DAY, Day, trimmed

NUMBER = r"^(-?\d{1,5}([.,]\d{1,2})?)?$"
A_NUMBER = "Enter a number, or leave it empty"


class ImportForm(FlaskForm):
    file = FileField("File", validators=[FileRequired("Choose a CSV or XLSX file")])


class SignalForm(FlaskForm):
    """One fact about a person, noted by hand."""

    kind = SelectField(
        "What is it?",
        choices=[SelectChoice(kind.value, words) for kind, words in WORDS.items()],
        default=SignalKind.NOTE.value,
        validators=[InputRequired("Choose what it is")],
        invalid_choice_message="Choose what it is",
    )
    value = StringField("Number", validators=[Regexp(NUMBER, message=A_NUMBER)])
    words = StringField(
        "In words", validators=[Length(max=1000, message="Use at most 1,000 characters")]
    )
    at = Day("Day", validators=[InputRequired(A_DAY)])


class CareForm(FlaskForm):
    """Words to find a person by, and who looks after their company."""

    tags = StringField("Tags", filters=[trimmed])
    owner = SelectField("Who looks after the company", coerce=int, default=0)

    def validate_tags(self, field: StringField) -> None:
        if fault := caring.objection(caring.split(field.data)):
            raise ValidationError(fault)


class SignalFileForm(FlaskForm):
    file = FileField("File", validators=[FileRequired("Choose a CSV file")])


class InviteAgainForm(FlaskForm):
    note = StringField(
        "How did they tell you?",
        validators=[
            DataRequired("Enter how they told you"),
            Length(max=300, message="Use at most 300 characters"),
        ],
    )
