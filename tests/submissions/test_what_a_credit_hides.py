"""Whoever stays anonymous is not asked for what is never shown, and never told it was given."""

import csv
import io
import json
import re
import zipfile
from html import unescape

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pypdf import PdfReader

from portal.campaigns.models import Action
from portal.consent.models import ConsentEvent, Purpose, Receipt
from portal.db import db
from portal.submissions import crediting
from portal.submissions.models import Credit, Submission
from tests.contributing import EVERYTHING
from tests.publishing.conftest import approved, published, the_asset

__all__ = ["approved", "published", "the_asset"]

ASKED = {  # of everybody, and what is left of it for who chooses to be credited so
    "review": ["words", "name", "company", "photo"],
    "quote": ["words", "name", "company", "photo", "sales"],
    "case-study": ["words", "name", "company", "logo", "photo", "sales", "reference"],
    "webinar": ["name", "company", "photo", "recording"],
}
HIDDEN = {
    "full": set(),
    "initials": set(),
    "role": {"photo"},
    "anonymous": {"name", "company", "logo", "photo"},
}
BECAUSE = "you chose to be credited anonymously"
NOT_SHOWN = f"Given, not shown: {BECAUSE}."


def questions(page: str) -> list[str]:
    """The names of the choices on a page, in order."""
    names = re.findall(r'<input[^>]*name="([\w-]+)"[^>]*type="radio"', page)
    return list(dict.fromkeys(names))


@pytest.fixture
def begun(way):
    """Ada’s contribution, up to the page that asks about her."""

    def begun(action: str = "quote"):
        one = way(action)
        one.take("declined")
        one.say_all()
        return one

    return begun


@pytest.fixture
def said(saved):
    """What the newest receipt says now, by purpose."""
    return lambda: {event.purpose.value: event.verdict.value for event in saved(ConsentEvent)}


@pytest.mark.parametrize("wish", HIDDEN)
@pytest.mark.parametrize("action", ASKED)
def test_T23_only_what_the_credit_shows_is_asked(begun, action, wish, said):
    one = begun(action)
    one.introduce(credit=wish)
    left = [name for name in ASKED[action] if name not in HIDDEN[wish]]
    page = one.text("consent")
    assert questions(page) == left
    assert ("We do not ask about" in page) == bool(HIDDEN[wish])
    one.allow(*ASKED[action])  # more than was asked, as a bent form would
    one.send()
    assert said() == dict.fromkeys(left, "given")


def test_T23_who_becomes_anonymous_before_sending_gives_none_of_it(begun, said, saved):
    one = begun()
    one.introduce()
    one.allow("words", "name", "company", "photo")
    assert "Name me, the way I chose" in one.text("check")
    one.introduce(credit="anonymous")
    page = unescape(one.text("check"))
    for label in ("Name me", "Name my company", "Show my photo"):
        assert label not in page
    assert f"Shown without your name, your company and your photo: {BECAUSE}." in page
    one.send()
    assert said() == {"words": "given", "sales": "refused"}


def test_T23_who_is_named_after_all_is_asked_first(begun):
    one = begun()
    one.introduce(credit="anonymous")
    one.allow("words")
    assert one.introduce().location.endswith("/consent")
    answer = one.browser.get(f"{one.url}/check")
    assert answer.location.endswith("/consent")  # nothing is sent unasked
    page = one.text("consent")
    assert questions(page) == ASKED["quote"]
    assert re.findall(r'<input checked[^>]*name="([\w-]+)"', page) == ["words", "sales"]


def test_T25_a_name_written_otherwise_is_asked_about_again_and_nothing_else(begun):
    one = begun()
    one.introduce()
    one.allow("words", "name", "photo")
    one.introduce(credit="initials")
    page = one.text("consent")
    assert "Signed as A. L.;" in page
    kept = re.findall(r'<input checked[^>]*name="([\w-]+)"', page)
    assert kept == ["words", "company", "photo", "sales"]


