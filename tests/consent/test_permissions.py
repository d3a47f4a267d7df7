"""What was allowed, seen and changed by the person who allowed it."""

import io
import re

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pypdf import PdfReader

from portal.advocates.models import Advocate
from portal.consent import queries
from portal.consent.models import ConsentEvent, Receipt, Verdict
from portal.db import db
from portal.links import actions as links
from portal.links.models import Kind, Link
from tests.submissions.way import Way


@pytest.fixture
def receipt(as_ada, invitation, saved) -> str:
    """The reference of a quote’s receipt: yes to words and name, no to the rest."""
    Way(as_ada, invitation, "quote").prepare("words", "name").send()
    return saved(Receipt)[0].reference


@pytest.fixture
def by_link(app, receipt):
    """The path of the link in the receipt’s mail."""
    with app.test_request_context():
        url = links.mint(Kind.RECEIPT, db.session.get(Receipt, 1))
        db.session.commit()
    return url.removeprefix("http://localhost")


@pytest.fixture
def standing(app):
    def standing() -> dict[str, str]:
        with app.app_context():
            folded = queries.state(db.session.get(Receipt, 1))
            return {purpose.value: permission.standing for purpose, permission in folded.items()}

    return standing


ASKED = {"words": "given", "name": "given", "company": "refused", "photo": "refused"}
ASKED |= {"sales": "refused"}


def test_T23_no_choice_is_made_beforehand_and_no_weighs_as_much_as_yes(as_ada, invitation):
    one = Way(as_ada, invitation, "quote")
    one.take()
    one.say_all()
    one.introduce()
    page = one.text("consent")
    assert page.count('type="radio"') == 2 * 5
    assert page.count('value="yes"') == page.count('value="no"') == 5
    assert "checked" not in page
    assert "Signed as Ada Lovelace, Head of Operations" in page
    assert "A yes lasts until" in page
    assert "Saying no costs you nothing." in page


def test_T23_what_is_not_answered_is_a_no(receipt, standing):
    assert standing() == ASKED


def test_T24_an_event_holds_what_proof_needs_and_no_raw_address(receipt, saved):
    event = saved(ConsentEvent)[0]
    assert event.verdict is Verdict.GIVEN
    assert event.channels == ["web", "embed"]
    assert event.until > event.at
    assert len(event.text_sha256) == len(event.ip_hash) == 64
    assert event.offer["reward"] == "a €25 gift card"
    assert event.offer["choice"] == "accepted"
    assert "127.0.0.1" not in str(vars(event))


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        ("Mozilla/5.0 (iPhone) AppleWebKit/605 FxiOS/140.0 Mobile/15E148 Safari/605", "Firefox"),
        ("Mozilla/5.0 (iPhone) AppleWebKit/605 CriOS/140.0 Mobile/15E148 Safari/604", "Chrome"),
        ("curl/8", "other"),
    ],
)
def test_T24_of_the_browser_its_family_is_kept(as_ada, receipt, saved, agent, family):
    url = f"/me/permissions/{receipt}/name/withdrawal"
    as_ada.post(url, headers={"User-Agent": agent})
    assert saved(ConsentEvent)[-1].user_agent == family


def test_every_permission_is_listed_with_its_wording_and_end(as_ada, receipt):
    page = as_ada.get("/me/permissions").text
    assert receipt in page
    assert "exactly as I wrote them, on Acme’s web pages" in page
    assert page.count("You said yes") == 2
    assert page.count("You said no") == 3
    assert page.count("it lasts until") == 2


def test_nobody_who_was_asked_nothing_finds_an_empty_list_puzzling(as_charlie, receipt):
    page = as_charlie.get("/me/permissions").text
    assert "You have given no permissions" in page
    assert receipt not in page


def test_T26_withdrawing_is_a_page_then_a_button(as_ada, receipt, standing):
    url = f"/me/permissions/{receipt}/name/withdrawal"
    assert url in as_ada.get("/me/permissions").text
    assert "Withdraw this permission?" in as_ada.get(url).text
    assert standing() == ASKED
    assert as_ada.post(url).status_code == 303
    assert standing() == ASKED | {"name": "withdrawn"}


