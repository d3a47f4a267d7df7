"""Blocks, feeds, cards and data: the same words, label and disclosure, for as long as allowed."""

import html
import json
import re
from io import BytesIO
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa
from PIL import Image

from portal import clock, seeds
from portal.advocates.models import Advocate
from portal.campaigns.models import Action
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.consent.models import Purpose, Statement
from portal.db import db
from portal.embeds import cards
from portal.incentives.models import Choice
from portal.publishing import plain
from portal.submissions.models import Relationship, Submission
from tests.contributing import ANSWERS

WORDS = ANSWERS["words"]
PROMISED = "Acme promised this customer a €25 gift card for taking part."
TIE = "Sells Acme’s products"
PICKED = [
    "/embed/stories",
    "/feeds/stories.atom",
    "/feeds/stories.json",
    "/api/public/stories",
]
REVIEWS = [
    "/embed/reviews",
    "/feeds/reviews.atom",
    "/feeds/reviews.json",
    "/api/public/reviews",
]


def read(client, address) -> str:
    """What a reader of the answer reads, whatever it is made of."""
    answer = client.get(address)
    if answer.is_json or answer.mimetype.endswith("+json"):
        return json.dumps(answer.json, ensure_ascii=False)
    return html.unescape(answer.text)


@pytest.mark.parametrize("address", PICKED)
def test_T10_T2_words_leave_us_with_label_disclosure_and_proof(published, as_stranger, address):
    story = published(choice=Choice.ACCEPTED, relation=Relationship.RESELLER)
    text = read(as_stranger, address)
    slug = story.rpartition("/")[2]
    for part in (WORDS, PROMISED, TIE, "Ada Lovelace", "Analytical Engines", f"/verify/{slug}"):
        assert part in text, part
    assert "Customer quotes chosen by Acme." in text
    assert "http://localhost/reviews" in text


EXPECTED = "What customers generally get, says Acme: Most save a tenth of their time."


@pytest.mark.parametrize("address", ["/stories", "/", *PICKED])
def test_T5_what_customers_generally_get_goes_wherever_the_figures_go(
    published, as_stranger, address
):
    published(
        words="We saved 30% of our time.", expected_results="Most save a tenth of their time."
    )
    text = read(as_stranger, address)
    assert text.count(EXPECTED) >= text.count("We saved 30% of our time.") > 0


def test_T5_it_stands_on_the_card_in_the_preview_and_in_the_proof(
    published, as_stranger, monkeypatch
):
    drawn, part = [], cards.part
    monkeypatch.setattr(cards, "part", lambda *a: drawn.append(a[1]) or part(*a))
    story = published(
        words="We saved 30% of our time.", expected_results="Most save a tenth of their time."
    )
    slug = story.rpartition("/")[2]
    assert as_stranger.get(f"/cards/{slug}.png").status_code == 200
    assert EXPECTED in drawn
    page = html.unescape(as_stranger.get(story).text)
    assert f'<meta property="og:description" content="{EXPECTED} “We saved' in page
    assert EXPECTED in html.unescape(as_stranger.get(f"/verify/{slug}").text)
    assert as_stranger.get(f"/verify/{slug}.json").json["expected_results"] == EXPECTED


@pytest.mark.parametrize("address", REVIEWS)
def test_T10_reviews_leave_us_with_label_disclosure_and_proof(published, as_stranger, address):
    published(Action.REVIEW, choice=Choice.ACCEPTED, relation=Relationship.RESELLER)
    text = read(as_stranger, address)
    for part in (
        ANSWERS["worked"],
        ANSWERS["lacking"],
        TIE,
        "Reward promised: the reviewer was promised",
    ):
        assert part in text, part
    assert "http://localhost/reviews" in text
    assert "chosen" not in text


def test_one_story_as_data_says_all_of_it_in_one_text_too(published, as_stranger):
    story = published(Action.CASE_STUDY, choice=Choice.ACCEPTED, title="Lifts without lists")
    found = as_stranger.get(f"/api/public{story}").json
    assert found["disclosure"] == PROMISED
    assert found["title"] == "Lifts without lists"
    assert found["url"] == f"http://localhost{story}"
    assert found["disclosure"] in found["text"]
    assert found["words"] in found["text"]
    assert as_stranger.get("/api/public/stories/nothing").json == {
        "error": "There are no words at this address."
    }


def test_feeds_can_be_read_by_feed_readers(published, as_stranger):
    published(title="Orders seen at once")
    for kind in ("stories", "reviews"):
        answer = as_stranger.get(f"/feeds/{kind}.atom")
        assert answer.mimetype == "application/atom+xml"
        assert ElementTree.fromstring(answer.data).tag == "{http://www.w3.org/2005/Atom}feed"
        feed = as_stranger.get(f"/feeds/{kind}.json")
        assert feed.mimetype == "application/feed+json"
        assert feed.json["version"] == "https://jsonfeed.org/version/1.1"
    [entry] = as_stranger.get("/feeds/stories.json").json["items"]
    assert entry["title"] == "Orders seen at once (headline by Acme)"


