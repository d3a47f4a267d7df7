"""Two open the same thing. Whoever sends later is told by whom they were overtaken, and when; what
they typed is still there, and no version is lost."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from portal import web
from portal.campaigns.models import Campaign
from portal.consent.models import OrgApproval, Statement
from portal.db import Model, db
from portal.events.models import Event
from portal.history.actions import record
from portal.history.models import Entry
from portal.incentives.models import GiftRule, Offer
from portal.interviews.models import Interview
from portal.outbox.models import MailWording, Message
from portal.placements.models import Takedown
from portal.platforms.models import PlatformRule
from portal.referrals.models import Lead, RiskRule
from portal.renewals.models import Renewal
from portal.sessions.models import Session, Way
from portal.settings.forms import SECTIONS
from portal.settings.models import Setting
from portal.staff.models import Role, Staff
from portal.submissions.models import Answer, PromptSet, Submission
from portal.undo import repeating
from tests.crowd import at_once
from tests.dashboard import test_working_through_a_filter as queue

MINE = "Words of mine, typed slowly"
SOON = datetime.now(UTC) + timedelta(days=9)


def draft(campaign, _number):
    made = db.session.get(Campaign, campaign)
    made.state, made.sent_at = "draft", None


def limited(campaign, _number):
    found = db.session.get(Campaign, campaign)
    found.budget_cents, found.most_all = 10_000, 5


def event_ahead(campaign, number):
    queue.event(campaign, number).starts_at = SOON


def asked(campaign, number):
    queue.interview(campaign, number).slots = [SOON.isoformat()]


def nothing(_campaign, _number):
    pass


def with_passkeys(_campaign, _number):
    db.session.execute(sa.update(Session).values(way=Way.PASSKEY))


# What two open, how it comes to be there, where it stands, the address of the form, what is typed.
TABLE: dict[str, tuple[type[Model] | None, Callable, str, str, dict]] = {
    "a draft": (Campaign, draft, "/staff/campaigns/1/edit", "campaigns/1", {"why": MINE}),
    "its audience": (Campaign, draft, "/staff/campaigns/1/audience", "", {
        "whom": "sample", "sample": "1237"}),
    "its moment": (Campaign, draft, "/staff/campaigns/1", "campaigns/1/schedule", {
        "on": f"{SOON:%Y-%m-%d}", "at": "12:37", "zone": "UTC"}),
    "its limits": (Campaign, limited, "/staff/campaigns/1/limits", "", {
        "budget": "1237"}),
    "an offer": (Offer, nothing, "/staff/offers/1", "offers/1", {"terms": MINE}),
    "an offer’s name": (Offer, nothing, "/staff/offers/1", "offers/1", {"name": MINE}),
    "how it reaches people": (Offer, nothing, "/staff/offers/1", "offers/1", {"issuing": "code"}),
    "a rule for gifts": (GiftRule, nothing, "/staff/gift-rules", "gift-rules", {
        "country": "France", "says": "none", "why": MINE}),
    "a platform": (PlatformRule, nothing, "/staff/platforms/g2", "platforms/g2", {"note": MINE}),
    "a permission": (Statement, nothing, "/staff/statements/en/name", "statements/en/name", {
        "detail": MINE + " {name} {credit} {company} {title}"}),
    "questions": (PromptSet, nothing, "/staff/prompts/en/quote", "prompts/en/quote", {
        "summary": MINE}),
    "a mail": (MailWording, nothing, "/staff/mails/approved", "mails/approved", {"opening": MINE}),
    "an event": (Event, event_ahead, "/staff/events/1/edit", "events/1", {"description": MINE}),
    "an event called off": (None, event_ahead, "/staff/events/1", "events/1/cancellation", {
        "note": MINE}),
    "an interview": (Interview, asked, "/staff/interviews/1", "interviews/1/proposal", {
        "day_1": f"{SOON:%Y-%m-%d}", "time_1": "12:00", "time_zone": "UTC", "note": MINE}),
    "an interview held": (Interview, queue.talk, "/staff/interviews/1", "interviews/1/end", {
        "reminder": MINE}),
    "an interview called off": (Interview, asked, "/staff/interviews/1",
        "interviews/1/cancellation", {"note": MINE}),
    "a customer’s details": (None, nothing, "/staff/customers/1/details", "customers/1/details", {
        "city": MINE}),
    "tags and who looks after them": (None, nothing, "/staff/customers/1", "customers/1/care", {
        "tags": "words of mine"}),
    "what a lead is worth": (Lead, queue.lead, "/staff/leads/1", "leads/1/facts", {
        "crm_id": MINE}),
    "where a lead stands": (Lead, queue.lead, "/staff/leads/1", "leads/1/moves", {
        "stage": "contacted", "note": MINE}),
    "what is looked at": (RiskRule, nothing, "/staff/risk", "risk/per-hour", {"threshold": "237"}),
    "a contribution": (Submission, queue.sent, "/staff/submissions/1",
        "submissions/1/change-request", {"note": MINE}),
    "another wording": (Submission, queue.sent, "/staff/submissions/1/proposals/new",
        "submissions/1/proposals", {"text_words": "It is slow and hard. We choose it again.",
        "note": MINE, "fair_edit": "y"}),
    "how much signs count": (None, nothing, "/staff/asks", "asks/weights", {"usage": "7"}),
    "a reward": (None, queue.reward, "/staff/rewards/1", "rewards/1/moves", {
        "state": "held", "note": MINE}),
    "a nomination": (None, queue.nomination, "/staff/nominations/1", "nominations/1/decline", {
        "note": MINE}),
    "a request": (None, queue.request, "/staff/data-requests/1", "data-requests/1", {
        "answer": MINE}),
    "a takedown": (Takedown, queue.takedown, "/staff/takedowns/1", "takedowns/1/proof", {
        "outcome": "gone", "proof": MINE}),
    "an offer to speak": (None, queue.speaker, "/staff/events", "speakers/1/refusal", {
        "note": MINE}),
} | {
    f"settings: {section}": (Setting, with_passkeys, f"/staff/settings/{section}",
        f"settings/{section}", typed)
    for section, typed in {
        "brand": {"brand_tagline": MINE},
        "mail": {"mail_from": "mine@acme.example"},
        "asks": {"asks_per_company": "237"},
        "steps": {"usual_days_meeting": "237"},
        "sectors": {"sector_words_public": MINE},
        "sign-in": {"second_factor_required": "y"},
    }.items()
}  # fmt: skip
# Changed by customers alone, or by one person only.
NOT_OURS = {Answer, OrgApproval, Renewal}


def test_every_versioned_thing_is_in_the_table():
    """A model with a version of which nobody said what two editors see fails here."""
    mapped = {one.class_ for one in Model.registry.mappers}
    versioned = {
        one for one in mapped if {"version", "terms_version"} & set(sa.inspect(one).columns.keys())
    }
    assert versioned | {Setting} == {row[0] for row in TABLE.values() if row[0]} | NOT_OURS
    assert {f"settings: {one}" for one in SECTIONS} <= set(TABLE)


class Form(HTMLParser):
    """What a browser would send of the form with this address."""

    def __init__(self, page: str, ending: str):
        super().__init__()
        self.ending, self.inside, self.area, self.choice = ending, False, "", ""
        self.address, self.sent = "", {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.inside, self.sent = not self.address, self.sent if self.address else {}
        if tag in ("form", "button") and self.inside:
            self.look(given.get("action" if tag == "form" else "formaction", ""), given)
        elif not self.inside:
            return
        elif tag == "input" and given.get("name"):
            if given.get("type") not in ("radio", "checkbox") or "checked" in given:
                self.sent.setdefault(given["name"], []).append(given.get("value") or "")
        elif tag == "textarea":
            self.area = given["name"]
            self.sent[self.area] = [""]
        elif tag == "select":
            self.choice = given["name"]
        elif tag == "option" and ("selected" in given or self.choice not in self.sent):
            self.sent[self.choice] = [given.get("value", "")]

    def look(self, address: str, given: dict) -> None:
        """Whether this is the form; one without an address is known by its method alone."""
        if self.ending:
            found = re.search(rf"/staff/{self.ending}(\?.*)?$", address)
        else:
            found = given.get("method") == "post" and not address
        if found:
            self.address = address or "."

    def handle_data(self, data):
        if self.area:
            self.sent[self.area] = [self.sent[self.area][0] + data.lstrip("\r\n")]

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = ""
        if tag == "form":
            self.inside = False


@pytest.fixture
def as_theo(browser_of, save):
    theo = Staff(email="theo@acme.example", name="Theo", role=Role.OWNER, password_hash="x")
    return browser_of(staff=save(theo))


@pytest.fixture
def opened(act, campaign, ada, as_rosa, as_theo):
    """Rosa and Theo have the same page open; the form each would send, and where to."""

    def opened(what: str):
        _, begin, page, ending, typed = TABLE[what]
        act(lambda: begin(campaign, 1) and None)
        forms = [Form(one.get(page).text, ending) for one in (as_rosa, as_theo)]
        assert forms[0].address, what
        address = page if forms[0].address == "." else forms[0].address
        rosa, theo = (form.sent | typed for form in forms)
        return address, rosa, {name: theirs(said) for name, said in theo.items()}

    return opened


def theirs(said):
    return said.replace(MINE, "What Theo typed") if isinstance(said, str) else said


@pytest.mark.parametrize("what", TABLE)
def test_the_second_of_two_is_told_who_and_when_and_finds_what_was_typed(
    opened, as_rosa, as_theo, what
):
    address, rosa, theo = opened(what)
    assert as_theo.post(address, data=theo | other(theo)).status_code == 303
    answer = as_rosa.post(address, data=rosa)
    assert answer.status_code == 409
    how = r"Theo (?:[a-z ]+ it(?: [a-z]+)?|was faster: [\w -]+,) at (\d\d:\d\d) UTC on (\d+ \w+)"
    said = re.search(rf"{how}(?:, before you saved)?\.", answer.text)
    assert said, answer.text
    now = datetime.now(UTC)
    assert said[2] == f"{now.day} {now:%B}"
    for typed in TABLE[what][4].values():
        assert typed.partition(" {")[0] in answer.text


def other(sent: dict) -> dict:
    """Theo means something else than Rosa, where it is a number or a moment."""
    differs = {
        "sample": "1", "at": "12:38", "threshold": "9", "usage": "3", "budget": "1001",
        "stage": "qualified", "mail_from": "theirs@acme.example", "asks_per_company": "9",
        "usual_days_meeting": "9", "issuing": "payout", "tags": "what theo typed",
    }  # fmt: skip
    return {name: value for name, value in differs.items() if name in sent}


EDITED = (
    "a draft", "its limits", "an offer", "an offer’s name", "how it reaches people",
    "a rule for gifts", "a platform", "a permission",
    "questions", "a mail", "an event", "a customer’s details", "tags and who looks after them",
    "what a lead is worth", "what is looked at",
    "how much signs count", *(f"settings: {one}" for one in SECTIONS),
)  # fmt: skip


@pytest.mark.parametrize("what", EDITED)
def test_told_once_what_the_second_typed_takes_the_place_of_the_first(
    opened, as_rosa, as_theo, what
):
    address, rosa, theo = opened(what)
    as_theo.post(address, data=theo | other(theo))
    again = Form(as_rosa.post(address, data=rosa).text, TABLE[what][3])
    assert as_rosa.post(address, data=again.sent | TABLE[what][4]).status_code == 303
    page = as_rosa.get(TABLE[what][2]).text
    assert all(typed.partition(" {")[0] in page for typed in TABLE[what][4].values())


# What Theo changes, and Rosa never touches.
BESIDE = {
    "a draft": {"name": "Theo’s name for it", "mails_per_minute": "123"},
    "its limits": {"most_all": "900"},
    "an offer’s name": {"issuing": "payout"},
    "how it reaches people": {"name": "Theo’s name for it"},
    "an offer": {"reward": "a mug of Theo’s", "value": "77.00", "kind": "swag"},
    "a platform": {"source": "https://theo.example/rules"},
    "a permission": {"months": "7"},
    "questions": {"next_step": "Theo reads it.", "prompts-0-hint": "Theo’s hint."},
    "a mail": {"subject": "Theo’s subject"},
    "an event": {"title": "Theo’s title", "time": "09:41", "place": "Theo’s room"},
    "a customer’s details": {"phone": "0307", "language": "de", "time_zone": "Europe/Rome"},
    "tags and who looks after them": {"owner": "1"},
    "what a lead is worth": {"value": "77.00"},
    "what is looked at": {"severity": "note"},
    "how much signs count": {"praise": "8"},
    "settings: brand": {"brand_name": "Theo’s name", "brand_time_zone": "Europe/Paris"},
    "settings: asks": {"ask_every_days": "77"},
    "settings: steps": {"usual_days_received": "77", "usual_days_qualified": "55"},
    "settings: sectors": {"sector_words_finance": "theo’s bank"},
}  # fmt: skip


@pytest.mark.parametrize("what", BESIDE)
def test_what_the_second_never_touched_stays_what_the_first_made_of_it(
    opened, as_rosa, as_theo, what
):
    address, rosa, theo = opened(what)
    beside = {name: [value] for name, value in BESIDE[what].items()}
    assert not beside.items() <= {name: rosa[name] for name in beside}.items(), what
    typed = {name: value for name, value in other(theo).items() if name in TABLE[what][4]}
    assert as_theo.post(address, data=theo | typed | beside).status_code == 303
    answer = as_rosa.post(address, data=rosa)
    assert answer.status_code == 409
    text = html.unescape(answer.text)
    assert text.count("This is how Theo left it; you had not changed it.") == len(beside)
    assert text.count("Theo’s version") == len(TABLE[what][4])
    assert "If you save it now, it takes the place of theirs. Where it differs" in text
    again = Form(answer.text, TABLE[what][3])
    assert {name: again.sent[name] for name in beside} == beside
    assert as_rosa.post(address, data=again.sent).status_code == 303
    kept = Form(as_rosa.get(TABLE[what][2]).text, TABLE[what][3])
    assert {name: kept.sent[name] for name in beside} == beside
    for name, value in TABLE[what][4].items():
        assert kept.sent[name] == [value]


def test_a_form_without_the_prints_of_what_it_was_filled_with_loses_nothing_typed(
    opened, as_rosa, as_theo
):
    address, rosa, theo = opened("an offer")
    as_theo.post(address, data=theo | BESIDE["an offer"])
    answer = as_rosa.post(address, data=rosa | {"seen_was": ""})
    again = Form(answer.text, TABLE["an offer"][3])
    assert again.sent["reward"] == rosa["reward"]
    assert "Theo’s version: <span>a mug of Theo’s</span>" in answer.text


def test_questions_moved_by_one_and_reworded_by_the_other_are_not_mixed(opened, as_rosa, as_theo):
    address, rosa, theo = opened("questions")
    moved = Form(as_theo.post(address, data=theo | {"down": "0"}).text, "prompts/en/quote").sent
    assert as_theo.post(address, data=moved).status_code == 303
    answer = as_rosa.post(address, data=rosa | {"prompts-0-hint": "Rosa’s hint."})
    again = Form(answer.text, "prompts/en/quote").sent
    assert again["prompts-0-hint"] == ["Rosa’s hint."]
    assert again["prompts-0-key"] == rosa["prompts-0-key"]
    assert f"Theo’s version: <span>1. {moved['prompts-0-question'][0]}" in html.unescape(
        answer.text
    )
    untouched = Form(as_rosa.post(address, data=rosa).text, "prompts/en/quote").sent
    assert untouched["prompts-0-key"] == moved["prompts-0-key"]


def test_a_question_moved_after_it_was_reworded_counts_as_typed(opened, as_rosa, as_theo):
    address, rosa, theo = opened("questions")
    as_theo.post(address, data=theo | {"next_step": "Theo reads it."})
    sent = rosa | {"title": "Rosa’s title", "down": "0"}
    moved = Form(as_rosa.post(address, data=sent).text, "prompts/en/quote").sent
    again = Form(as_rosa.post(address, data=moved).text, "prompts/en/quote").sent
    assert again["title"] == ["Rosa’s title"]
    assert again["next_step"] == ["Theo reads it."]
    assert again["prompts-0-key"] == moved["prompts-0-key"]


@pytest.mark.parametrize("what", TABLE)
def test_who_sends_the_same_twice_is_told_nothing_new(opened, as_rosa, saved, what):
    """A second press, or a form sent again for want of an answer: it is done once."""
    address, rosa, _ = opened(what)
    assert as_rosa.post(address, data=rosa).status_code == 303
    done, mails = len(saved(Entry)), len(saved(Message))
    answer = as_rosa.post(address, data=rosa)
    assert answer.status_code == 303
    assert (len(saved(Entry)), len(saved(Message))) == (done, mails)
    page = as_rosa.get(answer.location, follow_redirects=True)
    assert page.status_code == 200
    assert "was faster" not in page.text


@pytest.mark.parametrize("what", TABLE)
def test_who_was_faster_in_another_tab_is_called_you_and_the_page_says_what_happened(
    opened, as_rosa, what
):
    address, rosa, other_tab = opened(what)
    other_tab = other_tab | {"csrf_token": "another tab"} | other(other_tab)
    assert as_rosa.post(address, data=other_tab).status_code == 303
    answer = as_rosa.post(address, data=rosa)
    if answer.status_code == 303:  # decided already, and by herself: nothing is left to say
        return
    assert answer.status_code == 409
    text = html.unescape(answer.text)
    assert re.search(r"You (?:[a-z ]+ it(?: [a-z]+)? at|were faster: )", text), text
    assert "Rosa changed" not in text
    assert "Rosa’s version" not in text
    assert "There is a problem" not in text
    assert re.search(r"<title>\s*You changed this elsewhere meanwhile: ", text)


def test_who_moves_a_lead_twice_by_one_form_reads_where_it_stands(opened, as_rosa, as_theo, saved):
    address, rosa, theo = opened("where a lead stands")
    first = as_rosa.post(address, data=rosa)
    as_rosa.get(first.location)
    answer = as_rosa.post(address, data=rosa)
    assert answer.location == first.location == "/staff/leads/1"
    page = as_rosa.get(answer.location).text
    assert re.search(r"You sent this already, at \d\d:\d\d UTC, and it was done once", page)
    assert saved(Lead)[0].stage == "contacted"
    assert as_theo.post(address, data=theo).status_code == 409  # it was not his
    fresh = Form(as_rosa.get("/staff/leads/1").text, "leads/1/moves").sent
    late = as_rosa.post(address, data=fresh | {"stage": "qualified", "seen": rosa["seen"]})
    assert late.status_code == 409  # another form: hers, from before her own move


def test_of_two_presses_in_the_same_moment_one_moves_the_lead(opened, as_rosa, saved):
    address, rosa, _ = opened("where a lead stands")
    browsers = [as_rosa, copy(as_rosa)]
    answers = at_once(2, lambda number: browsers[number].post(address, data=rosa))
    assert [one.location for one in answers] == ["/staff/leads/1"] * 2
    assert [one.verb for one in saved(Entry) if one.about == "lead:1"].count("contacted") == 1


def copy(browser):
    """The same browser, for the second of two requests at once."""
    other = browser.application.test_client()
    other._cookies = dict(browser._cookies)
    return other


def test_a_second_press_brings_the_way_back_that_the_first_one_had(opened, as_rosa):
    address, rosa, _ = opened("a reward")
    as_rosa.post(address, data=rosa)
    page = as_rosa.get(as_rosa.post(address, data=rosa).location).text
    assert "You sent this already" in page
    assert 'name="items" value="reward:1"' in page


def test_the_print_of_a_form_has_no_password_in_it(app, rosa):
    """What proves who it is may differ, and leaves no trace."""
    marks = set()
    for password in ("one", "two"):
        sent = {"csrf_token": "token", "note": "Hello", "confirm_password": password}
        with app.test_request_context("/staff/leads/1/notes", method="POST", data=sent):
            repeating.note()
            marks.add(db.session.info["post"])
    assert len(marks) == 1


def test_two_who_write_in_the_same_moment_are_told_by_the_database(app, campaign, rosa, act):
    """Where no page looked first, the history of what the flush was about says who."""
    act(lambda: record(db.session.get(Campaign, campaign), "closed", by=queue.boss()))
    sent = {"note": "Please wait for me.", "password": "never shown again"}
    with app.test_request_context("/staff/campaigns/1/pause", method="POST", data=sent):
        mine = db.session.get(Campaign, campaign)
        bump = sa.update(Campaign).values(version=Campaign.version + 1)
        db.session.execute(bump, execution_options={"synchronize_session": False})
        mine.name = "Mine"
        with pytest.raises(StaleDataError) as error:
            db.session.flush()
        answer = web.overtaken(error.value)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert re.search(r"Rosa closed it at [\d:]+ UTC on \d+ \w+\. Nothing was changed", page)
    assert "Please wait for me." in page
    assert "never shown" not in page


def test_what_the_page_put_beside_it_is_not_shown_as_typed(app):
    sent = {
        "note": "Ok", "topic": "", "url": "https://acme.example/7", "seen": "3",
        "kind": "gift-card", "seen_was": "title:ab12 place:99", "confirm_code": "482 913",
        "csrf_token": "x y", "password": "a b", "sentence": "Two words",
    }  # fmt: skip
    with app.test_request_context("/", method="POST", data=sent):
        assert web.typed() == ["Ok", "https://acme.example/7", "Two words"]
