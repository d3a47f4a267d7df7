"""T9: whatever staff write for customers to read goes through the one lint, or says why not."""

import importlib
import pkgutil
import sys

import pytest
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

import portal
from portal.campaigns.forms import sendable
from portal.incentives.forms import buys_no_praise
from portal.incentives.models import Reward
from portal.submissions.models import Submission

BAD = "Please turn it into a glowing review."

# Fields through which no words of ours reach whoever is asked.
THEIR_OWN_WORDS = """
    approvals: ChangeForm.note ForbidForm.note RefuseForm.note RewordForm.note YesForm.territory
    approvals: YesForm.name YesForm.title AskForm.why
    events: OffForm.dates
    handovers: HandOverForm.url
    home: DeclineForm.reason
    interviews: AskForm.phone AskForm.topics
    media: PhotoForm.alt PhotoForm.x PhotoForm.y PhotoForm.side
    privacy: CorrectionForm.first_name CorrectionForm.last_name CorrectionForm.job_title
    privacy: CorrectionForm.phone CorrectionForm.other ErasureForm.word PreferencesForm.phone
    referrals: JoinForm.share_text ShareTextForm.share_text LabelForm.label NewLinkForm.label
    referrals: WordForm.word ContactForm.name ContactForm.message ContactForm.website
    referrals: Details.name Details.company Details.message LeadForm.website
    renewals: AnswerForm.note
    submissions: YouForm.job_title TitleForm.job_title LongForm.value ShortForm.value
    submissions: NumberForm.value EventForm.dates
    campaigns: CodeForm.address CodeForm.code
"""
FOR_COLLEAGUES = """
    campaigns: CampaignForm.name
    advocates: CareForm.tags InviteAgainForm.note SignalForm.value SignalForm.words
    campaigns: ExceptionForm.reason GiftRuleForm.country GiftRuleForm.why
    campaigns: AudienceForm.search AudienceForm.country AudienceForm.company AudienceForm.sector
    campaigns: AudienceForm.language AudienceForm.tag AudienceForm.owner AudienceForm.whom
    nominations: DeclineForm.note ProposeForm.reason SeveralForm.note
    placements: ProofForm.proof ProofForm.proof_url UseForm.place UseForm.url UseForm.note
    privacy: CustomerErasureForm.name
    publishing: PublishForm.substantiation
    referrals: FactsForm.crm_id GiveForm.note MoveForm.note NoteForm.text RulingForm.note
    referrals: Settlement.note
    staff: CodeForm.code ConfirmForm.confirm_code InviteForm.name PasskeyForm.name
"""
NAMES_AND_REPORTS = """
    approvals: AskForm.name AskForm.email AskForm.title
    campaigns: CampaignForm.platform_url
    embeds: BlockForm.title
    interviews: AnswerForm.place
    platforms: RuleForm.name RuleForm.source
    publishing: PublishForm.headline PublishForm.excerpt PublishForm.expected_results
    settings: BrandForm.brand_name BrandForm.brand_tagline BrandForm.brand_colour
    settings: BrandForm.brand_legal_name BrandForm.brand_address BrandForm.brand_privacy_url
    settings: SectorsForm.sector_words_public SectorsForm.sector_words_healthcare
    settings: SectorsForm.sector_words_finance SectorsForm.sector_words_education
    advocates: PersonForm.first_name PersonForm.last_name PersonForm.job_title PersonForm.city
    advocates: PersonForm.country PersonForm.language NewCustomerForm.company
    renaming: NameForm.name
"""


def listed(text: str) -> set[str]:
    lines = [line.split() for line in text.strip().splitlines()]
    return {f"{package}{name}" for package, *names in lines for name in names}


EXCUSED = listed(THEIR_OWN_WORDS) | listed(FOR_COLLEAGUES) | listed(NAMES_AND_REPORTS)


def texts() -> dict[str, list]:
    """Every field of every form that takes free text, with what checks it."""
    for module in pkgutil.walk_packages(portal.__path__, "portal."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found, waiting = {}, [FlaskForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if getattr(sys.modules[form.__module__], form.__name__, None) is not form:
            continue  # made while it ran, of a form that is walked
        package = form.__module__.removeprefix("portal.").partition(".")[0]
        for name, field in vars(form).items() if form.__module__.startswith("portal.") else ():
            if getattr(field, "field_class", None) in (StringField, TextAreaField):
                given = [*field.args, field.kwargs.get("validators", [])]
                checks = next((one for one in given if isinstance(one, list | tuple) and one), [])
                found[f"{package}:{form.__name__}.{name}"] = checks
    return found


def test_T9_every_text_of_a_form_is_linted_or_reaches_nobody_who_is_asked():
    unchecked = {
        name for name, checks in texts().items() if not {buys_no_praise, sendable} & {*checks}
    }
    assert unchecked == EXCUSED
    assert len(texts()) > len(EXCUSED) + 20


@pytest.mark.parametrize("path", ["change-request", "decline"])
def test_T9_a_note_that_asks_for_praise_is_not_sent(sent, as_rosa, saved, path):
    one = sent()
    data = {"seen": saved(Submission)[0].version, "ground": "abuse", "note": BAD}
    answer = as_rosa.post(f"/staff/submissions/{one}/{path}", data=data)
    assert answer.status_code == 422
    assert "Take out “glowing review”" in answer.text
    assert BAD in answer.text


def test_T9_nor_to_several_at_once(sent, as_rosa, saved):
    one = sent()
    items = f"{one}:{saved(Submission)[0].version}"
    data = {"items": items, "decision": "change", "note": BAD}
    answer = as_rosa.post("/staff/queue/decisions/contributions", data=data)
    assert answer.status_code == 422
    assert "Take out “glowing review”" in answer.text


def test_T9_a_reward_is_not_held_for_want_of_praise(earn, as_rosa, saved):
    reward = earn()
    data = {"state": "held", "seen": 1, "note": "It waits for a positive review."}
    answer = as_rosa.post(f"/staff/rewards/{reward}/moves", data=data)
    assert answer.status_code == 422
    assert "Take out “positive review”" in answer.text
    assert [entry.state.value for entry in saved(Reward)[0].entries] == ["accrued"]