# ── Only what is allowed there, and no longer ──────────────────────────────────────────────


@pytest.fixture
def only_our_pages(act):
    """Ask for a permission as people were asked before: for our pages, and nowhere else."""

    def only_our_pages(purpose: Purpose) -> None:
        newest = sa.select(Statement).where(Statement.purpose == purpose)
        last = db.session.scalars(newest.order_by(Statement.version.desc())).first()
        item = {
            "purpose": purpose.value,
            "label": last.label,
            "detail": "On the stories pages, and nowhere else.",
            "channels": ["web"],
            "months": 24,
        }
        sha256 = seeds.digest(item)
        number = last.version + 1
        db.session.add(Statement(**item, language="en", version=number, sha256=sha256))

    return lambda purpose: act(lambda: only_our_pages(purpose))


def test_T25_a_yes_to_our_pages_alone_goes_nowhere_else(only_our_pages, published, as_stranger):
    only_our_pages(Purpose.WORDS)
    story = published()
    assert WORDS in read(as_stranger, story)
    for address in PICKED:
        assert WORDS not in read(as_stranger, address)
        assert "Ada" not in read(as_stranger, address)
    slug = story.rpartition("/")[2]
    assert as_stranger.get(f"/api/public/stories/{slug}").status_code == 410
    assert as_stranger.get(f"/cards/{slug}.png").status_code == 410
    assert "og:" not in as_stranger.get(story).text


@pytest.mark.parametrize("how", ["withdrawn", "left", "restricted"])
def test_T26_what_ends_is_gone_from_all_of_them_with_the_next_request(
    published, as_stranger, act, ada, saved, how
):
    story = published()
    slug = story.rpartition("/")[2]

    def end():
        person = db.session.get(Advocate, ada)
        if how == "left":
            person.left_at = clock.now()
        elif how == "restricted":
            person.restricted_at = clock.now()
        else:
            receipt = db.session.scalars(sa.select(Submission)).one().receipt
            consent.withdraw(receipt, Purpose.WORDS, by=person, circumstances=Circumstances())

    before = {address: as_stranger.get(address).headers["ETag"] for address in PICKED}
    act(end)
    for address, tag in before.items():
        answer = as_stranger.get(address, headers={"If-None-Match": tag})
        assert answer.status_code == 200
        assert WORDS not in read(as_stranger, address)
        assert "Ada" not in read(as_stranger, address)
    assert as_stranger.get(f"/api/public/stories/{slug}").status_code == 410
    assert as_stranger.get(f"/cards/{slug}.png").status_code == 410


def test_T23_a_name_taken_back_is_off_them_and_the_words_stay(
    published, as_stranger, act, ada, saved
):
    published()

    def withdraw():
        receipt = db.session.scalars(sa.select(Submission)).one().receipt
        person = db.session.get(Advocate, ada)
        consent.withdraw(receipt, Purpose.NAME, by=person, circumstances=Circumstances())

    act(withdraw)
    for address in PICKED:
        assert "Ada" not in read(as_stranger, address)
        assert WORDS in read(as_stranger, address)


@pytest.mark.parametrize("address", [*PICKED, *REVIEWS])
def test_T26_a_copy_may_be_kept_for_half_a_minute_and_sets_no_cookie(
    published, as_stranger, address
):
    published()
    answer = as_stranger.get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=30"
    assert answer.headers["ETag"]
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_only_a_block_may_stand_in_a_frame(published, as_stranger, app):
    story = published()
    for address in ("/embed/stories", "/embed/nothing"):
        headers = as_stranger.get(address).headers
        assert "frame-ancestors *" in headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in headers
    for address in (story, "/", "/api/public/stories", "/feeds/stories.atom", "/staff/sign-in"):
        headers = as_stranger.get(address).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], address
        assert headers["X-Frame-Options"] == "DENY"


def test_T18_a_block_of_reviews_gives_the_average_of_all(published, as_stranger):
    published(Action.REVIEW, rating=2)
    text = as_stranger.get("/embed/reviews").text
    assert "2.0" in text
    assert "average of the 1 review so far" in text


# ── Blocks staff put together ──────────────────────────────────────────────────────────────


@pytest.fixture
def block(as_rosa):
    """A new block; its address on the staff side."""
    return as_rosa.post("/staff/blocks", data={"title": "For the pricing page"}).location


