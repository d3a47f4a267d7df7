"""Fields that every form shares."""

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import InputRequired, Optional

from portal.fields import Day, Time, Whole, trimmed
from portal.web import with_units


class Asked(Form):
    day = Day("Day", asks="Which day?", validators=[InputRequired("Which day?")])
    until = Day("Until", validators=[Optional()])
    time = Time("Time", asks="When?", validators=[Optional()])


def answer(**typed: str) -> Asked:
    form = Asked(MultiDict({"day": "2026-11-30"} | typed))
    form.validate()
    return form


@pytest.mark.parametrize("typed", ["9999-12-31", "0001-01-01", "9000-01-01", "soon", "", " "])
def test_a_day_nobody_counts_to_is_asked_for_again_and_what_was_typed_stays(typed):
    form = answer(day=typed)
    assert form.day.errors == ["Which day?"]
    assert form.day.data is None
    assert form.day._value() == typed


def test_nothing_typed_is_no_mistake_where_nothing_is_needed():
    form = answer(until="", time=" ")
    assert not form.errors
    assert form.until.data is None
    assert not form.until.is_typed
    assert answer(time="25:00").errors == {"time": ["When?"]}


def test_what_is_emptied_is_empty_and_not_what_it_was_filled_with():
    class Limits(Form):
        most = Whole("Most", asks="How many?", validators=[Optional()])

    form = Limits(MultiDict({"most": ""}), data={"most": 5})
    assert form.validate()
    assert form.most.data is None


def test_typed_text_loses_what_no_database_keeps():
    assert trimmed(None) == ""
    assert trimmed(" a\0\r\nb ") == "a\nb"


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_filter_by_the_end_of_the_calendar_is_no_filter(as_rosa, day):
    for path in (f"/staff/history?since={day}&until={day}", f"/staff/rewards?from={day}&to={day}"):
        assert as_rosa.get(path).status_code == 200, path


@pytest.mark.parametrize(
    ("said", "drawn"),
    [
        ("from 81 % to 96 %.", "from 81\u00a0% to 96\u00a0%."),
        ("3 days, 1 week", "3\u00a0days, 1\u00a0week"),
        ("24 daylight hours, 12 %x", "24 daylight hours, 12 %x"),
    ],
)
def test_a_number_is_not_parted_from_what_it_counts(said, drawn):
    assert with_units(said) == drawn
