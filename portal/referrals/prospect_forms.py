"""What prospects type: their own details, as much as the campaign asks for."""

import re
from collections.abc import Mapping

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, Optional

from portal.addresses import canonical_email
from portal.campaigns.models import Asked
from portal.fields import one_line, trimmed
from portal.referrals.models import Lead

# What a campaign may ask for beside name and work mail, and how it insists.
ASKS = {
    "company": "Enter the company you work for",
    "phone": "Enter a phone number we can reach you at",
    "message": "Enter what you would like to know",
}
PHONE = re.compile(r"(?=.{5,40}$)\+?(?:[\s()./-]*\d){5,}[\s()./-]*")


class Details(FlaskForm):
    """What a prospect says about themselves, and may correct later."""

    name = StringField(
        "Your name",
        filters=[one_line],
        validators=[
            DataRequired("Enter your name"),
            Length(max=120, message="Shorten your name to 120 characters or fewer"),
        ],
    )
    company = StringField(
        "Company",
        filters=[one_line],
        validators=[
            Optional(),
            Length(max=200, message="Shorten the company’s name to 200 characters or fewer"),
        ],
    )
    phone = TelField("Phone", filters=[one_line], validators=[Optional()])
    message = TextAreaField(
        "What would you like to know?",
        filters=[trimmed],
        validators=[
            Optional(),
            Length(max=2000, message="Shorten your message to 2,000 characters or fewer"),
        ],
    )
    wants_marketing = BooleanField()
    tells_referrer = BooleanField()

    def validate_phone(self, field) -> None:
        if field.data and not PHONE.fullmatch(field.data):
            raise ValidationError("Enter digits, for example +44 20 7946 0958, or leave it empty")

    def ask(self, asks: Mapping[str, str]) -> "Details":
        """Leave out what is hidden, and insist on what is required."""
        for name, asked in asks.items():
            if asked == Asked.HIDDEN:
                del self[name]
            elif asked == Asked.REQUIRED:
                field = self[name]
                field.validators = [DataRequired(ASKS[name]), *field.validators[1:]]
                field.flags.required, field.flags.optional = True, None
        return self

    def details(self, were: Lead | None = None) -> dict:
        """What was typed, as ``actions`` take it; what was not asked for stays as it was."""
        names = ["name", *ASKS, "wants_marketing", "tells_referrer"]
        names += ["email"] if "email" in self else []
        return {
            name: self[name].data if name in self else getattr(were, name, "") for name in names
        }


def check_address(address: str) -> None:
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
        if len(canonical_email(address)) > 254:
            raise ValueError
    except (EmailNotValidError, ValueError):
        raise ValidationError(
            "Enter an email address in the correct format, like name@example.com"
        ) from None


class LeadForm(Details):
    class Meta:
        csrf = False  # nobody is signed in here, and the page works without cookies (T34)

    email = EmailField(
        "Work email",
        filters=[trimmed],
        validators=[DataRequired("Enter your work email address")],
    )
    website = StringField("Leave this empty")  # people do not see it; programs fill it in
    stamp = HiddenField()
    source = HiddenField()

    def validate_email(self, field) -> None:
        check_address(field.data)


class ContactForm(FlaskForm):
    """For whoever comes by a link that opens nothing; what they write becomes no lead."""

    class Meta:
        csrf = False  # as above

    name = StringField(
        "Your name",
        filters=[one_line],
        validators=[
            DataRequired("Enter your name"),
            Length(max=120, message="Shorten your name to 120 characters or fewer"),
        ],
    )
    email = EmailField(
        "Email", filters=[trimmed], validators=[DataRequired("Enter your email address")]
    )
    message = TextAreaField(
        "What would you like to know?",
        filters=[trimmed],
        validators=[
            DataRequired("Enter what you would like to know"),
            Length(max=2000, message="Shorten your message to 2,000 characters or fewer"),
        ],
    )
    website = StringField("Leave this empty")
    stamp = HiddenField()

    def validate_email(self, field) -> None:
        check_address(field.data)

    def written(self) -> dict:
        """What ``actions.write_to_us`` takes."""
        return {name: self[name].data for name in ("name", "email", "message")}