def test_the_same_credit_once_more_keeps_every_answer(begun):
    one = begun()
    one.introduce()
    one.allow("words", "name")
    one.introduce(job_title="Chief of Operations")
    assert "Check your answers" in one.text("check")


def test_T23_a_draft_from_before_sends_only_what_its_credit_shows(begun, act, said):
    one = begun()
    one.introduce(credit="anonymous")
    one.allow("words")
    older = {"words": True, "name": True, "company": True, "photo": True, "sales": False}
    act(lambda: setattr(db.session.get(Submission, one.id), "choices", older))
    assert "Name me, the way I chose" not in one.text("check")
    one.send()
    assert said() == {"words": "given", "sales": "refused"}


@pytest.mark.parametrize(("wish", "leads"), [("anonymous", "/consent"), ("full", "/me/photo")])
def test_a_photo_is_asked_for_only_where_the_credit_shows_it(begun, wish, leads):
    one = begun()
    answer = one.post("you", relation="none", job_title="Head", credit=wish, photo="1")
    assert leads in answer.location


def test_T28_no_company_is_asked_to_agree_to_being_named_beside_the_anonymous(begun):
    one = begun()
    one.introduce(credit="anonymous")
    one.allow("words", "company")
    one.send()
    assert "The name of Analytical Engines" not in one.text()


# ── Given before, or under another credit ──────────────────────────────────────────────────


@pytest.fixture
def earlier(published, act):
    """Words in public whose author once said yes to everything, and is anonymous now: as rows
    from before this was asked so stand in a database."""

    def earlier(how: Credit = Credit.ANONYMOUS, action: Action = Action.QUOTE, **more) -> str:
        address = published(action, **more)
        act(lambda: setattr(db.session.get(Submission, 1), "credit", how))
        return address

    return earlier


@pytest.fixture
def reference(saved):
    return lambda: saved(Receipt)[0].reference


def test_an_earlier_yes_is_not_called_in_force_on_any_page_of_theirs(earlier, as_ada, reference):
    earlier()
    for path in ("/me/permissions", f"/me/receipts/{reference()}", "/me/submissions/1"):
        page = unescape(as_ada.get(path).text)
        assert page.count("Given, not shown") == 3, path  # name, company, photo
        assert page.count(f"It is not shown: {BECAUSE}.") == 3
        assert page.count("In force") == 2  # the words, and sales decks


def test_who_is_credited_by_role_reads_so_of_the_photo_alone(earlier, as_ada):
    earlier(Credit.ROLE)
    page = unescape(as_ada.get("/me/permissions").text)
    assert page.count("Given, not shown") == 1
    assert "you chose to be credited by job title and company only" in page


def test_T27_the_receipt_on_paper_and_as_data_says_it_too(earlier, as_ada, reference):
    earlier()
    answer = as_ada.get(f"/me/receipts/{reference()}.pdf")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    assert " ".join(text.split()).count(NOT_SHOWN) == 3
    data = as_ada.get(f"/me/receipts/{reference()}.json").json
    assert data["credited"] == "anonymous"
    unshown = {one["purpose"] for one in data["permissions"] if one["not_shown"] == BECAUSE}
    assert unshown == {"name", "company", "photo"}
    with as_ada.get(data["$schema"].removeprefix("http://localhost")) as answer:
        schema = answer.json
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(data)


def test_T23_nobody_says_yes_to_what_is_never_shown(earlier, as_ada, reference, said):
    earlier()
    url = f"/me/permissions/{reference()}/photo"
    as_ada.post(f"{url}/withdrawal")
    page = as_ada.get("/me/permissions").text
    assert f"{url}/grant" not in page
    assert "/me/submissions/1/credit" in page
    assert as_ada.get(f"{url}/grant").status_code == 409
    answer = as_ada.post(f"{url}/grant")
    assert answer.status_code == 409
    assert "Change how you are credited first" in answer.text
    assert said()["photo"] == "withdrawn"


