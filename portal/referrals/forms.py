import re

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    RadioField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length

from portal.fields import Seen, one_line, trimmed
from portal.incentives.models import Choice
from portal.referrals import vanity
from portal.referrals.models import Lead, ReferralLink, Stage

# A label is a note, not an address book (T30): something@somewhere, or a long run of digits.
ADDRESS = re.compile(r"\S@\S|(?:\d[\s()./-]*){7,}")


class JoinForm(FlaskForm):
    choice = RadioField(
        "The reward", validators=[DataRequired("Choose what to do with the reward")]
    )
    employer_allows = BooleanField("My employer allows me to take part in this reward")
    share_text = TextAreaField(
        "A few words to go with your link",
        filters=[trimmed],
        validators=[Length(max=1500, message="Shorten your words to 1,500 characters or fewer")],
    )
    show_name = BooleanField()

    @classmethod
    def of(cls, promise: dict | None) -> "JoinForm":
        """The form for what is on offer; without an offer there is nothing to choose."""
        form = cls()
        if promise is None:
            del form.choice, form.employer_allows
            return form
        form.choice.choices = [(Choice.ACCEPTED.value, f"Yes, {promise['reward']} for me")]
        if promise["charity"]:
            form.choice.choices.append((Choice.DONATED.value, f"Give it to {promise['charity']}"))
        form.choice.choices.append((Choice.DECLINED.value, "No reward for me"))
        return form

    def validate_employer_allows(self, field) -> None:
        if self.choice.data in {Choice.ACCEPTED, Choice.DONATED} and not field.data:
            raise ValidationError(
                "Confirm that your employer allows it, or choose “No reward for me”"
            )

    def chosen(self) -> dict:
        """What was said to the offer, as ``actions.join`` takes it."""
        if "choice" not in self:
            return {"choice": None, "employer_allows": False}
        return {
            "choice": Choice(self.choice.data),
            "employer_allows": bool(self.employer_allows.data),
        }


class ShareTextForm(FlaskForm):
    share_text = TextAreaField(
        "Your own words",
        filters=[trimmed],
        validators=[Length(max=1500, message="Shorten your words to 1,500 characters or fewer")],
    )


class LabelForm(FlaskForm):
    label = StringField(
        "Your note",
        filters=[one_line],
        validators=[Length(max=60, message="Shorten your note to 60 characters or fewer")],
    )

    def at(self, link: ReferralLink) -> "LabelForm":
        """The form of one link, on a page that has one for each."""
        self.label.id = f"label-{link.id}"
        return self

    def validate_label(self, field) -> None:
        if ADDRESS.search(field.data):
            raise ValidationError(
                "Leave out addresses and numbers. A first name is enough, and only you see it."
            )


class NewLinkForm(LabelForm):
    label = StringField(
        "Your note, for example “Maya, Acme”",
        filters=[one_line],
        validators=[
            DataRequired("Enter a note, so that you can tell your links apart"),
            Length(max=60, message="Shorten your note to 60 characters or fewer"),
        ],
    )


class WordForm(FlaskForm):
    word = StringField(
        "A word for your link",
        filters=[lambda value: one_line(value).lower()],
        validators=[DataRequired("Enter a word for your link")],
    )

    def validate_word(self, field) -> None:
        if why := vanity.objection(field.data):
            raise ValidationError(why)


class MoveForm(FlaskForm):
    stage = RadioField("Move to", validators=[DataRequired("Choose the stage to move to")])
    note = TextAreaField(
        "Note for the team",
        filters=[trimmed],
        validators=[Length(max=1000, message="Shorten the note to 1,000 characters or fewer")],
    )
    seen = Seen(validators=[InputRequired("Reload the page, then move it again")])

    @classmethod
    def of(cls, lead: Lead, *, fresh: bool = False) -> "MoveForm":
        """For what may follow; ``fresh``: without what was sent, which was another form's."""
        form = cls(formdata=None, seen=lead.version) if fresh else cls(seen=lead.version)
        form.stage.choices = [
            (stage.value, stage.value.capitalize()) for stage in Stage if lead.allows(stage)
        ]
        return form

    @property
    def wanted(self) -> Stage:
        return Stage(self.stage.data)
