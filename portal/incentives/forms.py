from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DecimalField,
    Field,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    ValidationError,
)

from portal.fields import NeededIf, Seen, trimmed
from portal.incentives import copylint, seconding
from portal.incentives.actions import SAYS_WHY
from portal.incentives.inwords import GROUNDS
from portal.incentives.ledger import MOVES
from portal.incentives.models import Issuing, Offer, OfferKind, Reward, RewardState

# What staff may do, in the order of a day's work; what rules do alone is not among them.
RULINGS = {
    RewardState.APPROVED: "Approve it",
    RewardState.ISSUED: "It was sent by hand",
    RewardState.HELD: "Hold it, and say why",
    RewardState.DECLINED: "Decline it, and say why",
}


def buys_no_praise(_form: FlaskForm, field: Field) -> None:
    """For every text that goes out with an ask or an offer: the phrase is named (T9)."""
    if phrase := copylint.objection(field.data or ""):
        raise ValidationError(
            f"Take out “{phrase}”: neither an ask nor a reward may depend on what people say"
        )


BY_CODE, BY_PAYOUT = "code", "payout"


class SeveralRewardsForm(FlaskForm):
    """One decision for several rewards."""

    decision = RadioField(
        "Decision",
        id="several-rewards-decision",
        choices=[
            SelectChoice(RewardState.APPROVED.value, "Approve them"),
            SelectChoice(RewardState.HELD.value, "Hold them, and say why"),
            SelectChoice(RewardState.DECLINED.value, "Decline them, and say why"),
            SelectChoice(BY_CODE, "Give each the next code of its offer"),
            SelectChoice(BY_PAYOUT, "Order the payout of each"),
            SelectChoice(RewardState.ISSUED.value, "They were sent by hand"),
        ],
        validators=[InputRequired("Choose the decision")],
    )
    note = TextAreaField(
        "Reason or reference for all of them",
        id="several-rewards-note",
        description="For a hold, a refusal, or how they were sent. Each customer reads it.",
        filters=[trimmed],
        validators=[
            Length(max=500, message="Shorten it to 500 characters or fewer"),
            buys_no_praise,
            NeededIf("decision", SAYS_WHY, "needed unless you approve, give a code or order"),
        ],
    )
    ground = SelectField(
        "Kind of reason",
        id="several-rewards-ground",
        choices=[SelectChoice(key, said) for key, (said, _) in GROUNDS.items()],
        default="other",
        validators=[NeededIf("decision", {}, "counts only if you decline")],
        invalid_choice_message="Choose a kind of reason of the list",
    )


class RewardForm(FlaskForm):
    state = RadioField("What next?", validators=[DataRequired("Choose what happens to the reward")])
    note = TextAreaField(
        "Reason or reference",
        filters=[trimmed],
        validators=[
            Length(max=500, message="Shorten it to 500 characters or fewer"),
            buys_no_praise,
            NeededIf("state", SAYS_WHY, "needed unless you approve it"),
        ],
    )
    ground = SelectField(
        "Kind of reason",
        choices=[SelectChoice(key, said) for key, (said, _) in GROUNDS.items()],
        default="other",
        validators=[NeededIf("state", {}, "counts only if you decline")],
        invalid_choice_message="Choose a kind of reason of the list",
    )
    seen = Seen(validators=[InputRequired("Reload the page, then try again")])

    @classmethod
    def of(cls, reward: Reward) -> "RewardForm":
        form = cls(seen=len(reward.entries))
        form.state.choices = [
            (state.value, words)
            for state, words in RULINGS.items()
            if state in MOVES[reward.state]
            and (state is not reward.state or seconding.waits(reward, state))
        ]
        return form


KINDS = {
    OfferKind.GIFT_CARD: "Gift card",
    OfferKind.CREDIT: "Credit on their account",
    OfferKind.DONATION: "Donation",
    OfferKind.SWAG: "A present",
    OfferKind.EARLY_ACCESS: "Early access",
}


WAYS = {
    Issuing.BY_HAND: "Someone sends it and notes how",
    Issuing.CODE: "A code out of a pool, shown on their rewards page",
    Issuing.PAYOUT: "An order to our payment system",
}


def _text(label: str, asks: str, longest: int, **more) -> dict:
    return {
        "label": label,
        "filters": [trimmed],
        "validators": [
            *([DataRequired(asks)] if asks else []),
            Length(max=longest, message=f"Use {longest:,} characters or fewer"),
            buys_no_praise,
        ],
        **more,
    }


A_NUMBER = "Enter what it is worth, as a number"


class Amount(DecimalField):
    """A sum of money, with our own words when it is none."""

    data: Any  # as of every field: WTForms brings no types

    def process_formdata(self, valuelist):
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(A_NUMBER) from None
        if self.data is not None and not self.data.is_finite():
            self.data = None  # some that are no number cannot even be compared with one
            raise ValueError(A_NUMBER)


class OfferForm(FlaskForm):
    name = StringField(**_text("Name", "Enter a name for this offer", 120))
    kind = SelectField(
        "Kind",
        choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()],
        validators=[InputRequired("Choose the kind of reward")],
        invalid_choice_message="Choose the kind of reward",
    )
    reward = StringField(**_text("The reward, as it stands in a sentence", "Enter the reward", 120))
    value = Amount(
        "Its value",
        validators=[
            InputRequired(A_NUMBER),
            NumberRange(0, 100_000, "Enter a value between 0 and 100,000"),
        ],
    )
    currency = SelectField(
        "Currency",
        choices=["EUR", "USD", "GBP", "CHF"],
        validators=[InputRequired("Choose a currency")],
        invalid_choice_message="Choose a currency",
    )
    charity = StringField(**_text("Charity it may be given to instead", "", 120))
    terms = TextAreaField(**_text("Terms", "Enter the terms", 5000))
    issuing = RadioField(
        "How it reaches people",
        choices=[SelectChoice(way.value, words) for way, words in WAYS.items()],
        default=Issuing.BY_HAND.value,
        validators=[DataRequired("Choose how it reaches people")],
    )
    seen = Seen(default=0)

    @classmethod
    def of(cls, offer: Offer | None) -> "OfferForm":
        """Filled with the offer as it is; what was sent back wins."""
        if offer is None:
            return cls()
        return cls(obj=offer, value=Decimal(offer.value_cents) / 100, seen=offer.version)

    def validate_charity(self, field: StringField) -> None:
        if self.kind.data == OfferKind.DONATION and not field.data:
            raise ValidationError("Enter the charity that gets the donation")

    def write(self, offer: Offer) -> Offer:
        """The offer with what was typed; not stored yet."""
        offer.kind = OfferKind(self.kind.data)
        offer.issuing = Issuing(self.issuing.data)
        offer.value_cents = round(self.value.data * 100)
        for name in ("name", "reward", "currency", "charity", "terms"):
            setattr(offer, name, getattr(self, name).data)
        return offer


class CodesForm(FlaskForm):
    file = FileField("CSV file of codes", validators=[FileRequired("Choose a CSV file")])
