"""What staff say about a lead: its reward, whose it is, what it is worth."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.referrals import attribution
from portal.referrals.forms import tidy
from portal.referrals.models import Lead, ReferralLink

WHY = "Say why, for whoever asks later"


def reason(of: str, asks: str = WHY) -> TextAreaField:
    return TextAreaField(
        "Reason",
        id=f"{of}-note",  # several forms stand on one page
        filters=[tidy],
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
