from datetime import datetime
from itertools import chain

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from portal import zones
from portal.config import settings
from portal.db import db
from portal.fields import A_DAY, Day, Seen, Time, number_of
from portal.publishing.basis import Basis
from portal.publishing.models import Asset
from portal.publishing.placing import NAMES, Page, newest, pages_of
from portal.staff.models import Staff

LONG = "Use at most {} characters"
A_TIME = "Enter the time, for example 09:00"


def text(value: str | None) -> str:
    """A field that was not sent is an empty one."""
    return value or ""


class Boxes(SelectMultipleField):
    """Any of several, each a box to tick."""

    option_widget = CheckboxInput()

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.flags.required = True  # ticking none of them is an answer, too


class PagesForm(FlaskForm):
    """On which of our own pages it stands."""

    pages = Boxes(
        "On which of our pages",
        choices=[SelectChoice(page.value, name) for page, name in NAMES.items()],
        description="It always has its own page. Blocks on other sites are chosen in the blocks.",
    )
    pages_asked = HiddenField(default="yes")  # or an empty choice looks like none that was made

    @property
    def chosen(self) -> list[Page] | None:
        """The pages ticked; None where the form did not ask."""
        if not self.pages_asked.raw_data:
            return None
        return [page for page in Page if page.value in (self.pages.data or ())]


class PlacesForm(PagesForm):
    """The same of something published already."""

    seen = Seen()

    @classmethod
    def of(cls, asset: Asset, *, fresh: bool = False) -> "PlacesForm":
        """With the pages as they are; what was sent back wins, unless it is a ``fresh`` one."""
        asked = {"pages_asked": "yes", "seen": newest(asset)}
        data = {"pages": [page.value for page in pages_of(asset)]} | asked
        return cls(formdata=None, data=data) if fresh else cls(data=data)


class PublishForm(PagesForm):
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
        description="What was looked at. Kept in the history, not shown.",
        validators=[Length(max=2000, message=LONG.format(2000))],
    )
    checked_by = SelectField(
        "Who checked them", coerce=lambda given: number_of(str(given or "")), validate_choice=False
    )
    checked_on = Day("Checked on", validators=[Optional()])
    expected_results = StringField(
        "Or: what customers generally get",
        filters=[text],
        description="Shown beside the words wherever they are, as a sentence of ours. "
        "Like “Half of our customers plan a week in under two hours”.",
        validators=[Length(max=300, message=LONG.format(300))],
    )

    on = Day("On", asks=A_DAY)
    at = Time("At", asks=A_TIME)
    zone = SelectField("On whose clock?", validate_choice=False)

    def validate_at(self, field: Time) -> None:
        if self.on.data and not field.data:
            raise ValidationError(A_TIME)

    def validate_on(self, field: Day) -> None:
        if self.at.data and not field.data:
            raise ValidationError(A_DAY)

    @property
    def is_planned(self) -> bool:
        """Whether anything was typed, or is wrong, about a later day."""
        return any(field.data or field.errors for field in (self.on, self.at))

    def moment(self) -> datetime | None:
        """When it is to appear; None for at once. Raises Unreadable for a time no clock shows."""
        if not (self.on.data and self.at.data):
            return None
        zone = self.zone.data if self.zone.data in zones.known() else "UTC"
        return zones.moment(datetime.combine(self.on.data, self.at.data), zone)

    def suit(self, desk) -> "PublishForm":
        """Say who may have checked the figures; and one of the two is enough (T5). Times begin on
        the team’s clock."""
        nobody = SelectChoice("", "Choose a colleague")
        people = [SelectChoice(one.id, one.name) for one in desk.colleagues]
        self.checked_by.choices = [nobody, *people]
        self.zone.choices = ["UTC", *chain(*zones.regions().values())]
        ours = settings().brand_time_zone
        self.zone.data, self.zone.description = self.zone.data or ours, zones.begins_with(ours)
        if not self.is_submitted() or not self.pages_asked.raw_data:
            self.pages.data = [page.value for page in desk.pages]
        return self

    def basis(self) -> Basis:
        """What the figures rest on, as it was typed."""
        owner = self.checked_by.data and db.session.get(Staff, self.checked_by.data)
        return Basis(
            self.substantiation.data.strip(),
            owner if owner and owner.is_active else None,
            self.checked_on.data,
            self.expected_results.data.strip(),
        )
