from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, EmailField, SelectChoice, SelectField, StringField, TelField
from wtforms.validators import DataRequired, Email, InputRequired, Length, Regexp, ValidationError

from portal import zones
from portal.advocates import caring
from portal.advocates.detailing import OF_PERSON
from portal.advocates.models import Advocate, SignalKind
from portal.advocates.overtaking import newest_details
from portal.advocates.signals import WORDS
from portal.fields import A_DAY, Day, Seen, one_line, trimmed

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
    value = StringField("Number", filters=[trimmed], validators=[Regexp(NUMBER, message=A_NUMBER)])
    words = StringField(
        "In words",
        filters=[trimmed],
        validators=[Length(max=1000, message="Use at most 1,000 characters")],
    )
    at = Day("Day", validators=[InputRequired(A_DAY)])


class CareForm(FlaskForm):
    """Words to find a person by, and who looks after their company."""

    tags = StringField("Tags", filters=[trimmed])
    owner = SelectField("Who looks after the company", coerce=int, default=0)
    seen = Seen()

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


def typed(label: str, longest: int, *needed, of=StringField, **more) -> StringField:
    """A line of text."""
    short = Length(max=longest, message=f"Use at most {longest} characters")
    return of(label, filters=[one_line], validators=[*needed, short], **more)


def zones_to_choose() -> list[SelectChoice]:
    """Every time zone by region, under the one of nobody we know more of."""
    known = [(name, region) for region, names in zones.regions().items() for name in names]
    return [
        SelectChoice("UTC", "Not known: as in their country"),
        *(SelectChoice(name, name.replace("_", " "), optgroup=region) for name, region in known),
    ]


class PersonForm(FlaskForm):
    """Who somebody is."""

    first_name = typed("First name", 100, DataRequired("Enter the first name"))
    last_name = typed("Last name", 100)
    email = typed(
        "Mail address",
        254,
        DataRequired("Enter the mail address"),
        Email("Enter a mail address, like ada@example.com"),
        of=EmailField,
    )
    job_title = typed("Job title", 150)
    phone = typed("Phone", 60, of=TelField)
    city = typed("City", 100)
    country = typed("Country", 100, description="In English, as your other customers have it.")
    language = typed("Language", 10, description="A code such as en or de, or its name.")

    time_zone = SelectField(
        "Time zone",
        choices=zones_to_choose,
        default="UTC",
        invalid_choice_message="Choose a time zone of the list",
    )

    def said(self) -> dict[str, str]:
        return {name: self[name].data for name in OF_PERSON}


class NewCustomerForm(PersonForm):
    company = typed("Company", 200, DataRequired("Enter the company"))

    def said(self) -> dict[str, str]:
        return super().said() | {"company": self.company.data}


class DetailsForm(PersonForm):
    same_job = BooleanField("A new job title only corrects how the old one was written")
    seen = Seen()

    @classmethod
    def of(cls, person: Advocate, **more: Any) -> "DetailsForm":
        """Filled with what stands there; what was sent back wins."""
        return cls(obj=person, data={"seen": newest_details(person)}, **more)
