from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length

LONG = "Use at most {} characters"


def text(value: str | None) -> str:
    """A field that was not sent is an empty one."""
    return value or ""


class PublishForm(FlaskForm):
    """What marketing adds to a customer's words: a headline of ours, and which piece to show."""

    headline = StringField(
        "Headline",
        filters=[text],
        description="Ours, not the customer’s. It also makes the address, so leave out their name.",
        validators=[Length(max=150, message=LONG.format(150))],
    )
    excerpt = TextAreaField(
        "Piece to show on the card",
        filters=[text],
        description="Copy it exactly. Leave it empty to show the words whole. "
        "What is left out is marked with “…”, and the whole stays one link away.",
    )
    fair_cut = BooleanField("I have read what is left out, and the cut says the same as the whole")
    substantiation = TextAreaField(
        "What the figures rest on",
        filters=[text],
        description="Who checked them, when and how. Kept in the history, not shown.",
        validators=[Length(max=2000, message=LONG.format(2000))],
    )

    def suit(self, desk) -> "PublishForm":
        """Ask for the ground of the figures only where there are figures (T5)."""
        if desk.claims:
            self.substantiation.flags.required = True
        return self
