"""What we accept: a wording, whom to ask at a company, and what a company answers."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    Optional,
    ValidationError,
)
from wtforms.widgets import CheckboxInput

from portal.consent.models import Clause, Scope
from portal.fields import Day, trimmed
from portal.incentives.forms import buys_no_praise
from portal.publishing import signoff
from portal.submissions.models import LONGEST, PromptKind, Submission

LONG = "Use at most {:,} characters"
EVERYWHERE, SOME = "everywhere", "some"
ASKED = {
    Scope.NAME: "Our company’s name",
    Scope.LOGO: "Our logo",
    Scope.STORY: "This story, as shown above",
}
WANTED = {Scope.NAME: "Its name", Scope.LOGO: "Its logo", Scope.STORY: "The story itself"}
CLAUSES = {
    Clause.SILENT: "Says nothing about it, or I do not know",
    Clause.ALLOWS: "Allows it",
    Clause.FORBIDS: "Forbids it: nobody is asked, and the name is never shown",
}


class Boxes(SelectMultipleField):
    """Any of several, each a box to tick; none is ticked beforehand."""

    option_widget = CheckboxInput()


def most(characters: int) -> Length:
    return Length(max=characters, message=LONG.format(characters))


# ── Wordings ───────────────────────────────────────────────────────────────────────────────


class Wording(FlaskForm):
    """The public texts of a contribution, each to be rewritten; fields are made per answer."""

    @property
    def texts(self) -> dict[str, str]:
        """What was typed, by prompt key."""
        return {key: self[name].data or "" for key, name in self.names.items()}

    names: dict[str, str] = {}


def wording(kind: type, submission: Submission, answers: list[dict[str, Any]], **more):
    """A form of this kind, prefilled with the texts of these answers."""
    prompts = {prompt.key: prompt for prompt in submission.prompt_set.prompts}
    fields, names, data = {}, {}, {}
    for answer in filter(signoff.is_text, answers):
        name = f"text_{answer['key']}"
        short = answer["kind"] == PromptKind.SHORT
        prompt = prompts.get(answer["key"])
        checks = [most(LONGEST[PromptKind(answer["kind"])])]
        if prompt and prompt.required:
            checks.insert(0, DataRequired(f"Leave some words in “{answer['label']}”"))
        fields[name] = (StringField if short else TextAreaField)(
            answer["label"], filters=[trimmed], validators=checks
        )
        names[answer["key"]], data[name] = name, answer["value"]
    made = type("TheseWords", (kind,), fields | {"names": names})
    return made(data=data, **more)


class ProposeForm(Wording):
    seen = IntegerField(validators=[InputRequired("Reload this page")])
    note = TextAreaField(
        "Why",
        filters=[trimmed],
        description="The customer reads it beside the change.",
        validators=[
            DataRequired("Write why: the customer will read it"),
            most(2000),
            buys_no_praise,
        ],
    )
    fair_edit = BooleanField("I have read the change, and it still says the same")


class RewordForm(Wording):
    proposal = HiddenField()
    note = TextAreaField("A note to us", filters=[trimmed], validators=[Optional(), most(2000)])


class ApproveForm(FlaskForm):
    seen = HiddenField(validators=[InputRequired("Reload this page")])


class RefuseForm(FlaskForm):
    proposal = HiddenField()
    note = TextAreaField(
        "A note to us", filters=[trimmed], id="refuse-note", validators=[Optional(), most(2000)]
    )


# ── Asking a company ───────────────────────────────────────────────────────────────────────


def a_line(*checks) -> TextAreaField:
    return TextAreaField(
        "A line to them",
        filters=[trimmed],
        description="They read it in the mail and on the page.",
        validators=[Optional(), most(2000), *checks],
    )


class AskForm(FlaskForm):
    """Whom to ask, and for what."""

    name = StringField(
        "Their name", filters=[trimmed], validators=[DataRequired("Enter their name"), most(150)]
    )
    email = StringField(
        "Their work mail",
        filters=[trimmed],
        validators=[
            DataRequired("Enter their work mail"),
            Email("Enter a mail address, like name@company.com"),
            most(254),
        ],
    )
    title = StringField("Their role", filters=[trimmed], validators=[Optional(), most(150)])
    scopes = Boxes(
        "What to ask for",
        choices=[SelectChoice(scope.value, label) for scope, label in WANTED.items()],
        validators=[InputRequired("Choose what to ask for")],
    )
    why = a_line()


class StaffAskForm(AskForm):
    why = a_line(buys_no_praise)
    about = SelectField("About", coerce=int, default=0)
    clause = RadioField(
        "What their contract with us says about naming them",
        choices=[SelectChoice(clause.value, label) for clause, label in CLAUSES.items()],
        default=Clause.SILENT.value,
    )

    def about_these(self, contributions: Mapping[int, str]) -> "StaffAskForm":
        listed = {0: "The company in general"} | dict(contributions)
        self.about.choices = [SelectChoice(number, label) for number, label in listed.items()]
        return self


# ── A company's answer ─────────────────────────────────────────────────────────────────────


class YesForm(FlaskForm):
    seen = HiddenField()
    scopes = Boxes("You approve", choices=[], validators=[InputRequired("Choose what you approve")])
    channels = Boxes(
        "Where it may be used",
        choices=[
            SelectChoice("web", "On our public pages, and on other sites that show what is there"),
            SelectChoice("sales", "In decks and offers of our sales team"),
        ],
        validators=[InputRequired("Choose where it may be used")],
    )
    reach = RadioField(
        "In which countries",
        choices=[SelectChoice(EVERYWHERE, "Everywhere"), SelectChoice(SOME, "Only in some")],
        validators=[InputRequired("Choose in which countries")],
    )
    territory = StringField("Countries", filters=[trimmed], validators=[most(200)])
    until = Day(
        "Last day", validators=[Optional()], description="Leave it empty: until you take it back."
    )
    name = StringField(
        "Your name", filters=[trimmed], validators=[DataRequired("Enter your name"), most(150)]
    )
    title = StringField(
        "Your role", filters=[trimmed], validators=[DataRequired("Enter your role"), most(150)]
    )
    authorised = BooleanField(
        "", validators=[InputRequired("Confirm that you may decide this for your company")]
    )

    def for_these(self, asked: list[str], sentence: str) -> "YesForm":
        self.scopes.choices = [SelectChoice(scope, ASKED[Scope(scope)]) for scope in asked]
        self.authorised.label.text = sentence
        self.authorised.flags.required = True
        return self

    def validate_territory(self, field):
        if self.reach.data == SOME and not (field.data or "").strip():
            raise ValidationError("Enter the countries")


class ChangeForm(FlaskForm):
    note = TextAreaField(
        "What should change",
        filters=[trimmed],
        id="change-note",
        validators=[DataRequired("Write what should change"), most(2000)],
    )


class ForbidForm(FlaskForm):
    note = TextAreaField(
        "Why", filters=[trimmed], id="forbid-note", validators=[Optional(), most(2000)]
    )
