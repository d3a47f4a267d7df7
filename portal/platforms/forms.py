from decimal import Decimal

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from portal import clock
from portal.fields import A_DAY, Day, Seen, trimmed
from portal.incentives.forms import Amount, buys_no_praise
from portal.platforms.models import Answer, PlatformRule

SAID = [
    SelectChoice(Answer.YES.value, "Yes"),
    SelectChoice(Answer.NO.value, "No"),
    SelectChoice(Answer.UNKNOWN.value, "Not known, which counts as no"),
]
A_LIMIT = "Enter an amount between 0 and 100,000, or leave it empty"
QUESTIONS = ("may_ask", "may_reward", "may_prove", "public_sector")


def _answer(label: str, asks: str) -> RadioField:
    return RadioField(label, choices=SAID, validators=[InputRequired(asks)])


def _text(label: str, asks: str, longest: int, *checks) -> StringField:
    checks = (Length(max=longest, message=f"Use at most {longest} characters"), *checks)
    return StringField(
        label,
        filters=[trimmed],
        validators=[DataRequired(asks), *checks] if asks else checks,
    )


class Limit(Amount):
    """A sum of money, or none."""

    def process_formdata(self, valuelist):
        if valuelist and valuelist[0].strip():
            super().process_formdata(valuelist)
        elif valuelist:
            self.data = None  # emptied: what it was filled with is not meant any more


class RuleForm(FlaskForm):
    name = _text("Name", "Enter the name of the platform", 80)
    may_ask = _answer("May we ask for a review?", "Choose whether we may ask")
    may_reward = _answer("May we give a reward for it?", "Choose whether we may give a reward")
    most = Limit(
        "The most a reward may be worth",
        validators=[Optional(), NumberRange(0, 100_000, A_LIMIT)],
    )
    currency = SelectField("Currency", choices=["USD", "EUR", "GBP", "CHF"], default="USD")
    disclosure = _text("How a reward has to be said there", "", 300, buys_no_praise)
    may_prove = _answer(
        "May we ask to see the review?", "Choose whether we may ask to see the review"
    )
    public_sector = _answer(
        "May we ask people of public bodies?", "Choose whether people of public bodies may be asked"
    )
    note = _text("Why, in a sentence", "", 300, buys_no_praise)
    source = _text(
        "The page that says so",
        "Enter the address of the page that says so",
        500,
        Regexp(r"https?://\S+$", message="Enter an address that begins with https://"),
    )
    checked_on = Day("Read on", validators=[InputRequired(A_DAY)])
    seen = Seen(default=0)

    @classmethod
    def of(cls, rule: PlatformRule | None) -> "RuleForm":
        """Filled with the row as it is, its day too; what was sent back wins."""
        if rule is None:
            return cls(checked_on=clock.now().date())
        most = None if rule.most_cents is None else Decimal(rule.most_cents) / 100
        answers = {name: getattr(rule, name).value for name in QUESTIONS}
        return cls(obj=rule, most=most, seen=rule.version, **answers)

    def validate_checked_on(self, field: Day) -> None:
        if field.data and field.data > clock.now().date():
            raise ValidationError("Enter a day that is not in the future")

    def values(self) -> dict:
        """What was typed, as the actions take it."""
        names = ("name", "currency", "disclosure", "note", "source", "checked_on")
        return (
            {name: self[name].data for name in names}
            | {name: Answer(self[name].data) for name in QUESTIONS}
            | {"most_cents": None if self.most.data is None else round(self.most.data * 100)}
        )
