from flask_wtf import FlaskForm
from wtforms import (
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portal.advocates.models import Sector
from portal.fields import Seen, trimmed
from portal.incentives.models import RuleKind
from portal.platforms.forms import Limit

A_LIMIT = "Enter an amount between 0.01 and 100,000"


class GiftRuleForm(FlaskForm):
    sector = SelectField("Or a sector", default="")
    country = StringField(
        "A country", filters=[trimmed], validators=[Length(max=100, message="Shorten the name")]
    )
    says = RadioField(
        "What may be given?",
        choices=[
            SelectChoice("most", "Rewards up to the amount below"),
            SelectChoice("none", "No rewards"),
            SelectChoice("free", "No limit any more"),
        ],
        validators=[InputRequired("Choose what may be given")],
    )
    most = Limit(
        "The most a reward may be worth",
        validators=[Optional(), NumberRange(0.01, 100_000, A_LIMIT)],
    )
    currency = SelectField("Currency", choices=["EUR", "USD", "GBP", "CHF"])
    why = StringField(
        "Why, and who says so",
        filters=[trimmed],
        validators=[
            DataRequired("Say why: colleagues read it where a reward is refused"),
            Length(max=300, message="Use at most 300 characters"),
        ],
    )
    seen = Seen()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        sectors = [SelectChoice(one.value, one.value.capitalize()) for one in Sector]
        self.sector.choices = [SelectChoice("", "None: a country"), *sectors]

    def validate_country(self, field: StringField) -> None:
        if bool(field.data) == bool(self.sector.data):
            raise ValidationError("Name a country, or choose a sector: one of the two")

    def validate_says(self, field: RadioField) -> None:
        if field.data == "most" and self.most.data is None and not self.most.errors:
            raise ValidationError("Enter the amount, or choose that nothing may be given")

    def values(self) -> dict:
        cents = {"none": 0, "free": None, "most": round((self.most.data or 0) * 100)}
        sector = self.sector.data
        return {
            "kind": RuleKind.SECTOR if sector else RuleKind.COUNTRY,
            "name": sector or self.country.data,
            "most_cents": cents[self.says.data],
            "currency": self.currency.data,
            "why": self.why.data,
        }


class ExceptionForm(FlaskForm):
    for_whom = RadioField(
        "For whom?",
        choices=[
            SelectChoice("person", "This person"),
            SelectChoice("company", "Everyone at their company"),
        ],
        validators=[InputRequired("Choose for whom")],
    )
    reason = TextAreaField(
        "Why may they be given a reward?",
        filters=[trimmed],
        validators=[
            DataRequired("Say why: a colleague decides by it"),
            Length(max=500, message="Use at most 500 characters"),
        ],
    )

    def values(self) -> dict:
        return {"whole_company": self.for_whom.data == "company", "reason": self.reason.data}
