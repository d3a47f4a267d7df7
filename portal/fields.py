"""What every form needs of a field: typed text trimmed, and our own words when a day is none."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from markupsafe import Markup
from wtforms import DateField, Field, Form, IntegerField, TimeField
from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput, html_params

from portal import comparing
from portal.errors import Refusal, Stale

A_DAY = "Enter the day, for example 30 11 2026"
YEARS = range(1900, 9000)  # around the ends of the calendar, a day more is an error


def trimmed(typed: str | None) -> str:
    """Without the spaces around it, and without NUL, which PostgreSQL cannot store."""
    return (typed or "").replace("\r\n", "\n").replace("\0", "").strip()


def one_line(typed: str | None) -> str:
    """The same on one line, with one space between words."""
    return " ".join(trimmed(typed).split())


def day_of(text: str) -> date | None:
    """The day an address names; None for none, and for those around the ends of the calendar."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


LARGEST = 2**31 - 1  # that a row’s number can be


def row_number(typed: str) -> int:
    """The number in an address or a form, for ``type=``; ValueError for what is none, and for one
    that no column of a database can hold."""
    if abs(number := int(typed)) > LARGEST:
        raise ValueError("larger than any number of ours")
    return number


def number_of(typed: str) -> int | None:
    """The number of a row, where it can be one: no ², and none a database would choke on."""
    return int(typed) if typed.isdecimal() and len(typed) < 10 else None


class NeededIf:
    """A field that only some answers to another one need: which, what is said when it is empty,
    and what stands beside its label in place of “(optional)”."""

    def __init__(self, other: str, asks: Mapping[Any, str], beside: str):
        self.other, self.asks = other, asks
        self.field_flags = {"needed": beside, "needed_for": " ".join(map(str, asks))}

    def __call__(self, form: Form, field: Field) -> None:
        asks = self.asks.get(form[self.other].data)
        if asks and not str(field.data or "").strip():
            raise ValidationError(asks.rstrip("."))


class _Carried(HiddenInput):
    """The version, and beside it a print of each value its form was filled with."""

    def __call__(self, field: "Seen", **attrs: Any) -> Markup:
        was = comparing.prints(field._form) if field.was is None else field.was
        beside = html_params(type="hidden", name=f"{field.name}_was", value=comparing.written(was))
        return super().__call__(field, **attrs) + Markup(f"<input {beside}>")


class Seen(IntegerField):
    """Which version of a thing was on the page, hidden in the form that changes it."""

    widget = _Carried()
    data: Any  # a number, or -1 for what is none; None before anything is read
    was: comparing.Prints | None = None  # None: the form is as it was filled

    def process(self, formdata, *given, **more) -> None:
        super().process(formdata, *given, **more)
        if formdata:
            self.was = comparing.read("".join(formdata.getlist(f"{self.name}_was")[:1]))

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            number = number_of(valuelist[0])
            self.data = -1 if number is None else number

    def catch_up(self, refusal: Refusal, again: Form | None = None) -> None:
        """Who was overtaken has been told so: sent once more, what they typed counts.

        ``again`` is the same form filled with what is stored by now: it stands beside what they
        typed, and where they typed nothing.
        """
        if not isinstance(refusal, Stale) or refusal.newest is None:
            return
        self.data, self.raw_data = refusal.newest, None
        if again is not None:
            refusal.also(comparing.settle(self._form, again, self.was or {}, refusal.who))
            self.was = comparing.prints(again, stored=True)


class _Asking(Field):
    """A field that asks again in our own words; nothing typed is no mistake of its own."""

    data: Any  # as of every field: WTForms brings no types

    def __init__(self, *given, asks: str = A_DAY, **more):
        super().__init__(*given, **more)
        self.asks = asks

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            if any(valuelist):
                super().process_formdata(valuelist)
            elif valuelist:
                self.data = None  # emptied: what it was filled with is not meant any more
        except ValueError:
            raise ValueError(self.asks) from None

    @property
    def is_typed(self) -> bool:
        return bool(self.raw_data and str(self.raw_data[0]).strip())


class Day(_Asking, DateField):
    """A day of years people live in."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data and self.data.year not in YEARS:
            self.data = None
            raise ValueError(self.asks)


class Time(_Asking, TimeField):
    """A time of day; say what it ``asks`` for."""


class Whole(_Asking, IntegerField):
    """A whole number; say what it ``asks`` for, or its label does."""

    def __init__(self, *given, asks: str = "", **more):
        super().__init__(*given, **more)
        self.asks = asks or f"{self.label.text} must be a whole number"
