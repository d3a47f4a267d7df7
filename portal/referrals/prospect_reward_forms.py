"""What staff say of a promise to a prospect: that it was given, and how, or why it is not."""

from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from portal.fields import NeededIf, trimmed
from portal.referrals.prospect_rewards import GROUNDS

GIVE, REFUSE = "give", "refuse"


class Settlement(FlaskForm):
    act = RadioField(
        "What became of it?",
        choices=[SelectChoice(GIVE, "It was given"), SelectChoice(REFUSE, "It is not given")],
        validators=[InputRequired("Choose whether it was given")],
    )
    ground = SelectField(
        "Reason",
        choices=[SelectChoice("", "Choose one")]
        + [SelectChoice(key, said) for key, (said, _) in GROUNDS.items()],
        default="",
        validators=[
            NeededIf(
                "act", {REFUSE: "Choose a reason: the prospect reads it"}, "if it is not given"
            )
        ],
        invalid_choice_message="Choose a reason of the list",
    )
    note = TextAreaField(
        "Note",
        filters=[trimmed],
        validators=[
            Length(max=500, message="Shorten it to 500 characters or fewer"),
            NeededIf(
                "act",
                {GIVE: "Say how it was given, for whoever asks later"},
                "needed if it was given",
            ),
        ],
    )


class PromiseForm(Settlement):
    """For one of them."""

    seen = IntegerField(widget=HiddenInput(), validators=[DataRequired("Reload the page")])


class SeveralPromisesForm(Settlement):
    """The same for several; it may stand on a page with forms of its kind for other things."""

    def __init__(self, *given, **more):
        super().__init__(*given, **more)
        said = {GIVE: "They were given", REFUSE: "They are not given"}
        self.act.choices = [SelectChoice(key, words) for key, words in said.items()]
        for name in ("act", "ground", "note"):
            field = self[name]
            field.id = field.label.field_id = f"several-promises-{name}"
