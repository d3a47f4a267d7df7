from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, ValidationError

from portal import clock, zones
from portal.errors import Unreadable
from portal.events.forms import A_TIME, zone_field
from portal.fields import A_DAY, Day, Seen, Time, trimmed
from portal.incentives.forms import buys_no_praise
from portal.interviews.models import SLOTS, Interview, Medium

AHEAD = timedelta(days=90)
MEDIUMS = {Medium.VIDEO: "By video", Medium.PHONE: "By phone"}


def short(limit: int) -> Length:
    return Length(max=limit, message=f"Use {limit:,} characters or fewer")


class SlotsForm(FlaskForm):
    """Up to three times, on a clock of one’s own."""

    day_1, day_2, day_3 = (Day("Day", asks=A_DAY) for _ in range(SLOTS))
    time_1, time_2, time_3 = (Time("Time", asks=A_TIME) for _ in range(SLOTS))
    time_zone = zone_field("Your time zone", "Choose the time zone of these times")

    def pairs(self) -> Iterator[tuple[int, Day, Time]]:
        for n in range(1, SLOTS + 1):
            yield n, self[f"day_{n}"], self[f"time_{n}"]

    def slots(self) -> list[datetime]:
        """The moments that were meant."""
        return [
            zones.moment(datetime.combine(day.data, time.data), self.time_zone.data)
            for _, day, time in self.pairs()
            if day.data and time.data
        ]

    def check_slots(self) -> bool:
        """Whether what was typed is at least one time, and each whole and still to come."""
        if self.time_zone.errors:
            return False
        typed = [pair for pair in self.pairs() if pair[1].is_typed or pair[2].is_typed]
        if not typed:
            self.day_1.errors = ["Enter at least one day and time"]
        for _, day, time in typed:
            self._check(day, time)
        return not any(field.errors for _, *pair in self.pairs() for field in pair)

    def _check(self, day: Day, time: Time) -> None:
        if day.errors or time.errors:
            return
        if day.data is None:
            day.errors = [A_DAY]
        elif time.data is None:
            time.errors = [A_TIME]
        else:
            try:
                moment = zones.moment(datetime.combine(day.data, time.data), self.time_zone.data)
            except Unreadable as refusal:
                time.errors = [str(refusal)]
                return
            if moment <= clock.now():
                day.errors = ["Choose a day and time that are still to come"]
            elif moment > clock.now() + AHEAD:
                day.errors = [f"Choose a day within the next {AHEAD.days} days"]


class AskForm(SlotsForm):
    """Whoever would rather talk."""

    medium = RadioField(
        "How would you like to talk?",
        choices=[SelectChoice(value.value, words) for value, words in MEDIUMS.items()],
        validate_choice=False,
    )
    phone = StringField("Your phone number", [short(60)], [trimmed])
    topics = TextAreaField("What would you like to talk about?", [short(2000)], [trimmed])

    @classmethod
    def of(cls, found: Interview | None, phone: str, zone: str) -> "AskForm":
        """Filled with what was said before; what was sent back wins."""
        data: dict[str, Any] = {"phone": phone, "time_zone": zone}
        if found:
            data |= {
                "phone": found.phone,
                "time_zone": found.time_zone,
                "topics": found.topics,
                "medium": found.medium.value,
            }
        form = cls(data=data)
        form.medium.flags.required = form.time_zone.flags.required = True
        return form

    def validate_medium(self, field) -> None:
        if field.data not in set(Medium):
            raise ValidationError("Choose how you would like to talk")

    def validate_phone(self, field) -> None:
        called = self.medium.data == Medium.PHONE
        if called and not any(sign.isdigit() for sign in field.data or ""):
            raise ValidationError("Enter the number we call")

    def validate(self, **more) -> bool:
        plain = super().validate(**more)
        return self.check_slots() and plain

    def values(self) -> dict[str, Any]:
        return {
            "slots": self.slots(),
            "time_zone": self.time_zone.data,
            "medium": Medium(self.medium.data),
            "phone": self.phone.data,
            "topics": self.topics.data,
        }


class AnswerForm(SlotsForm):
    """Staff: one of their times, or others."""

    slot = RadioField("Their times", validate_choice=False)
    time_zone = zone_field("Time zone of these times", "Choose the time zone of these times")
    place = StringField("Link to the video call", [short(500)], [trimmed])
    note = TextAreaField("A word with it", [short(1000), buys_no_praise], [trimmed])
    seen = Seen()

    @classmethod
    def of(cls, found: Interview) -> "AnswerForm":
        form = cls(data={"time_zone": found.time_zone, "place": found.place, "seen": found.version})
        form.slot.choices = [
            SelectChoice(moment.isoformat(), zones.spoken(moment, found.time_zone))
            for moment in found.moments
        ]
        form.slot.flags.required = form.time_zone.flags.required = True
        form.by_video = found.medium is Medium.VIDEO
        form.place.flags.required = form.by_video
        return form

    by_video = False

    def validate_place(self, field) -> None:
        if self.by_video and not field.data:
            raise ValidationError("Enter the link to the video call")

    def confirms(self) -> bool:
        """Whether one of their times can be confirmed with what was typed."""
        plain = self.validate()
        if self.slot.data not in [choice.value for choice in self.slot.choices]:
            self.slot.errors = ["Choose one of their times"]
        return plain and not self.slot.errors

    def proposes(self) -> bool:
        plain = self.validate()
        return self.check_slots() and plain


class HeldForm(FlaskForm):
    reminder = TextAreaField("What you talked about", [short(10_000), buys_no_praise], [trimmed])
    seen = Seen()


class OffForm(FlaskForm):
    note = TextAreaField(
        "What we tell them", [short(1000), buys_no_praise], [trimmed], id="goodbye"
    )
