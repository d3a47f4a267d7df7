from collections import Counter
from datetime import datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from portal import clock, zones
from portal.config import settings
from portal.errors import Unreadable
from portal.events.models import Event, Format
from portal.fields import A_DAY, Day, Seen, Time, Whole, trimmed
from portal.incentives.forms import buys_no_praise

FORMATS = {
    Format.TALK: "Talk",
    Format.PANEL: "Panel",
    Format.INTERVIEW: "Interview",
    Format.USER_GROUP: "User group",
}
A_TIME = "Enter when it starts, for example 15:00"
MINUTES = "Enter how many minutes it takes, between 5 and 1440"
SEATS = "Enter how many customers speak, between 1 and 50"


def zone_field(label: str, asks: str) -> SelectField:
    """A list of every time zone, by region."""
    return SelectField(
        label, choices=zone_choices, validate_choice=False, validators=[a_zone(asks)]
    )


def a_zone(asks: str):
    def check(_form: FlaskForm, field: SelectField) -> None:
        if field.data not in zones.known():
            raise ValidationError(asks)

    return check


def zone_choices() -> list[SelectChoice]:
    """UTC, then each region’s places; where two share a name, the longer one is shown."""
    found = [SelectChoice("UTC")]
    for region, names in zones.regions().items():
        shared = Counter(zones.town(name) for name in names)
        for name in names:
            town = zones.town(name)
            words = town if shared[town] == 1 else name
            found.append(SelectChoice(name, words, optgroup=region))
    return found


def _text(asks: str, longest: int) -> dict[str, Any]:
    length = Length(max=longest, message=f"Use {longest:,} characters or fewer")
    needed = [DataRequired(asks)] if asks else []
    return {"filters": [trimmed], "validators": [*needed, length, buys_no_praise]}


class EventForm(FlaskForm):
    title = StringField("Title", **_text("Enter a title", 150))
    description = TextAreaField("What it is about", **_text("", 2000))
    format = RadioField(
        "Format",
        choices=[SelectChoice(value.value, words) for value, words in FORMATS.items()],
        validate_choice=False,
    )
    day = Day("Day", validators=[InputRequired(A_DAY)])
    time = Time("Starts at", asks=A_TIME, validators=[InputRequired(A_TIME)])
    time_zone = zone_field("Time zone", "Choose the time zone of day and time")
    minutes = Whole(
        "Minutes",
        asks=MINUTES,
        validators=[InputRequired(MINUTES), NumberRange(5, 1440, MINUTES)],
    )
    seats = Whole(
        "Seats for customers",
        asks=SEATS,
        validators=[InputRequired(SEATS), NumberRange(1, 50, SEATS)],
    )
    place = StringField("Place or link", **_text("", 500))
    seen = Seen(default=0)

    def __init__(self, **given: Any):
        super().__init__(**given)
        self.format.flags.required = self.time_zone.flags.required = True

    def validate_format(self, field: RadioField) -> None:
        if field.data not in set(Format):
            raise ValidationError("Choose the format")

    def validate_time(self, field: Time) -> None:
        if None in (self.day.data, field.data) or self.time_zone.data not in zones.known():
            return
        try:
            starts_at = self.starts_at
        except Unreadable as refusal:
            raise ValidationError(str(refusal)) from None
        if starts_at <= clock.now() and self.is_moved:
            raise ValidationError("Choose a day and time that are still to come")

    was: datetime | None = None

    @property
    def is_moved(self) -> bool:
        return self.starts_at != self.was

    @property
    def starts_at(self) -> datetime:
        """The moment that was meant; raises Unreadable when no clock there shows it once."""
        return zones.moment(datetime.combine(self.day.data, self.time.data), self.time_zone.data)

    def values(self) -> dict[str, Any]:
        names = ("title", "description", "time_zone", "minutes", "seats", "place")
        plain = {name: getattr(self, name).data for name in names}
        return plain | {"starts_at": self.starts_at, "format": Format(self.format.data)}

    @classmethod
    def of(cls, event: Event | None) -> "EventForm":
        """Filled with the event as it is; what was sent back wins. A new one is on the team’s
        clock, and says so."""
        if event is None:
            zone = settings().brand_time_zone
            form = cls(data={"time_zone": zone, "minutes": 60, "seats": 1})
            form.time_zone.description = zones.begins_with(zone)
            return form
        there = zones.local(event.starts_at, event.time_zone)
        plain = {"day": there.date(), "time": there.time(), "seen": event.version}
        form = cls(obj=event, data=plain)
        form.was = event.starts_at
        return form


class OffForm(FlaskForm):
    """A speaker cannot come after all."""

    dates = TextAreaField(
        "Which days would suit you instead?",
        filters=[trimmed],
        validators=[Length(max=1000, message="Days that suit must be 1,000 characters or fewer")],
    )


class NoteForm(FlaskForm):
    """A word to the people concerned, in a mail."""

    note = TextAreaField(
        "What we tell them",
        filters=[trimmed],
        validators=[Length(max=1000, message="Use 1,000 characters or fewer"), buys_no_praise],
    )
