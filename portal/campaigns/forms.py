from datetime import datetime, timedelta
from itertools import chain

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from portal import clock, zones
from portal.campaigns.actions import LONGEST
from portal.campaigns.eligibility import FILTERS
from portal.campaigns.fields import (
    A_DAY,
    A_TIME,
    a_web_address,
    at_least_one,
    sendable,
    text,
)
from portal.campaigns.models import REWARDING_STAGES, Action, Asked, Campaign, Touch
from portal.config import settings
from portal.fields import Day, Seen, Time, Whole, row_number, trimmed
from portal.incentives import queries as incentives
from portal.platforms import queries as platforms

# What each action is to staff: its name, and what asking for it means.
ACTIONS = {
    Action.REVIEW: (
        "Review",
        "Stars, and what worked and what did not. All of them are shown; nobody picks.",
    ),
    Action.QUOTE: ("Quote", "A few sentences you may pick for your pages, in exactly these words."),
    Action.CASE_STUDY: (
        "Case study",
        "A longer story with measured results, on a page of its own.",
    ),
    Action.WEBINAR: ("Webinar", "They offer to speak: a topic, a format and dates that suit them."),
    Action.REFERRAL: (
        "Recommendation",
        "A personal link they pass on themselves. We never ask them for anyone’s address.",
    ),
}
STAGE_NAMES = {
    "qualified": "When the person turns out to be a good fit (qualified)",
    "meeting": "When they meet us (meeting)",
    "won": "When they become a customer (won)",
}
AN_OFFER = "Choose one of the offers, or no reward"
DAYS = "Enter a number of days from 1 to 730"
WAIT = "Enter a number of days from 0 to 365"
A_COUNT = "Enter a whole number, or leave it empty for no limit"
A_WORTH = "Enter a whole amount, or leave it empty if it has no price"
A_BUDGET = "Enter a whole amount, or leave it empty for no limit"
REFERRAL_TERMS = (
    "counts_days", "touch", "hold_days", "most_each", "most_all", "prospect_promise",
    "asks_company", "asks_message", "asks_phone", "shows_quote",
)  # fmt: skip
RATE = "Enter a number of mails from 1 to 2000"
REMINDERS = (2, 7, 14)


def beginning() -> dict[str, str]:
    """A name and a mail to begin with: neutral, so that it suits whatever is asked for."""
    return {
        "name": f"Customer voices, {clock.now():%B %Y}",
        "subject_line": "How is it going, {first_name}?",
        "body": (
            "Dear {first_name},\n\n"
            "how has working with us been for you at {company}? Good or bad, we would like to hear "
            "it, and with your permission let others read it.\n\n"
            "You choose what you do, what may be used of it, and where. It takes a few minutes, "
            "works on a phone, and needs no password."
        ),
    }


def _asks(label: str, default: Asked) -> SelectField:
    return SelectField(
        label,
        choices=[
            SelectChoice(Asked.REQUIRED.value, "Ask, and do not go on without"),
            SelectChoice(Asked.OPTIONAL.value, "Ask; they may leave it empty"),
            SelectChoice(Asked.HIDDEN.value, "Do not ask"),
        ],
        default=default.value,
        validators=[InputRequired("Choose whether the page asks for it")],
        invalid_choice_message="Choose whether the page asks for it",
    )


