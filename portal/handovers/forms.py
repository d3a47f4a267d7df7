from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length

from portal.campaigns.forms import a_web_address
from portal.fields import trimmed
from portal.handovers.models import HandOver, Said

SAID = [
    SelectChoice(Said.POSTED.value, "I posted it"),
    SelectChoice(Said.NOT.value, "I chose not to"),
]


class HandOverForm(FlaskForm):
    said = RadioField(
        "What did you do?", choices=SAID, validators=[InputRequired("Choose one of the two")]
    )
    url = StringField(
        "Address of your review there",
        filters=[trimmed],
        validators=[Length(max=500, message="Use at most 500 characters"), a_web_address],
    )
    picture = FileField("Or a picture of it")

    @classmethod
    def of(cls, found: HandOver | None, *, proof: bool) -> "HandOverForm":
        """Filled with what they told us before; asks for proof only where that is allowed."""
        before = {"said": found.said.value, "url": found.url} if found else {}
        form = cls(**before)
        if not proof:
            del form.url, form.picture
        return form