def test_withdrawing_twice_is_one_event(as_ada, receipt, saved):
    for _ in range(2):
        as_ada.post(f"/me/permissions/{receipt}/name/withdrawal")
    assert [e.verdict for e in saved(ConsentEvent)].count(Verdict.WITHDRAWN) == 1


def test_a_no_can_become_a_yes_and_back(as_ada, receipt, standing):
    url = f"/me/permissions/{receipt}/company"
    assert "Analytical Engines, as plain text" in as_ada.get(f"{url}/grant").text
    as_ada.post(f"{url}/grant")
    assert standing()["company"] == "given"
    as_ada.post(f"{url}/withdrawal")
    assert standing()["company"] == "withdrawn"


def test_all_can_be_withdrawn_at_once(as_ada, receipt, standing):
    url = f"/me/permissions/{receipt}/withdrawal"
    assert "Withdraw every permission?" in as_ada.get(url).text
    as_ada.post(url)
    assert standing() == ASKED | {"words": "withdrawn", "name": "withdrawn"}


def test_a_permission_ends_by_itself(as_ada, receipt, standing, wait, browser_of, ada):
    wait(days=800)
    assert standing() == ASKED | {"words": "expired", "name": "expired"}
    assert "Your yes ended" in browser_of(advocate=ada).get("/me/permissions").text


def test_a_stranger_can_neither_read_nor_change_a_receipt(as_charlie, receipt, standing):
    ways = ["words/withdrawal", "words/grant", "withdrawal"]
    urls = [f"/me/permissions/{receipt}/{way}" for way in ways]
    assert {as_charlie.get(url).status_code for url in urls} == {404}
    assert {as_charlie.post(url).status_code for url in urls} == {404}
    for url in (f"/me/receipts/{receipt}", f"/me/receipts/{receipt}.json"):
        assert as_charlie.get(url).status_code == 404
    assert standing() == ASKED


@pytest.mark.parametrize("purpose", ["recording", "nonsense"])
def test_what_this_receipt_never_asked_is_not_found(as_ada, receipt, purpose):
    url = f"/me/permissions/{receipt}/{purpose}"
    assert as_ada.post(f"{url}/grant").status_code == 404
    assert as_ada.post(f"{url}/withdrawal").status_code == 404


# ── The receipt ────────────────────────────────────────────────────────────────────────────


def test_T27_the_receipt_shows_every_purpose_its_wording_and_the_way_out(as_ada, receipt):
    page = as_ada.get(f"/me/receipts/{receipt}").text
    assert "Acme, 1 Main Street, Springfield" in page
    assert page.count("You said no") == 3
    assert f"/me/permissions/{receipt}/withdrawal" in page
    assert "en@1" in page


def test_T27_the_receipt_as_data_has_the_same(as_ada, receipt, saved):
    data = as_ada.get(f"/me/receipts/{receipt}.json").json
    assert data["receipt"] == receipt
    assert data["controller"]["name"] == "Acme"
    said = {one["purpose"]: one["standing"] for one in data["permissions"]}
    assert said == ASKED
    (given,) = data["permissions"][0]["events"]
    event = saved(ConsentEvent)[0]
    assert given["hash"] == event.hash
    assert len(given["wording"]["sha256"]) == 64
    assert given["wording"]["version"] == "en@1"
    assert data["withdraw"]["url"] == "http://localhost/me/permissions"


def test_T27_the_receipt_as_data_is_what_its_published_schema_says(as_ada, as_stranger, receipt):
    as_ada.post(f"/me/permissions/{receipt}/name/withdrawal")
    data = as_ada.get(f"/me/receipts/{receipt}.json").json
    with as_stranger.get(data["$schema"].removeprefix("http://localhost")) as answer:
        published = answer.json
    Draft202012Validator.check_schema(published)
    checker = Draft202012Validator(published, format_checker=FormatChecker())
    checker.validate(data)
    for name in published["required"]:
        lacking = {key: value for key, value in data.items() if key != name}
        assert not checker.is_valid(lacking), name
    for told in ({**data, "mood": "glad"}, {**data, "person": {**data["person"], "mood": "glad"}}):
        assert not checker.is_valid(told)  # what it does not name, a receipt does not hold
    assert data["record_id"] == receipt
    assert data["pii_controllers"][0]["contact"] == "hello@acme.example"


