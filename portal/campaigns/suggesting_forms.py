from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, TextAreaField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import HiddenInput

from portal.campaigns import suggesting
from portal.campaigns.fields import text
from portal.campaigns.models import Campaign
from portal.incentives.forms import buys_no_praise


def suggestible(_form: FlaskForm, field: Field) -> None:
    """Refuse what a suggested message may not hold, by name (T9, T10)."""
    if sentence := suggesting.fault(field.data or ""):
        raise ValidationError(sentence)


class SuggestionForm(FlaskForm):
    """What a message begins with, when a customer passes their link on."""

    words = TextAreaField(
        **text("Suggested words", "", suggesting.LONGEST, buys_no_praise, suggestible)
    )
    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired("Reload this page")])

    @classmethod
    def of(cls, campaign: Campaign) -> "SuggestionForm":
        return cls(formdata=None, words=campaign.share_text, seen=campaign.version)