def test_staff_read_it_where_they_decide_and_in_the_record(earlier, as_rosa):
    earlier()
    for path in ("/staff/submissions/1", "/staff/assets/1"):
        page = unescape(as_rosa.get(path).text)
        assert page.count("Given, not shown") == 3, path
        assert page.count("Ada chose to be credited anonymously") == 3


def test_the_coverage_counts_none_of_it(earlier, as_rosa):
    earlier()
    [row] = csv.DictReader(io.StringIO(as_rosa.get("/staff/coverage.csv").text.lstrip("\ufeff")))
    allowed = {name: said for name, said in row.items() if name.endswith(" allowed")}
    assert allowed == {
        "Words allowed": "yes",
        "Name allowed": "no",
        "Company allowed": "no",
        "Photo allowed": "no",
        "Sales allowed": "yes",
    }


def test_the_data_they_take_away_says_it(earlier, as_ada):
    earlier()
    data = as_ada.get("/me/data/everything.json").json
    [receipt] = data["permissions"]
    assert sum(one["not_shown"] == BECAUSE for one in receipt["permissions"]) == 3
    assert data["contributions"][0]["how_you_are_credited"] == "Anonymously"


def test_the_evidence_for_legal_says_it(earlier, as_rosa, reference):
    earlier()
    data = as_rosa.get("/staff/assets/1/evidence.zip").data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        [account] = json.loads(archive.read("account.json"))
        receipt = json.loads(archive.read(f"receipts/{reference()}.json"))
    assert account["credited"] == "anonymously"
    assert sum(one["not_shown"] == BECAUSE for one in receipt["permissions"]) == 3


def test_nothing_of_it_stands_anywhere_the_world_looks(earlier, as_stranger, the_asset):
    address = earlier()
    slug = the_asset().slug
    for path in (
        address,
        "/stories",
        "/",
        f"/verify/{slug}",
        f"/verify/{slug}.json",
        "/embed/stories",
        "/feeds/stories.atom",
        "/feeds/stories.json",
        "/api/public/stories",
        f"/api/public/stories/{slug}",
    ):
        text = as_stranger.get(path).text
        for told in ("Lovelace", "Head of Operations", "Analytical"):
            assert told not in text, path


def test_words_sent_again_say_again_only_what_is_shown(earlier_draft, saved):
    one = earlier_draft()
    one.send()
    again = {event.purpose for event in saved(ConsentEvent) if event.verdict == "reconfirmed"}
    assert again == {Purpose.WORDS, Purpose.SALES}


@pytest.fixture
def earlier_draft(begun, act, as_rosa, saved):
    """Ada said yes to everything, is anonymous now, and is asked for a change."""

    def earlier_draft():
        one = begun()
        one.introduce()
        one.allow(*(purpose.value for purpose in EVERYTHING))
        one.send()
        version = saved(Submission)[0].version
        as_rosa.post(
            f"/staff/submissions/{one.id}/change-request",
            data={"seen": version, "note": "Shorter?"},
        )
        act(lambda: setattr(db.session.get(Submission, one.id), "credit", Credit.ANONYMOUS))
        return one

    return earlier_draft


def test_the_mail_and_the_last_page_of_words_sent_again_say_it(earlier_draft, post_mail, mailroom):
    one = earlier_draft()
    assert unescape(one.text("check")).count(f"Given, not shown: {BECAUSE}") == 3
    one.send()
    post_mail()
    mail = mailroom.text(mailroom.to("ada@analytical.example")[-1])
    assert mail.count(f"yes, not shown: {BECAUSE}") == 3


@pytest.mark.parametrize("how", list(Credit))
def test_what_a_page_draws_and_what_is_asked_agree(how):
    """The table says both, so neither can drift; and nothing but a credit is hidden by one."""
    for purpose in Purpose:
        assert crediting.shows(how, purpose) or purpose in crediting.PARTS
        assert (how in crediting.that_show(purpose)) == crediting.shows(how, purpose)
