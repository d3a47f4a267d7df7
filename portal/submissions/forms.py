"""What we accept beside the questions: the offer, who speaks, and the last word."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from portal.fields import trimmed
from portal.incentives.models import Choice
from portal.submissions import crediting
from portal.submissions.models import Credit, Relationship

RELATIONS = {
    Relationship.NONE: "None, I am a customer",
    Relationship.EMPLOYEE: "I work there, or used to",
    Relationship.RELATIVE: "Someone close to me works there",
    Relationship.PARTNER: "My company is a partner of theirs",
    Relationship.RESELLER: "My company sells their product",
    Relationship.INVESTOR: "I have money in the company",
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


NO_TITLE = "Enter your job title, or choose a credit without it"
TITLE_FITS = Length(max=150, message="Job title must be 150 characters or fewer")
CREDITS = [SelectChoice(value.value, text) for value, text in crediting.CHOICES.items()]


class YouForm(FlaskForm):
    job_title = StringField("Your job title", filters=[trimmed], validators=[TITLE_FITS])
    relation = RadioField(
        choices=[SelectChoice(value.value, text) for value, text in RELATIONS.items()],
        validators=[InputRequired("Choose what ties you to the company")],
        validate_choice=False,
    )
    credit = RadioField(
        "How do you want to be credited?",
        choices=CREDITS,
        filters=[lambda given: given or Credit.FULL.value],
        validate_choice=False,
    )

    settled: Credit | None = None  # the credit of words sent before, changed elsewhere

    def validate_job_title(self, field) -> None:
        credit = self.credit.data if "credit" in self else self.settled
        if credit in crediting.WITH_TITLE and not field.data:
            raise ValidationError(NO_TITLE)

    def validate_credit(self, field) -> None:
        if field.data not in set(Credit):
            raise ValidationError("Choose how you want to be credited")

    def validate_relation(self, field) -> None:
        if field.data not in set(Relationship):
            raise ValidationError("Choose what ties you to the company")


class CreditForm(FlaskForm):
    """Another credit for words that were sent: it leads to the page that says what it means."""

    how = RadioField("How do you want to be credited?", choices=CREDITS)


class TitleForm(FlaskForm):
    """The job title, where a credit would show one that nobody has told us."""

    job_title = StringField(
        "Your job title", filters=[trimmed], validators=[DataRequired(NO_TITLE), TITLE_FITS]
    )


class SendForm(FlaskForm):
    """The last page: what was read, and whose words they are (T2)."""

    seen = HiddenField()
    own_words = BooleanField(
        "These are my own words, about something I have really used",
        validators=[DataRequired("Confirm that these are your own words")],
    )
