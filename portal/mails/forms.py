from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from portal.fields import Seen, one_line, trimmed
from portal.incentives.forms import buys_no_praise
from portal.mails import queries
from portal.outbox.catalogue import SIGNATURE, Mail


def known_gaps(form: "WordsForm", field) -> None:
    """Each placeholder stands for something in this mail."""
    if sentence := queries.fault(form.mail, field.data or ""):
        raise ValidationError(sentence)


class WordsForm(FlaskForm):
    """The words owners choose for one mail; an empty field means ours."""

    subject = StringField(
        "Subject",
        filters=[one_line],
        validators=[
            Length(max=150, message="Use at most 150 characters"),
            buys_no_praise,
            known_gaps,
        ],
    )
    opening = TextAreaField(
        "Greeting and opening",
        filters=[trimmed],
        validators=[
            Length(max=2000, message="Use at most 2,000 characters"),
            buys_no_praise,
            known_gaps,
        ],
    )
    seen = Seen(default=0)
    mail: Mail

    @classmethod
    def of(cls, mail: Mail, **given) -> "WordsForm":
        form = cls(**given)
        form.mail = mail
        if mail.name == SIGNATURE:
            del form.subject
            form.opening.label.text = "Closing words"
        return form

    def words(self) -> dict[str, str]:
        """What was typed, by part."""
        parts = ("subject", "opening")
        return {part: self[part].data or "" for part in parts if part in self}