def test_T18_staff_pick_quotes_in_their_order_and_the_block_says_so(
    block, published, as_rosa, as_stranger, saved, act, invitation, campaign
):
    from portal.embeds.models import Block
    from portal.publishing.models import Asset
    from tests.contributing import invited

    published(title="First")
    published(invitation_id=act(lambda: invited(campaign, 2)), title="Second", words="Other words.")
    address = f"/embed/{saved(Block)[0].slug}"
    assert "Nothing to read here at present" in as_stranger.get(address).text
    first, second = (asset.id for asset in saved(Asset))
    for asset in (first, second, second):
        assert as_rosa.post(f"{block}/picks", data={"asset": asset}).status_code == 303
    text = read(as_stranger, address)
    assert text.index(WORDS) < text.index("Other words.")
    as_rosa.post(f"{block}/picks/{second}/place", data={"seen": "2"})  # clicked a second time
    text = read(as_stranger, address)
    assert text.index(WORDS) < text.index("Other words.")
    as_rosa.post(f"{block}/picks/{second}/place", data={"seen": "1"})
    text = read(as_stranger, address)
    assert text.index("Other words.") < text.index(WORDS)
    assert "Customer quotes chosen by Acme." in text
    assert "All reviews:" in text
    as_rosa.post(f"{block}/picks/{second}/removal")
    assert "Other words." not in read(as_stranger, address)
    items = as_stranger.get(f"/api/public/blocks/{saved(Block)[0].slug}").json["items"]
    assert [item["title"] for item in items] == ["First"]
    as_rosa.post(f"{block}/removal")
    assert as_stranger.get(address).status_code == 404


def test_T18_nobody_picks_among_reviews(block, published, as_rosa, saved):
    from portal.publishing.models import Asset

    published(Action.REVIEW)
    answer = as_rosa.post(f"{block}/picks", data={"asset": saved(Asset)[0].id})
    assert answer.status_code == 409
    assert "Nobody picks among reviews" in answer.text


def test_a_block_without_a_title_is_not_made_and_says_why(as_rosa):
    answer = as_rosa.post("/staff/blocks", data={"title": " "})
    assert answer.status_code == 422
    assert "Enter a title" in answer.text


def test_a_title_cannot_break_out_of_the_code_to_paste(as_rosa, as_stranger, saved):
    from portal.embeds.models import Block

    where = as_rosa.post("/staff/blocks", data={"title": '"><script>alert(1)</script>'}).location
    code = re.search(r'id="paste" value="([^"]*)"', as_rosa.get(where).text)[1]
    assert "<script>" not in html.unescape(code)
    assert "<script>alert" not in as_stranger.get(f"/embed/{saved(Block)[0].slug}").text


# ── Pictures and previews ──────────────────────────────────────────────────────────────────


def test_T10_the_card_is_drawn_from_the_lines_that_hold_label_and_disclosure(
    published, as_stranger, monkeypatch
):
    drawn = []
    part = cards.part
    monkeypatch.setattr(cards, "part", lambda *a: drawn.append(a[1]) or part(*a))
    story = published(choice=Choice.ACCEPTED, relation=Relationship.RESELLER)
    answer = as_stranger.get(f"/cards/{story.rpartition('/')[2]}.png")
    assert answer.mimetype == "image/png"
    assert Image.open(BytesIO(answer.data)).size == (1200, 630)
    assert {PROMISED, TIE, f"“{WORDS}”"} <= set(drawn)


def item(words: str) -> dict:
    return {
        "words": words,
        "relationship_label": TIE,
        "disclosure": PROMISED,
        "expected_results": "",
        "credit": {"name": "Zoë Łukasz", "title": None, "company": None, "fallback": "A customer"},
        "verify_url": "/verify/x",
    }


def test_T3_a_card_grows_with_the_words_and_never_cuts_them(app):
    with app.app_context():
        assert Image.open(BytesIO(cards.draw(item("Grüße. " * 60)))).size[1] > 630
        for undrawable in ("word " * 2_000, "非常に良い"):
            with pytest.raises(cards.NotFound):
                cards.draw(item(undrawable))


def test_T10_a_share_preview_carries_the_disclosure_first(published, as_stranger):
    story = published(choice=Choice.ACCEPTED)
    page = html.unescape(as_stranger.get(story).text)
    assert f'<meta property="og:description" content="{PROMISED} “{WORDS}”">' in page
    assert f"http://localhost/cards/{story.rpartition('/')[2]}.png" in page


def test_T25_a_share_preview_is_signed_as_other_sites_may(only_our_pages, published, as_stranger):
    """Who agreed to an older wording may have allowed their name on our pages only."""
    only_our_pages(Purpose.NAME)
    page = html.unescape(as_stranger.get(published()).text)
    assert "<title>A quote from Ada Lovelace · Acme</title>" in page
    assert '<meta property="og:title" content="A quote from Analytical Engines">' in page
    assert '<meta property="og:description"' in page


def test_T10_there_is_one_function_for_words_in_plain_text(app):
    """Feeds, data, cards and previews take their words from ``plain``: it puts the rest beside."""
    with app.app_context():
        kinds = [kind for kind, _ in plain.lines(item("Good."))]
    assert kinds == [plain.TIE, plain.WORDS, plain.CREDIT, plain.DISCLOSURE, plain.CHECK]