class CampaignForm(FlaskForm):
    name = StringField(**text("Name", "Enter a name for this campaign", 120))
    actions = SelectMultipleField(
        "What do you ask for?",
        choices=[SelectChoice(action.value, name) for action, (name, _) in ACTIONS.items()],
        validators=[DataRequired("Choose at least one thing to ask for")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    offer_id = SelectField(
        "Reward for taking part", coerce=int, validators=[InputRequired(AN_OFFER)]
    )
    referral_offer_id = SelectField(
        "Reward for a recommendation", coerce=int, validators=[InputRequired(AN_OFFER)]
    )
    rewarding_stage = SelectField(
        "When is a recommendation rewarded?",
        choices=[SelectChoice(stage, STAGE_NAMES[stage]) for stage in REWARDING_STAGES],
        default="won",
        validators=[InputRequired("Choose when a recommendation is rewarded")],
        invalid_choice_message="Choose when a recommendation is rewarded",
    )
    counts_days = Whole(
        "For how many days does a link count?",
        asks=DAYS,
        default=180,
        validators=[InputRequired(DAYS), NumberRange(1, 730, DAYS)],
    )
    touch = SelectField(
        "When the same person comes through two links",
        choices=[SelectChoice(touch.value, f"The {touch.value} one counts") for touch in Touch],
        default=Touch.FIRST.value,
        validators=[InputRequired("Choose which link counts")],
        invalid_choice_message="Choose which link counts",
    )
    hold_days = Whole(
        "Days to wait before a reward is approved",
        asks=WAIT,
        default=0,
        validators=[InputRequired(WAIT), NumberRange(0, 365, WAIT)],
    )
    most_each = Whole("Most rewards per customer", asks=A_COUNT, validators=[at_least_one])
    most_all = Whole("Most rewards in this campaign", asks=A_COUNT, validators=[at_least_one])
    budget = Whole("Budget for these rewards", asks=A_BUDGET, validators=[at_least_one])
    offer_budget = Whole("Budget for this offer", asks=A_BUDGET, validators=[at_least_one])
    prospect_promise = StringField(**text("What the person who comes gets", "", 200, sendable))
    prospect_value = Whole("What that is worth", asks=A_WORTH, validators=[at_least_one])
    asks_company = _asks("Their company", Asked.REQUIRED)
    asks_message = _asks("A message", Asked.OPTIONAL)
    asks_phone = _asks("A phone number", Asked.HIDDEN)
    shows_quote = BooleanField("Show a customer’s quote beside the form")
    platform = SelectField(
        "Also post reviews on",
        validators=[Optional()],
        default="",
        invalid_choice_message="Choose one of the platforms, or none",
    )
    platform_url = StringField(
        **text("The page where a review is written there", "", 500, a_web_address)
    )
    platform_proof = BooleanField("Ask for proof: the address or a picture of the review there")
    deadline = Day("Last day", asks=A_DAY, validators=[InputRequired(A_DAY)])
    reminders = SelectMultipleField(
        "Remind those who give no answer",
        choices=[SelectChoice(days, f"After {days} days") for days in REMINDERS],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    mails_per_minute = Whole(
        "How many mails may leave in a minute?",
        asks=RATE,
        default=200,
        validators=[Optional(), NumberRange(1, 2000, RATE)],
    )
    why = TextAreaField(**text("Why them?", "", 500, sendable))
    subject_line = StringField(**text("Subject", "Enter the subject of the mail", 150, sendable))
    body = TextAreaField(**text("Words", "Enter the words of the mail", 5000, sendable))
    seen = Seen(default=0)

    @classmethod
    def of(cls, campaign: Campaign | None) -> "CampaignForm":
        """Filled with the draft as it is; what was sent back wins."""
        if campaign:
            budget, for_words = campaign.budget_cents, campaign.offer_budget_cents
            form = cls(
                obj=campaign,
                seen=campaign.version,
                budget=budget and budget // 100,
                offer_budget=for_words and for_words // 100,
                prospect_value=campaign.prospect_cents // 100 or None,
            )
        else:
            form = cls(
                deadline=clock.now().date() + timedelta(days=30),
                actions=["quote"],
                shows_quote=True,
                reminders=list(REMINDERS),
                **beginning(),
            )
        offers = [SelectChoice(0, "No reward")]
        offers += [
            SelectChoice(offer.id, f"{offer.name}: {offer.reward}") for offer in incentives.offers()
        ]
        form.platform.choices = [SelectChoice("", "Nowhere else")]
        form.platform.choices += [
            SelectChoice(rule.platform, rule.name) for rule in platforms.all_current()
        ]
        for field in (form.offer_id, form.referral_offer_id):
            field.choices = offers
            field.invalid_choice_message = AN_OFFER
        return form

    def validate_actions(self, field: SelectMultipleField) -> None:
        if not set(field.data or []) <= set(Action):
            raise ValidationError("Choose among the things listed")

    def validate_deadline(self, field: Day) -> None:
        today = clock.now().date()
        if field.data and not today <= field.data <= today + LONGEST:
            raise ValidationError(f"Choose a day from today to {LONGEST.days} days from now")

    def validate_subject_line(self, field: StringField) -> None:
        if "\n" in (field.data or ""):
            raise ValidationError("Keep the subject on one line")

    def values(self) -> dict:
        """What was typed, as ``actions.draft`` and ``revise`` take it."""
        offers = {offer.id: offer for offer in incentives.offers()}
        return {
            "name": self.name.data,
            "actions": self.actions.data,
            "offer": offers.get(self.offer_id.data),
            "offer_budget_cents": self.offer_budget.data and self.offer_budget.data * 100,
            "referral_offer": offers.get(self.referral_offer_id.data),
            "rewarding_stage": self.rewarding_stage.data,
            "deadline": self.deadline.data,
            "reminders": sorted(self.reminders.data or []),
            "mails_per_minute": self.mails_per_minute.data or 200,
            "why": self.why.data,
            "subject_line": self.subject_line.data,
            "body": self.body.data,
            "referral_terms": {name: self[name].data for name in REFERRAL_TERMS}
            | {
                "budget_cents": self.budget.data and self.budget.data * 100,
                "prospect_cents": (self.prospect_value.data or 0) * 100,
            },
            "elsewhere": {
                "platform": self.platform.data or "",
                "platform_url": self.platform_url.data,
                "platform_proof": self.platform_proof.data,
            },
        }


class AudienceForm(FlaskForm):
    """Whom a draft is for: all that a filter finds, or the people ticked."""

    search = StringField(**text("Search", "", 100), widget=HiddenInput())
    country = StringField(**text("Country", "", 100), widget=HiddenInput())
    company = StringField(**text("Company", "", 200), widget=HiddenInput())
    sector = StringField(**text("Sector", "", 20), widget=HiddenInput())
    language = StringField(**text("Language", "", 10), widget=HiddenInput())
    tag = StringField(**text("Tag", "", 40), widget=HiddenInput())
    owner = StringField(**text("Owner", "", 10), widget=HiddenInput())
    sample = Whole("How many, at random?", asks=A_COUNT, validators=[at_least_one])
    ids = SelectMultipleField("People", coerce=row_number, choices=[], validate_choice=False)
    whom = StringField(default="all")
    seen = Seen(default=0)

    def validate_ids(self, field: SelectMultipleField) -> None:
        if self.whom.data == "picked" and not field.data:
            raise ValidationError("Tick at least one person")

    def audience(self) -> dict:
        if self.whom.data == "picked":
            return {"ids": sorted(set(self.ids.data))}
        filters = {name: getattr(self, name).data for name in FILTERS}
        found = {name: value for name, value in filters.items() if value}
        return found | ({"sample": self.sample.data} if self.whom.data == "sample" else {})

    def validate_sample(self, field: IntegerField) -> None:
        if self.whom.data == "sample" and not field.data:
            raise ValidationError("Enter how many people to draw")


class ScheduleForm(FlaskForm):
    """When the worker sends a draft, on the clock of whoever plans it."""

    on = Day("On", asks=A_DAY, validators=[InputRequired(A_DAY)])
    at = Time("At", asks=A_TIME, validators=[InputRequired(A_TIME)])
    zone = SelectField("On whose clock?", choices=[], validators=[InputRequired("Choose a clock")])
    seen = Seen(default=0)

    @classmethod
    def fresh(cls) -> "ScheduleForm":
        """Empty, on the team’s clock."""
        zone = settings().brand_time_zone
        form = cls(zone=zone)
        form.zone.description = zones.begins_with(zone)
        form.zone.choices = ["UTC", *chain(*zones.regions().values())]
        return form

    def moment(self) -> datetime:
        """The moment that was typed; raises Unreadable for one that no clock there shows."""
        return zones.moment(datetime.combine(self.on.data, self.at.data), self.zone.data)


class LineForm(FlaskForm):
    words = TextAreaField(**text("A line for this person alone", "", 300, sendable))


TOO_LONG = "A mail address has 254 characters or fewer"


class CodeForm(FlaskForm):
    """What carries a visit to another device."""

    address = StringField(
        "Your mail address",
        [DataRequired("Enter the address our mail came to"), Length(max=254, message=TOO_LONG)],
        [trimmed],
    )
    code = StringField("The code in the mail", [InputRequired("Enter the six digits in the mail")])

    @property
    def digits(self) -> str:
        return "".join((self.code.data or "").split()).replace("-", "")

    def validate_code(self, field) -> None:
        if len(self.digits) != 6 or not (self.digits.isascii() and self.digits.isdigit()):
            raise ValidationError("Enter the six digits in the mail")
