"""The form of one prompt, by its kind: what was typed, and the answer that is kept of it."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from portal import zones
from portal.events.forms import zone_field
from portal.events.models import Event
from portal.fields import trimmed
from portal.submissions import kinds
from portal.submissions.models import IN_ROWS, Prompt, PromptKind

OTHER_DAYS = "none"  # of the events


class QuestionForm(FlaskForm):
    """One prompt. ``value`` is made per kind; ``seen`` is the version of the answer shown."""

    seen = IntegerField(default=0)

    def __init__(self, prompt: Prompt, value: Any, seen: int, **more):
        self.prompt = prompt
        super().__init__(data=self.drawn(value) | {"seen": seen}, **more)
        self.value.label.text = prompt.question
        if prompt.required:
            self.value.flags.required = True

    def drawn(self, value: Any) -> dict[str, Any]:
        """The answer so far as the fields hold it."""
        return {"value": value}

    @property
    def answer(self) -> Any:
        """What was typed, as it is kept."""
        return self.value.data

    def validate_value(self, field) -> None:
        if complaint := self.prompt.complaint(self.answer):
            raise ValidationError(complaint)

    @property
    def hopeless(self) -> bool:
        """Whether what was sent cannot even be kept as a draft, such as a text too long."""
        in_parts = self.prompt.kind in IN_ROWS or self.prompt.kind is PromptKind.EVENT
        return bool(self.answer) and not in_parts and bool(self.prompt.complaint(self.answer))


class ShortForm(QuestionForm):
    value = StringField(filters=[trimmed])


class LongForm(QuestionForm):
    value = TextAreaField(filters=[trimmed])


class RatingForm(QuestionForm):
    value = RadioField(
        choices=[SelectChoice(n, str(n)) for n in range(1, 6)],
        coerce=lambda given: int(given) if str(given).isdigit() else None,
        validate_choice=False,
    )


class ChoiceForm(QuestionForm):
    value = RadioField(validate_choice=False)

    def __init__(self, prompt: Prompt, value: Any, seen: int, **more):
        super().__init__(prompt, value, seen, **more)
        self.value.choices = [SelectChoice(choice) for choice in prompt.choices]


class NumberForm(QuestionForm):
    value = StringField(filters=[lambda typed: trimmed(typed)[:40]])

    def drawn(self, value: Any) -> dict[str, Any]:
        return {"value": value["number"] if value else ""}

    @property
    def answer(self) -> dict[str, str] | str:
        return kinds.number(self.value.data, self.prompt.unit) if self.value.data else ""


class RowsField(Field):
    """Rows of parts; ``faults`` is what each incomplete one lacks, by control."""

    prompt: Prompt
    process_errors: list[str]
    faults: dict[str, str]

    def process(self, formdata, data=None, extra_filters=None) -> None:
        self.process_errors, self.faults = [], {}
        self.data = kinds.read_rows(self.prompt, formdata) if formdata else data or []

    @property
    def drawn(self) -> list[dict[str, str]]:
        return [kinds.unfold(self.prompt.kind, row) for row in self.data]


class RowsForm(QuestionForm):
    value = RowsField()

    def process(self, *given, **more) -> None:
        self.value.prompt = self.prompt
        super().process(*given, **more)

    def validate_value(self, field) -> None:
        field.faults = kinds.faults(self.prompt, field.data)
        super().validate_value(field)


class EventForm(QuestionForm):
    """One of the events, or days that suit; and the clock they are shown on."""

    value = RadioField(validate_choice=False)
    dates = TextAreaField(
        "Which days suit you?",
        filters=[trimmed],
        validators=[Length(max=1000, message="Days that suit must be 1,000 characters or fewer")],
    )
    time_zone = zone_field("Your time zone", "Choose your time zone")

    def __init__(
        self,
        prompt: Prompt,
        value: Any,
        seen: int,
        *,
        events: Sequence[Event] = (),
        zone="UTC",
        **more,
    ):
        self.events, self.was = events, value
        super().__init__(prompt, value, seen, **more)
        self.time_zone.data = self.time_zone.data or zone
        self.dates.flags.required = self.time_zone.flags.required = True
        self.value.choices = [SelectChoice(str(event.id), event.title) for event in events]
        self.value.choices.append(
            SelectChoice(OTHER_DAYS, "None of these: I am available on other days")
        )

    def drawn(self, value: Any) -> dict[str, Any]:
        if not value:
            return {}
        chosen = OTHER_DAYS if value["event"] is None else str(value["event"])
        return {"value": chosen, "dates": value["dates"]}

    @property
    def answer(self) -> dict[str, Any] | str:
        event = next((one for one in self.events if str(one.id) == self.value.data), None)
        if event is None and self.value.data != OTHER_DAYS:
            return ""
        return kinds.event_answer(event, self.zone or "UTC", self.dates.data)

    @property
    def zone(self) -> str:
        """The time zone they chose; empty when it is none."""
        return self.time_zone.data if self.time_zone.data in zones.known() else ""

    @property
    def gone(self) -> str:
        """The event they chose, if nobody can choose it any more."""
        left = {event.id for event in self.events}
        return self.was["title"] if self.was and self.was["event"] not in {None, *left} else ""

    def validate_value(self, field) -> None:
        if not self.answer and self.prompt.required:
            raise ValidationError(self.prompt.error)

    def validate_dates(self, field) -> None:
        if self.value.data == OTHER_DAYS and not field.data:
            raise ValidationError("Enter a few days that suit you")


FORMS: dict[PromptKind, type[QuestionForm]] = {
    PromptKind.SHORT: ShortForm,
    PromptKind.LONG: LongForm,
    PromptKind.RATING: RatingForm,
    PromptKind.CHOICE: ChoiceForm,
    PromptKind.NUMBER: NumberForm,
    PromptKind.EVENT: EventForm,
} | dict.fromkeys(IN_ROWS, RowsForm)


def question_form(prompt: Prompt, value: Any, seen: int, **more) -> QuestionForm:
    """The form for one prompt, holding the answer so far (or what was just sent)."""
    return FORMS[prompt.kind](prompt, value, seen, **more)
