"""What people write about themselves, and the word that erases them."""

from datetime import date, timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput

from portal import clock
from portal.advocates.models import Advocate, Way
from portal.advocates.wishes import EVERY
from portal.campaigns.models import Action
from portal.fields import one_line, trimmed
from portal.incentives.forms import buys_no_praise

LANGUAGES = {
    "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano",
    "nl": "Nederlands", "pt": "Português", "pl": "Polski", "sv": "Svenska", "da": "Dansk",
}  # fmt: skip
KINDS = {
    Action.REVIEW: "Reviews",
    Action.QUOTE: "Quotes",
    Action.CASE_STUDY: "Case studies",
    Action.WEBINAR: "Webinars and talks",
    Action.REFERRAL: "Recommendations",
}
WAYS = {
    Way.MAIL: "By mail",
    Way.PAGE: "Here on my page, when I look",
    Way.PHONE: "By phone, from my contact",
}
PAUSES = {
    "none": "Whenever there is something",
    "90": "Not for 3 months",
    "180": "Not for 6 months",
    "365": "Not for 12 months",
}


def short(limit: int) -> Length:
    return Length(max=limit, message=f"Use {limit} characters or fewer")


def choices(words: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


class CorrectionForm(FlaskForm):
    first_name = StringField(
        "First name", [DataRequired("Enter your first name"), short(100)], [one_line]
    )
    last_name = StringField(
        "Last name", [DataRequired("Enter your last name"), short(100)], [one_line]
    )
    job_title = StringField("Job title", [short(150)], [one_line])
    phone = StringField("Phone", [short(60)], [one_line])
    language = SelectField("Your language")
    other = TextAreaField("Is anything else wrong?", [short(1000)])

    @classmethod
    def of(cls, person: Advocate) -> "CorrectionForm":
        form = cls(obj=person)
        known = LANGUAGES if person.language in LANGUAGES else {person.language: person.language}
        form.language.choices = choices(known | LANGUAGES)
        form.language.flags.required = True  # it has an answer already
        return form

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.data.items() if name not in NOT_THEIRS}


NOT_THEIRS = {"csrf_token", "other"}


class ErasureForm(FlaskForm):
    """Only the word itself will do; nobody types it by accident."""

    word = StringField(
        "Type the word “erase”", [InputRequired("Type the word “erase” to go on")], [one_line]
    )

    def validate_word(self, field) -> None:
        if field.data.strip("“”\"'").casefold() != "erase":
            raise ValidationError("Type the word “erase” to go on")


class CustomerErasureForm(FlaskForm):
    """For the owner: the customer’s whole name."""

    name = StringField(
        "Type the customer’s name", [InputRequired("Type the customer’s name to go on")], [one_line]
    )

    def __init__(self, person: Advocate):
        super().__init__()
        self.person = person

    def validate_name(self, field) -> None:
        if field.data.casefold() != self.person.name.casefold():
            raise ValidationError(f"Type “{self.person.name}” to go on")


class AnswerForm(FlaskForm):
    """What the team did about a note, as the person reads it in a mail."""

    answer = TextAreaField(
        "Your answer",
        [
            DataRequired("Write what you put right, or why nothing was"),
            short(2000),
            buys_no_praise,
        ],
        [trimmed],
        description="What you put right, or why nothing was. Goes to them by mail.",
    )


class PreferencesForm(FlaskForm):
    pause = RadioField("When may we ask you again?")
    kinds = SelectMultipleField(
        "What may we ask you for?",
        [InputRequired("Choose at least one, or stop all invitations below")],
        choices=choices({action.value: name for action, name in KINDS.items()}),
        option_widget=CheckboxInput(),
    )
    ways = SelectMultipleField(
        "How may we ask you?",
        [InputRequired("Choose at least one way, or stop all invitations below")],
        choices=choices({way.value: words for way, words in WAYS.items()}),
        option_widget=CheckboxInput(),
    )
    phone = StringField("Your phone number", [short(60)], [one_line])
    every = RadioField(
        "How often at most?", choices=choices({str(n): f"Every {n} days" for n in EVERY})
    )
    updates = RadioField(
        "What may we write to you about what you gave?",
        choices=choices(
            {
                "each": "Tell me each time something happens",
                "needed": "Only when something needs me",
            }
        ),
    )

    @classmethod
    def of(cls, person: Advocate) -> "PreferencesForm":
        now = paused(person)
        form = cls(
            data={
                "pause": "keep" if now else "none",
                "kinds": person.asks_for or [action.value for action in KINDS],
                "ways": person.asked_by or [Way.MAIL.value],
                "phone": person.phone,
                "every": str(person.ask_every or EVERY[0]),
                "updates": "each" if person.wants_updates else "needed",
            }
        )
        keep = {"keep": f"Not before {now.day} {now:%B %Y}, as you said"} if now else {}
        form.pause.choices = choices(keep | PAUSES)
        for field in (form.pause, form.kinds, form.ways, form.every, form.updates):
            field.flags.required = True  # each has an answer already
        return form

    def values(self, person: Advocate) -> dict[str, Any]:
        everything = len(self.kinds.data) == len(KINDS)
        days = int(self.every.data)
        kept = {"keep": person.paused_until, "none": None}
        pause = self.pause.data
        return {
            "paused_until": kept[pause] if pause in kept else in_days(pause),
            "asks_for": [] if everything else self.kinds.data,
            "ask_every": None if days == EVERY[0] else days,
            "wants_updates": self.updates.data == "each",
            "asked_by": [] if self.ways.data == [Way.MAIL] else self.ways.data,
            "phone": self.phone.data,
        }

    def validate_phone(self, field) -> None:
        if Way.PHONE in (self.ways.data or ()) and not any(sign.isdigit() for sign in field.data):
            raise ValidationError("Enter the number to call, or choose another way")


def in_days(days: str) -> date:
    return clock.now().date() + timedelta(days=int(days))


def paused(person: Advocate) -> date | None:
    """Until when they are left alone, if that day is still to come."""
    until = person.paused_until
    return until if until and until >= clock.now().date() else None
