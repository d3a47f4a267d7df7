"""What owners may choose, by section. The name of a field is the name of the setting."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, EmailField, StringField, URLField
from wtforms.validators import URL, DataRequired, Email, Length, Optional, Regexp

LONG = Length(max=300, message="Use at most 300 characters")
SHORT = Length(max=80, message="Use at most 80 characters")


def one_line(value: str | None) -> str:
    return " ".join((value or "").split())


class SettingsForm(FlaskForm):
    """A section of the page; its plain fields are settings."""

    def said(self) -> dict[str, str]:
        """Each setting as the environment would say it."""
        return {
            field.name: str(field.data).lower() if field.type == "BooleanField" else field.data
            for field in self
            if field.type not in {"CSRFTokenField", "FileField"}
        }


class BrandForm(SettingsForm):
    """The face customers and visitors see."""

    brand_name = StringField(
        "Name", filters=[one_line], validators=[DataRequired("Enter the name"), SHORT]
    )
    brand_tagline = StringField(
        "One line about you",
        filters=[one_line],
        description="Under the name on public pages.",
        validators=[Optional(), LONG],
    )
    brand_colour = StringField(
        "Colour",
        filters=[one_line, str.lower],
        description="For buttons and links, as #rrggbb. Words on it must be readable.",
        validators=[
            DataRequired("Enter the colour"),
            Regexp(r"^#[0-9a-f]{6}$", message="Enter a colour like #1f6f5c"),
        ],
    )
    logo = FileField(
        "Logo",
        description="Shown in place of the name. JPEG, PNG, WEBP or GIF, at most 5 MB.",
    )
    brand_legal_name = StringField(
        "Legal entity",
        filters=[one_line],
        description="For the footer and for evidence. Left empty, the name.",
        validators=[Optional(), LONG],
    )
    brand_address = StringField(
        "Postal address",
        filters=[one_line],
        description="Invitations must carry it.",
        validators=[Optional(), LONG],
    )
    brand_privacy_url = URLField(
        "Address of your privacy notice",
        filters=[one_line],
        validators=[
            Optional(),
            LONG,
            Regexp(r"^https?://", message="Begin with https://"),
            URL(message="Enter a full address, like https://example.com/privacy"),
        ],
    )
    brand_contact_email = EmailField(
        "Mail address for questions",
        filters=[one_line],
        description="Shown to customers and visitors; answers to our mails go there.",
        validators=[
            DataRequired("Enter a mail address"),
            Email("Enter a mail address, like hello@example.com"),
        ],
    )


class MailForm(SettingsForm):
    """Where mails come from."""

    mail_from = EmailField(
        "Mails come from",
        filters=[one_line],
        description="An address your mail relay may send for.",
        validators=[
            DataRequired("Enter a mail address"),
            Email("Enter a mail address, like customers@example.com"),
        ],
    )


class SignInForm(SettingsForm):
    """What colleagues need to come in."""

    second_factor_required = BooleanField(
        "A second factor is required",
        description="Whoever comes in with a password alone is led to Security first, to add an "
        "app or a passkey. Company sign-in and passkeys are enough as they are.",
    )


SECTIONS: dict[str, tuple[str, type[SettingsForm]]] = {
    "brand": ("How customers see you", BrandForm),
    "mail": ("Mail", MailForm),
    "sign-in": ("How colleagues come in", SignInForm),
}
LABELS = {
    name: field.args[0]
    for _, form in SECTIONS.values()
    for name, field in vars(form).items()
    if hasattr(field, "args") and name != "logo"
} | {"brand_logo": "Logo"}
