"""What we accept: one question at a time, the offer, who speaks, and the last word."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from portal.incentives.models import Choice
from portal.submissions.models import Prompt, PromptKind, Relationship

PARTS = {  # of one measured result: label, hint, what to say when it is empty
    "metric": ("What you measured", "For example, calls to the office per day", True),
    "before": ("Before", "", True),
    "after": ("After", "", True),
    "period": ("Over which period", "For example, March to September 2025", False),
    "how": ("How it was measured", "For example, counted by our phone system", False),
}
MISSING = {
    "metric": "Enter what you measured",
    "before": "Enter the value before",
    "after": "Enter the value after",
}
MOST_ROWS = 12
RELATIONS = {
    Relationship.NONE: "None, I am a customer",
    Relationship.EMPLOYEE: "I work there, or used to",
    Relationship.RELATIVE: "Someone close to me works there",
    Relationship.PARTNER: "My company is a partner of theirs",
    Relationship.RESELLER: "My company sells their product",
    Relationship.INVESTOR: "I have money in the company",
}


def tidy(text: str | None) -> str:
    """The text without outer spaces, its line ends as everywhere else; nothing else changes."""
    return (text or "").replace("\r\n", "\n").replace("\0", "").strip()


class QuestionForm(FlaskForm):
    """One prompt. ``value`` is made per kind; ``seen`` is the version of the answer shown."""

    seen = IntegerField(default=0)
    prompt: Prompt

    def validate_value(self, field) -> None:
        if complaint := self.prompt.complaint(field.data):
            raise ValidationError(complaint)

    @property
    def hopeless(self) -> bool:
        """Whether what was sent cannot even be kept as a draft, such as a text too long."""
        given, rows = self.value.data, self.prompt.kind is PromptKind.RESULTS
        return bool(given) and not rows and bool(self.prompt.complaint(given))


class ShortForm(QuestionForm):
    value = StringField(filters=[tidy])


class LongForm(QuestionForm):
    value = TextAreaField(filters=[tidy])


class RatingForm(QuestionForm):
    value = RadioField(
        choices=[SelectChoice(n, str(n)) for n in range(1, 6)],
        coerce=lambda given: int(given) if str(given).isdigit() else None,
        validate_choice=False,
    )


class ChoiceForm(QuestionForm):
    value = RadioField(validate_choice=False)


class RowsField(Field):
    """The rows of measured results; ``faults`` is what each incomplete one lacks."""

    def process(self, formdata, data=None, extra_filters=None) -> None:
        self.process_errors, self.faults = [], {}
        self.data = read_rows(formdata) if formdata else data or []


class ResultsForm(QuestionForm):
    value = RowsField()

    def validate_value(self, field) -> None:
        field.faults = faults(field.data)
        super().validate_value(field)


FORMS = {
    PromptKind.SHORT: ShortForm,
    PromptKind.LONG: LongForm,
    PromptKind.RATING: RatingForm,
    PromptKind.CHOICE: ChoiceForm,
    PromptKind.RESULTS: ResultsForm,
}


def question_form(prompt: Prompt, value: Any, seen: int) -> QuestionForm:
    """The form for one prompt, holding the answer so far (or what was just sent)."""
    form = FORMS[prompt.kind](data={"value": value, "seen": seen})
    form.prompt = prompt
    form.value.label.text = prompt.question
    if prompt.required:
        form.value.flags.required = True
    if prompt.kind is PromptKind.CHOICE:
        form.value.choices = [SelectChoice(choice) for choice in prompt.choices]
    return form


def read_rows(form: Mapping[str, str]) -> list[dict[str, str]]:
    """The measured results that were typed; rows left empty fall away."""
    rows = [
        {part: tidy(form.get(f"row-{number}-{part}"))[:300] for part in PARTS}
        for number in range(1, MOST_ROWS + 1)
        if form.get("remove") != str(number)
    ]
    return [row for row in rows if any(row.values())]


def faults(rows: list[dict[str, str]]) -> dict[str, str]:
    """What each incomplete row lacks: control id → what to say."""
    return {
        f"row-{number}-{part}": f"{text} in result {number}"
        for number, row in enumerate(rows, 1)
        for part, text in MISSING.items()
        if not row[part]
    }


class OfferForm(FlaskForm):
    choice = RadioField("What would you like to do?", validate_choice=False)
    employer_allows = BooleanField("My employer allows me to take part in this")

    def validate_choice(self, field) -> None:
        if field.data not in [choice.value for choice in field.choices]:
            raise ValidationError("Choose what you would like to do with the offer")

    def validate_employer_allows(self, field) -> None:
        if self.choice.data in {Choice.ACCEPTED, Choice.DONATED} and not field.data:
            raise ValidationError("Confirm that your employer allows this, or decline the offer")


def offer_form(promise: Mapping[str, Any], chosen: Choice | None, allows: bool) -> OfferForm:
    form = OfferForm(data={"choice": chosen and chosen.value, "employer_allows": allows})
    texts = {Choice.ACCEPTED: f"Accept {promise['reward']}", Choice.DECLINED: "Decline it"}
    if promise["charity"]:
        texts[Choice.DONATED] = f"Give it to {promise['charity']}"
    form.choice.choices = [
        SelectChoice(choice.value, texts[choice])
        for choice in (Choice.ACCEPTED, Choice.DONATED, Choice.DECLINED)
        if choice in texts
    ]
    form.choice.flags.required = True
    return form


class YouForm(FlaskForm):
    job_title = StringField(
        "Your job title",
        filters=[tidy],
        validators=[
            DataRequired("Enter your job title"),
            Length(max=150, message="Job title must be 150 characters or fewer"),
        ],
    )
    relation = RadioField(
        choices=[SelectChoice(value.value, text) for value, text in RELATIONS.items()],
        validators=[InputRequired("Choose what ties you to the company")],
        validate_choice=False,
    )

    def validate_relation(self, field) -> None:
        if field.data not in set(Relationship):
            raise ValidationError("Choose what ties you to the company")


class SendForm(FlaskForm):
    """The last page: what was read, and whose words they are (T2)."""

    seen = HiddenField()
    own_words = BooleanField(
        "These are my own words, about something I have really used",
        validators=[DataRequired("Confirm that these are your own words")],
    )
