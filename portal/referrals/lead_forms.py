"""What staff say about a lead: its reward, whose it is, what it is worth."""

from decimal import Decimal

from flask_wtf import FlaskForm
from wtforms import (
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portal.fields import Seen, one_line, trimmed
from portal.incentives.forms import Amount
from portal.referrals import attribution, board
from portal.referrals.models import Lead, ReferralLink

WHY = "Say why, for whoever asks later"


def reason(of: str, asks: str = WHY) -> TextAreaField:
    return TextAreaField(
        "Reason",
        id=f"{of}-note",  # several forms stand on one page
        filters=[trimmed],
        validators=[
            DataRequired(asks),
            Length(max=1000, message="Shorten it to 1,000 characters or fewer"),
        ],
    )


class RulingForm(FlaskForm):
    ruling = RadioField(
        "The reward for this lead",
        choices=[
            SelectChoice("release", "Nothing is wrong: let it go its way"),
            SelectChoice("refuse", "It earns none"),
        ],
        validators=[InputRequired("Choose what happens to the reward")],
    )
    note = reason("ruling")


class NoteForm(FlaskForm):
    text = TextAreaField(
        "Note",
        id="note-text",
        filters=[trimmed],
        validators=[
            DataRequired("Enter a note"),
            Length(max=2000, message="Shorten the note to 2,000 characters or fewer"),
        ],
    )


class FactsForm(FlaskForm):
    owner = SelectField("Owner", coerce=int, invalid_choice_message="Choose an owner of the list")
    value = Amount(
        "Value", validators=[Optional(), NumberRange(0, 100_000_000, "Enter a value from 0 on")]
    )
    currency = SelectField(
        "Currency",
        choices=["EUR", "USD", "GBP", "CHF"],
        invalid_choice_message="Choose a currency",
    )
    crm_id = StringField(
        "CRM id",
        filters=[one_line],
        validators=[Length(max=100, message="Shorten the CRM id to 100 characters or fewer")],
    )
    seen = Seen(id="facts-seen", validators=[InputRequired("Reload the page")])

    @classmethod
    def of(cls, lead: Lead, *, fresh: bool = False) -> "FactsForm":
        data = {
            "owner": lead.owner_id or 0,
            "value": None if lead.value_cents is None else Decimal(lead.value_cents) / 100,
            "currency": lead.currency,
            "crm_id": lead.crm_id or "",
            "seen": lead.version,
        }
        form = cls(formdata=None, data=data) if fresh else cls(data=data)
        form.people = {person.id: person for person in board.colleagues(lead.owner_id)}
        form.owner.choices = [SelectChoice(0, "Nobody yet")]
        form.owner.choices += [SelectChoice(p.id, p.name) for p in form.people.values()]
        return form

    def values(self) -> dict:
        """What was typed, as ``work.describe`` takes it."""
        cents = None if self.value.data is None else round(self.value.data * 100)
        return {
            "owner": self.people.get(self.owner.data),
            "value_cents": cents,
            "currency": self.currency.data,
            "crm_id": self.crm_id.data,
            "seen": self.seen.data,
        }


class GiveForm(FlaskForm):
    link = SelectField(
        "Whose link",
        coerce=int,
        validators=[InputRequired("Choose whose link it counts for")],
        invalid_choice_message="Choose whose link it counts for",
    )
    note = reason("give", "Say why it counts for someone else")

    @classmethod
    def of(cls, lead: Lead, *, fresh: bool = False) -> "GiveForm":
        """With the links they came through first, then those of other customers."""
        form = cls(formdata=None) if fresh else cls()
        came = [claim.link for claim in lead.claims]
        form.links = {
            link.id: link
            for link in (*came, *attribution.candidates())
            if link.referral_id != lead.link.referral_id
        }
        form.link.choices = [SelectChoice(link.id, said(link)) for link in form.links.values()]
        return form

    @property
    def wanted(self) -> ReferralLink:
        return self.links[self.link.data]


def said(link: ReferralLink) -> str:
    """Whose a link is. Its label is the advocate's own, and shown to no one else (T30)."""
    referral = link.referral
    person = referral.advocate
    return f"{person.name}, {person.company.name} · {referral.invitation.campaign.name}"
