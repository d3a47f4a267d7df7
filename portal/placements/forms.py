from datetime import date

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    Regexp,
    ValidationError,
)

from portal import clock
from portal.fields import Day
from portal.placements.models import NAMES, Kind, Outcome, Takedown
from portal.placements.words import OUTCOMES

ADDRESS = Regexp(r"^\s*(https?://\S+)?\s*$", message="Enter a whole address, like https://…")
WHO = "Choose a colleague"
LONG = Length(max=2000, message="Use at most 2,000 characters")


def text(value: str | None) -> str:
    return value or ""


class UseForm(FlaskForm):
    kind = RadioField(
        "What sort of place is it?",
        choices=[SelectChoice(kind.value, NAMES[kind]) for kind in Kind],
        validators=[InputRequired("Choose what sort of place it is")],
    )
    place = StringField(
        "Where exactly?",
        filters=[text],
        description="So that it can be found again, like “Pitch deck autumn, slide 7”.",
        validators=[
            DataRequired("Enter where it is"),
            Length(max=200, message="Use at most 200 characters"),
        ],
    )
    url = StringField(
        "Its address",
        filters=[text],
        validators=[ADDRESS, Length(max=500, message="Use at most 500 characters")],
    )
    note = TextAreaField("Anything else to know", filters=[text], validators=[LONG])
    owner = SelectField("Who would take it down?", coerce=int, validators=[InputRequired(WHO)])
    since = Day("Since when?", validators=[Optional()])
    names_company = BooleanField("It names the customer’s company")

    def for_these(self, colleagues) -> "UseForm":
        self.owner.choices = [SelectChoice(one.id, one.name) for one in colleagues]
        return self

    def validate_since(self, field: Day) -> None:
        if field.data and field.data > clock.now().date():
            raise ValidationError("Enter a day that is not in the future")

    @property
    def day(self) -> date | None:
        return self.since.data


class ProofForm(FlaskForm):
    outcome = RadioField(
        "What was done?",
        choices=[SelectChoice(one.value, OUTCOMES[one]) for one in (Outcome.GONE, Outcome.STOPPED)],
        validators=[InputRequired("Choose what was done")],
    )
    proof = TextAreaField(
        "How do you know?",
        filters=[text],
        description="Like “I took slide 7 out and sent the new deck to all”. "
        "A sentence, an address or a picture: one of the three is enough.",
        validators=[LONG],
    )
    proof_url = StringField(
        "An address that shows it",
        filters=[text],
        validators=[ADDRESS, Length(max=500, message="Use at most 500 characters")],
    )
    file = FileField("A picture or PDF that shows it")
    kept = False  # whether a file is there already

    @classmethod
    def of(cls, takedown: Takedown, *, fresh: bool = False) -> "ProofForm":
        """With what was typed before closing it was undone."""
        said = {"proof": takedown.proof, "proof_url": takedown.proof_url}
        form = cls(formdata=None, data=said) if fresh else cls()
        form.kept = bool(takedown.proof_key)
        return form

    def validate_proof(self, field: TextAreaField) -> None:
        if not (text(field.data).strip() or self.proof_url.data or self.file.data or self.kept):
            raise ValidationError("Say how you know, give an address, or add a picture")


class OwnerForm(FlaskForm):
    owner = SelectField("Whose task is it?", coerce=int, validators=[InputRequired(WHO)])

    def for_these(self, colleagues) -> "OwnerForm":
        self.owner.choices = [SelectChoice(one.id, one.name) for one in colleagues]
        return self
