"""What owners may choose, by section. The name of a field is the name of the setting."""

from itertools import chain

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    EmailField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import (
    URL,
    DataRequired,
    Email,
    Length,
    Optional,
    Regexp,
    StopValidation,
)

from portal import zones
from portal.fields import Seen, one_line

LONG = Length(max=300, message="Use at most 300 characters")
SHORT = Length(max=80, message="Use at most 80 characters")


class WholeNumber:
    """A whole number within limits: said in one sentence, however it is wrong."""

    def __init__(self, least: int, most: int):
        self.limits = range(least, most + 1)
        self.sentence = f"enter a whole number from {least} to {most}"
        self.field_flags = {"required": True}

    def __call__(self, form, field):
        if field.data not in self.limits:
            field.errors = []
            raise StopValidation(f"{field.label.text.rstrip('?')}: {self.sentence}")


def number(label: str, least: int, most: int, description: str = "") -> IntegerField:
    return IntegerField(label, description=description, validators=[WholeNumber(least, most)])


def words(label: str, built_in: str) -> StringField:
    """Words that mean a sector, beside those that do anyway."""
    return StringField(
        label,
        filters=[one_line],
        description=f"With commas between them, beside {built_in}.",
        validators=[Optional(), LONG],
    )


class SettingsForm(FlaskForm):
    """A section of the page; its plain fields are settings."""

    seen = Seen()  # the newest choice in the section that was on the page

    def said(self) -> dict[str, str]:
        """Each setting as the environment would say it."""
        return {
            field.name: str(field.data).lower() if field.type == "BooleanField" else str(field.data)
            for field in self
            if field.type not in {"CSRFTokenField", "FileField", "Seen"}
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
    brand_privacy_url = StringField(
        "Address of your privacy notice",
        render_kw={"inputmode": "url"},
        filters=[one_line],
        validators=[
            Optional(),
            LONG,
            Regexp(r"^https?://", message="Begin with https://"),
            URL(message="Enter a full address, like https://example.com/privacy"),
        ],
    )
    brand_time_zone = SelectField(
        "The clock you mostly plan on",
        description="Your pages tell times by it, and forms for times begin with it and say so "
        "beside the field.",
        choices=["UTC", *chain(*zones.regions().values())],
        invalid_choice_message="Choose a time zone of the list",
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


class AsksForm(SettingsForm):
    """How often anyone is asked for anything, over all campaigns."""

    ask_every_days = number(
        "Days between two asks of one person",
        1,
        730,
        "Whoever wants to be asked less often says so on their own page, and that counts.",
    )
    asks_per_company = number(
        "People of one company asked in that time", 0, 1000, "At most. 0 is no limit."
    )


class StepsForm(SettingsForm):
    """How long the steps of a recommendation take: its author and the prospect read it."""

    usual_days_received = number("They wrote to us: days until someone is in touch", 0, 365)
    usual_days_contacted = number("We are in touch: days until it is clear if we can help", 0, 365)
    usual_days_qualified = number("A good fit: days until we meet", 0, 365)
    usual_days_meeting = number("We are meeting: days until they decide", 0, 365)


class SectorsForm(SettingsForm):
    """By which words of a customer file a sector under gift rules is known (T13)."""

    sector_words_public = words("Public bodies", "public, government, municipal and the like")
    sector_words_healthcare = words("Healthcare", "hospital, medical, pharma and the like")
    sector_words_finance = words("Banks and insurers", "bank, insurance, investment and the like")
    sector_words_education = words("Schools and universities", "school, academic and the like")


SECTIONS: dict[str, tuple[str, type[SettingsForm]]] = {
    "brand": ("How customers see you", BrandForm),
    "mail": ("Mail", MailForm),
    "asks": ("How often we ask", AsksForm),
    "steps": ("How long the steps of a recommendation take", StepsForm),
    "sectors": ("Sectors without offers", SectorsForm),
    "sign-in": ("How colleagues come in", SignInForm),
}
OF_SECTION = {
    section: {
        "brand_logo" if name == "logo" else name: field.args[0]
        for name, field in vars(form).items()
        if hasattr(field, "args")
    }
    for section, (_, form) in SECTIONS.items()
}  # the labels of its settings, by their names
LABELS = {name: label for labels in OF_SECTION.values() for name, label in labels.items()}
CHANGE = {
    "brand": "Change how customers see you",
    "mail": "Change where mails come from",
    "asks": "Change how often we ask",
    "steps": "Change how long steps take",
    "sectors": "Change what means which sector",
    "sign-in": "Change how colleagues come in",
}
LEDES = {
    "asks": "Over all campaigns together. Whoever is asked too soon is left out when a campaign is "
    "sent, and the reason is given.",
    "steps": "Customers who recommended somebody read it beside the step, and so does whom they "
    "recommended. Where it is 0, nothing is said.",
    "sectors": "A customer file says what a company does. Where one of these words stands there, "
    "offers are off unless two of you agree. It counts for files brought in from then on.",
}
# What 0 means, and an empty field.
ZERO = {"asks_per_company": "No limit"} | {
    name: "Not said" if name.startswith("usual") else "Only the words that are built in"
    for name in LABELS
    if name.startswith(("usual_days_", "sector_words_"))
}
