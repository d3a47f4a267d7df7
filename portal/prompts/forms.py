import re
from collections.abc import Iterator
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from portal import plainwords
from portal.fields import LARGEST, Seen, Whole, trimmed
from portal.incentives.forms import buys_no_praise
from portal.submissions import kinds
from portal.submissions.models import PromptKind

MOST = 20
NEW = PromptKind.SHORT
KINDS = {
    PromptKind.SHORT: "One line",
    PromptKind.LONG: "Several paragraphs",
    PromptKind.RATING: "Stars, 1 to 5",
    PromptKind.CHOICE: "One of several choices",
    PromptKind.NUMBER: "A number with its unit",
    PromptKind.DATES: "Dates",
    PromptKind.RESULTS: "Measured results",
    PromptKind.PEOPLE: "People, by their role",
    PromptKind.LINKS: "Links to web pages",
    PromptKind.EVENT: "One of the events",
    PromptKind.FILES: "Files",
}


def text(label: str, asks: str = "", longest: int = 300, *checks, **more) -> dict[str, Any]:
    length = Length(max=longest, message=f"Use {longest:,} characters or fewer")
    needed = [DataRequired(asks)] if asks else []
    return {
        "label": label,
        "filters": [trimmed],
        "validators": [*needed, length, buys_no_praise, *checks],
        **more,
    }


def whole(label: str, *checks) -> Whole:
    """A whole number no column chokes on, or nothing."""
    asks = f"{label} must be a whole number"
    limits = NumberRange(-LARGEST, LARGEST, asks)
    return Whole(label, asks=asks, validators=[*(checks or [Optional()]), limits])


def plain_error(_form: Form, field: Field) -> None:
    if field.data and (fault := plainwords.objection(field.data)):
        raise ValidationError(fault)


class PromptForm(Form):
    """One question. ``key`` is its name among answers, and stays what it is."""

    key = HiddenField()
    kind = SelectField(
        "What they answer with",
        choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()],
        validate_choice=False,
    )
    question = StringField(**text("Question", "Enter the question", 200))
    label = StringField(**text("Short name", "Enter a short name for the question", 60))
    section = StringField(**text("Section", "", 60))
    hint = StringField(**text("Hint"))
    example = TextAreaField(**text("A good example", "", 1000))
    error = StringField(**text("What we say when it is empty", "", 120, plain_error))
    required = BooleanField("It has to be answered")
    public = BooleanField("The answer may be shown in public, if they agree")
    choices = TextAreaField(**text("Choices", "", 2000))
    words_min = whole("Fewest words")
    words_max = whole("Most words")
    unit = StringField(**text("Unit", "", 40))
    lowest = whole("Lowest number")
    highest = whole("Highest number")
    most = whole("Most rows")

    def __str__(self) -> str:
        return self.question.data or ""

    def process(self, *given, **more) -> None:
        super().process(*given, **more)
        self.error.flags.required = bool(self.required.data)

    def validate_kind(self, field: SelectField) -> None:
        if field.data not in set(KINDS):
            raise ValidationError("Choose what they answer with")

    def validate_error(self, field: StringField) -> None:
        if self.required.data and not field.data:
            raise ValidationError("Enter what we say when the answer is empty")

    def validate_choices(self, field: TextAreaField) -> None:
        if self.kind.data == PromptKind.CHOICE and len(lines(field.data)) < 2:
            raise ValidationError("Enter at least two choices, each on a line of its own")

    def validate_words_max(self, field: Whole) -> None:
        in_order(self.words_min, field)

    def validate_highest(self, field: Whole) -> None:
        in_order(self.lowest, field)

    def validate_most(self, field: Whole) -> None:
        limit = kinds.MOST.get(self.kind.data)
        if limit and field.data is not None and not 1 <= field.data <= limit:
            raise ValidationError(f"Most rows must be between 1 and {limit}")


def in_order(low: Whole, high: Whole) -> None:
    if low.data is not None and high.data is not None and low.data > high.data:
        raise ValidationError(f"{high.label.text} must not be below {low.label.text.lower()}")


def lines(typed: str | None) -> list[str]:
    return [line.strip() for line in (typed or "").splitlines() if line.strip()]


class SetForm(FlaskForm):
    title = StringField(**text("Title", "Enter a title", 60))
    summary = StringField(**text("Summary", "Enter a sentence for the card", 200))
    minutes = whole(
        "Minutes",
        InputRequired("Enter how many minutes it takes"),
        NumberRange(1, 120, "Minutes must be between 1 and 120"),
    )
    next_step = TextAreaField(**text("What happens next", "Enter what happens after sending", 500))
    shown_where = TextAreaField(**text("Where it is shown", "Enter where it may be shown", 500))
    prompts = FieldList(FormField(PromptForm), max_entries=MOST)
    seen = Seen(validators=[InputRequired("Reload the page, then try again")])

    @classmethod
    def of(cls, item: dict[str, Any], seen: int) -> "SetForm":
        """Filled with a set; what was sent back plays no part."""
        prompts = [prompt | {"choices": "\n".join(prompt["choices"])} for prompt in item["prompts"]]
        return cls(formdata=None, data=item | {"prompts": prompts, "seen": seen})

    def item(self) -> dict[str, Any]:
        """What was typed, as a set; a new question gets a name of its own."""
        names = ("title", "summary", "minutes", "next_step", "shown_where")
        prompts = [
            one.form.data | {"choices": lines(one.form.choices.data)} for one in self.prompts
        ]
        taken = {prompt["key"] for prompt in prompts}
        for prompt in prompts:
            if not prompt["key"]:
                prompt["key"] = new_key(prompt["label"], taken)
                taken.add(prompt["key"])
        return {name: getattr(self, name).data for name in names} | {"prompts": prompts}

    def problems(self) -> Iterator[tuple[str, str]]:
        """(what is wrong, which control): in the order of the page."""
        for field in self:
            if field.name != "prompts":
                yield from ((error, f"#{field.id}") for error in field.errors[:1])
        for place, one in enumerate(self.prompts, 1):
            for field in one.form:
                for error in field.errors[:1]:
                    yield f"Question {place}: {error}", f"#{field.id}"


def new_key(label: str, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")[:30] or "question"
    number = 1
    while (key := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return key