def test_T27_the_receipt_to_keep_says_every_yes_and_no_in_any_script(
    app, act, as_ada, as_stranger, as_charlie, by_link, receipt, ada
):
    def rename():
        person = db.session.get(Advocate, ada)
        person.first_name, person.last_name = "李明 Łukasz", "山田ゆき Анна #strong[x] $y$"

    act(rename)
    answer = as_ada.get(f"/me/receipts/{receipt}.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data == as_ada.get(f"/me/receipts/{receipt}.pdf").data
    read = PdfReader(io.BytesIO(answer.data))
    text = " ".join(page.extract_text() for page in read.pages)
    text = " ".join(text.split())
    assert "李明 Łukasz 山田ゆき Анна #strong[x] $y$" in text
    assert text.count("Refused.") == 3
    assert text.count("Given.") == 2
    assert "Until" in text
    for line in ("Words: given", "Name: given", "Photo: refused"):
        assert line in text  # the history of it
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert read.trailer["/Root"]["/Lang"] == "en"
    fonts = read.pages[0]["/Resources"]["/Font"].values()
    for font in fonts:
        assert "/FontFile" in str(font.get_object()["/DescendantFonts"][0]["/FontDescriptor"])
    assert as_stranger.get(f"{by_link}/receipt.pdf").data.startswith(b"%PDF")
    assert as_charlie.get(f"/me/receipts/{receipt}.pdf").status_code == 404


def test_a_sign_in_no_font_still_makes_a_receipt(act, as_ada, receipt, ada):
    act(lambda: setattr(db.session.get(Advocate, ada), "last_name", "\U0001d800"))
    assert as_ada.get(f"/me/receipts/{receipt}.pdf").data.startswith(b"%PDF")


def test_my_permissions_lead_to_all_three_forms_of_each_receipt(as_ada, receipt):
    page = as_ada.get("/me/permissions").text
    for ending in ("", ".json", ".pdf"):
        assert f'href="/me/receipts/{receipt}{ending}"' in page


# ── By the link in the mail ────────────────────────────────────────────────────────────────


def test_T26_the_link_in_the_receipt_withdraws_without_signing_in(
    as_stranger, by_link, standing, saved
):
    page = as_stranger.get(by_link).text
    assert "Withdraw" in page
    way_out = re.search(r'href="(/c/[^"]+purpose=name)"', page)[1]
    assert "Withdraw this permission?" in as_stranger.get(way_out).text
    assert standing() == ASKED
    answer = as_stranger.post(f"{by_link}/withdrawal", data={"purpose": "name"})
    assert answer.status_code == 303
    assert standing() == ASKED | {"name": "withdrawn"}
    as_stranger.post(f"{by_link}/withdrawal")
    assert standing() == ASKED | {"name": "withdrawn", "words": "withdrawn"}
    assert saved(Link)[-1].used_at


def test_T37_scanners_that_follow_every_link_change_nothing(as_stranger, by_link, standing, saved):
    for _ in range(3):
        for url in (by_link, f"{by_link}/withdrawal", f"{by_link}/withdrawal?purpose=name"):
            assert as_stranger.get(url).status_code == 200
            assert as_stranger.head(url).status_code == 200
    assert as_stranger.get(f"{by_link}/receipt.json").json["permissions"]
    assert standing() == ASKED
    assert saved(Link)[-1].used_at is None


def test_a_link_of_another_kind_or_a_bent_one_opens_no_receipt(app, as_stranger, by_link, ada):
    with app.test_request_context():
        from portal.advocates.models import Advocate

        stop = links.mint(Kind.STOP, db.session.get(Advocate, ada))
        db.session.commit()
    token = stop.rpartition("/")[2]
    for url in (f"/c/{token}", by_link[:-5], "/c/nothing"):
        assert as_stranger.get(url).status_code == 404
        assert as_stranger.post(f"{url}/withdrawal").status_code == 404


def test_the_receipt_page_by_link_offers_no_yes(as_stranger, by_link):
    assert "/grant" not in as_stranger.get(by_link).text
