"""The form for how much each sign of a good moment counts."""

from flask_wtf import FlaskForm
from wtforms.validators import InputRequired, NumberRange

from portal.campaigns import moments
from portal.fields import Seen, Whole

A_WEIGHT = "enter a whole number from 0 to 10"


class WeightsForm(FlaskForm):
    """One number for each sign; ``seen`` is the change that held when it was opened."""

    seen = Seen()

    @classmethod
    def of(cls, weights: dict[str, int]) -> "WeightsForm":
        """Filled with what holds; what was sent back wins."""
        newest = moments.newest()
        return cls(data=weights | {"seen": newest.id if newest else 0})

    def weights(self) -> dict[str, int]:
        """What was typed, by sign."""
        return {name: self[name].data for name in moments.SIGNS}


for _name, (_words, _) in moments.SIGNS.items():
    _asks = f"{_words}: {A_WEIGHT}"  # there are so many of them that each has to say which it is
    _checks = [InputRequired(_asks), NumberRange(0, 10, _asks)]
    setattr(WeightsForm, _name, Whole(_words, asks=_asks, validators=_checks))
