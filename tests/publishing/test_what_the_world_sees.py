"""Public pages: only what is permitted now, credited as far as allowed, rewards always said."""

import html
import re

import pytest
import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns.models import Action
from portal.config import settings
from portal.consent import actions as consent
from portal.consent import queries as permissions
from portal.consent.actions import Circumstances
from portal.consent.models import Purpose
from portal.db import db
from portal.incentives.models import Choice
from portal.media import storage
from portal.media.models import Photo
from portal.publishing.grounds import FOR_REVIEWS
from portal.staff.models import Staff
from portal.statements import actions as statements
from portal.submissions import actions as submissions
from portal.submissions.models import Relationship, Submission
from tests.contributing import ANSWERS, EVERYTHING, invited

WORDS = ANSWERS["words"]
KEY = "ab" * 16
PROMISED = "Acme promised this customer a €25 gift card for taking part."
DRAWN = r'<(?:figure|article) class="gw-(?:quote|review|tale).*?</(?:figure|article)>'
FOR_REVIEW = "Reward promised: the reviewer was promised a €25 gift card for leaving a review"


def read(client, address) -> str:
    return html.unescape(client.get(address).text)


def test_a_fresh_portal_says_what_will_appear(as_stranger):
    for address in ("/", "/stories", "/reviews", "/reviews/how"):
        answer = as_stranger.get(address)
        assert answer.status_code == 200
    assert "Nothing to read yet" in as_stranger.get("/").text
    assert "No reviews yet" in as_stranger.get("/reviews").text


def test_published_words_stand_exactly_as_written(published, as_stranger):
    address = published()
    for page in ("/", "/stories", address):
        assert WORDS in read(as_stranger, page)


def test_T26_words_taken_back_are_gone_with_the_next_request(
    published, as_stranger, act, ada, saved
):
    address = published()

    def withdraw():
        receipt = db.session.get(Submission, saved(Submission)[0].id).receipt
        person = db.session.get(Advocate, ada)
        consent.withdraw(receipt, Purpose.WORDS, by=person, circumstances=Circumstances())

    before = as_stranger.get("/stories")
    act(withdraw)
    after = as_stranger.get("/stories", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    for page in ("/", "/stories", "/reviews", address):
        assert WORDS not in read(as_stranger, page)
        assert "Ada" not in read(as_stranger, page)
    gone = as_stranger.get(address)
    assert gone.status_code == 410
    assert "no longer shown" in gone.text


def test_a_contribution_taken_back_whole_is_gone_too(published, as_stranger, act, ada, saved):
    published(Action.REVIEW)
    assert ANSWERS["worked"] in read(as_stranger, "/reviews")

    def withdraw():
        submission = db.session.get(Submission, saved(Submission)[0].id)
        submissions.withdraw(
            submission, by=db.session.get(Advocate, ada), circumstances=Circumstances()
        )

    act(withdraw)
    assert ANSWERS["worked"] not in read(as_stranger, "/reviews")


def test_T6_words_of_a_customer_who_left_are_off_the_page(published, as_stranger, act, ada):
    address = published()

    def leave():
        db.session.get(Advocate, ada).left_at = clock.now()

    act(leave)
    assert as_stranger.get(address).status_code == 410
    assert WORDS not in read(as_stranger, "/")


def test_T6_words_not_confirmed_for_a_year_are_off_until_they_are(
    published, as_stranger, act, ada, saved, wait
):
    address = published()
    wait(days=364)
    assert as_stranger.get(address).status_code == 200
    wait(days=2)
    assert as_stranger.get(address).status_code == 410

    def confirm():
        receipt = db.session.get(Submission, saved(Submission)[0].id).receipt
        consent.reconfirm(receipt, by=db.session.get(Advocate, ada), circumstances=Circumstances())

    act(confirm)
    assert as_stranger.get(address).status_code == 200


@pytest.fixture
def with_photo(act, ada):
    def add():
        file = storage.directory(settings()) / KEY[:2] / KEY
        file.parent.mkdir(parents=True)
        file.write_bytes(b"a picture")
        photo = Photo(key=KEY, width=200, height=200, sha256="0" * 64)
        db.session.add(photo)
        db.session.flush()
        db.session.get(Advocate, ada).photo_id = photo.id

    act(add)


@pytest.mark.parametrize("action", [Action.QUOTE, Action.CASE_STUDY])
def test_no_character_of_theirs_is_another_one_on_a_page(
    published, as_stranger, as_rosa, saved, action
):
    said = "In 3 days we were at 96 %, and “nobody” - not one - waits 2 hours."
    row = {"metric": "On time", "before": "81 %", "after": "24 hours", "period": "", "how": ""}
    address = published(action, words=said, problem=said, results=[row])
    theirs = [said] if action is Action.QUOTE else [said, "81 %", "24 hours"]
    for page in (
        read(as_stranger, address),
        read(as_rosa, f"/staff/submissions/{saved(Submission)[0].id}"),
    ):
        for words in theirs:
            assert words in page


PARTS = [
    (Purpose.NAME, ["Ada Lovelace", "Head of Operations"]),
    (Purpose.COMPANY, ["Analytical Engines"]),
    (Purpose.PHOTO, ["/media/" + KEY]),
]


@pytest.mark.parametrize("action", [Action.QUOTE, Action.CASE_STUDY, Action.REVIEW])
@pytest.mark.parametrize(("purpose", "parts"), PARTS)
def test_T23_each_part_of_the_credit_needs_its_own_yes(
    published, as_stranger, with_photo, action, purpose, parts
):
    address = published(action, allows=EVERYTHING - {purpose})
    for page in ("/", "/stories", address):
        assert not any(part in read(as_stranger, page) for part in parts)


@pytest.fixture
def lasts(act, rosa):
    """Have a permission last so many months for whoever is asked from now on."""

    def lasts(purpose: Purpose, months: int) -> None:
        def reword():
            now = permissions.statement(purpose)
            said = {"label": now.label, "detail": now.detail, "months": months}
            by = db.session.get(Staff, rosa)
            statements.reword(now, **said, seen=now.version, by=by)

        act(reword)

    return lasts


@pytest.mark.parametrize(("purpose", "parts"), PARTS)
def test_T6_each_part_of_the_credit_is_gone_when_its_own_yes_runs_out(
    published, as_stranger, with_photo, lasts, wait, purpose, parts
):
    lasts(purpose, 6)
    address = published()
    pages = ("/", "/stories", address, f"/verify/{address.rpartition('/')[2]}")
    assert all(part in read(as_stranger, address) for part in parts)
    wait(days=185)
    for page in pages:
        assert as_stranger.get(page).status_code == 200
        assert not any(part in read(as_stranger, page) for part in parts), page


def test_T6_words_are_gone_when_their_yes_runs_out_though_the_year_is_not_over(
    published, as_stranger, lasts, wait
):
    lasts(Purpose.WORDS, 6)
    address = published()
    wait(days=181)
    assert as_stranger.get(address).status_code == 200
    wait(days=4)
    assert as_stranger.get(address).status_code == 410
    for page in ("/", "/stories", "/feeds/stories.json", "/api/public/stories"):
        assert WORDS not in read(as_stranger, page), page


@pytest.mark.parametrize("action", [Action.QUOTE, Action.CASE_STUDY, Action.REVIEW])
@pytest.mark.parametrize(("purpose", "parts"), PARTS)
def test_T23_one_yes_shows_that_part_and_no_other(
    published, as_stranger, with_photo, action, purpose, parts
):
    address = published(action, allows={Purpose.WORDS, purpose})
    page = read(as_stranger, address)
    assert all(part in page for part in parts)
    for other, hidden in PARTS:
        assert other is purpose or not any(part in page for part in hidden)


@pytest.mark.parametrize(
    ("alt", "without", "told"),
    [
        ("In front of the workshop", set(), True),
        ("Ada in front of the workshop", set(), True),
        ("Ada in front of the workshop", {Purpose.NAME}, False),  # it would tell who it is
        ("The yard of Analytical Engines", {Purpose.COMPANY}, False),
    ],
)
def test_a_photo_says_what_it_shows_in_the_words_of_its_owner(
    published, as_stranger, with_photo, act, saved, alt, without, told
):
    act(lambda: setattr(db.session.scalars(sa.select(Photo)).one(), "alt", alt))
    published(Action.QUOTE, allows=set(Purpose) - without)
    page = as_stranger.get("/stories").text
    assert f'/media/{KEY}.webp" alt="{alt if told else ""}"' in page


def test_T7_a_photo_is_public_only_while_permitted_words_show_it(
    published, as_stranger, as_rosa, with_photo, act, ada, saved
):
    photo = f"/media/{KEY}.webp"
    assert as_stranger.get(photo).status_code == 404
    published()
    answer = as_stranger.get(photo)
    assert (answer.data, answer.mimetype) == (b"a picture", "image/webp")
    assert "must-revalidate" in answer.headers["Cache-Control"]
    assert as_rosa.get("/staff/submissions/1/photo.webp").data == b"a picture"

    def withdraw():
        receipt = db.session.get(Submission, saved(Submission)[0].id).receipt
        person = db.session.get(Advocate, ada)
        consent.withdraw(receipt, Purpose.PHOTO, by=person, circumstances=Circumstances())

    act(withdraw)
    assert as_stranger.get(photo).status_code == 404
    assert as_rosa.get("/staff/submissions/1/photo.webp").status_code == 404


@pytest.mark.parametrize("action", [Action.QUOTE, Action.CASE_STUDY, Action.REVIEW])
def test_T10_the_reward_is_said_wherever_the_words_are(published, as_stranger, action):
    address = published(action, choice=Choice.ACCEPTED)
    said = FOR_REVIEW if action is Action.REVIEW else PROMISED
    lists = {"/", "/reviews"} if action is Action.REVIEW else {"/", "/stories"}
    for page in lists | {address}:
        drawn = re.findall(DRAWN, read(as_stranger, page), re.DOTALL)
        assert drawn, page
        assert all(said in words for words in drawn), page


def test_T10_no_template_draws_words_but_with_the_macros_that_say_the_reward(app):
    """The words of an item are touched only where the disclosure is drawn beside them."""
    for name in app.jinja_env.list_templates(filter_func=lambda n: n.startswith("publishing/")):
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
        if "item.words" in source or "section.words" in source:
            assert "quote.disclosure(item)" in source, name
            assert "quote.relationship(item)" in source, name


def test_a_declined_reward_is_not_claimed(published, as_stranger):
    address = published(choice=Choice.DECLINED)
    assert "gift card" not in read(as_stranger, "/stories")
    assert "None was taken." in read(as_stranger, address)


@pytest.mark.parametrize("action", [Action.QUOTE, Action.CASE_STUDY, Action.REVIEW])
def test_T2_a_tie_to_us_stands_before_the_words(published, as_stranger, action):
    address = published(action, relation=Relationship.RESELLER)
    page = read(as_stranger, address)
    first = {Action.QUOTE: WORDS, Action.CASE_STUDY: ANSWERS["situation"]}
    assert page.index("Sells Acme’s products") < page.index(first.get(action, ANSWERS["worked"]))


def test_T3_a_cut_is_marked_and_the_whole_is_one_link_away(published, as_stranger):
    address = published(excerpt="We would choose it again.")
    page = read(as_stranger, "/stories")
    assert "… We would choose it again. …" in page
    assert f'href="{address}"' in page
    assert WORDS in read(as_stranger, address)


def test_T3_an_excerpt_changed_behind_our_back_is_not_shown(published, as_stranger, act, the_asset):
    published(excerpt="We would choose it again.")

    def tamper():
        db.session.merge(the_asset()).excerpt = "We would choose it again!"

    act(tamper)
    assert "choose it again" not in read(as_stranger, "/stories")


def test_a_story_is_told_whole_with_its_results(published, as_stranger):
    address = published(Action.CASE_STUDY, title="Sixty calls became fourteen")
    page = read(as_stranger, address)
    assert "sixty-calls-became-fourteen" in address
    for key in ("situation", "problem", "why", "change", "advice"):
        assert ANSWERS[key] in page
    assert "counted by the phone system" in page
    assert "<strong>14</strong>" in page


def test_answers_asked_in_private_stay_private(published, as_stranger):
    address = published()
    assert ANSWERS["use"] not in read(as_stranger, address)


def test_T18_reviews_are_all_there_newest_first_under_their_true_average(
    published, as_stranger, act, campaign
):
    for number, rating in enumerate([5, 1, 4]):
        invitation_id = act(lambda number=number: invited(campaign, number))
        published(
            Action.REVIEW, invitation_id=invitation_id, rating=rating, headline=f"Review {number}"
        )
    page = read(as_stranger, "/reviews")
    assert [int(n) for n in re.findall(r"Review (\d)</h", page)] == [2, 1, 0]
    assert "3.3" in page
    assert "average of all 3 reviews" in page
    for sort in ("?sort=rating", "?rating=5", "?order=best"):
        assert read(as_stranger, "/reviews" + sort) == page


def test_T18_reviews_go_on_page_by_page_and_none_is_lost(
    published, as_stranger, act, campaign, monkeypatch
):
    monkeypatch.setattr("portal.publishing.queries.reviews.__kwdefaults__", {
        "before": "", "after": "", "size": 2, "channel": None})  # fmt: skip
    for number in range(5):
        invitation_id = act(lambda number=number: invited(campaign, number))
        published(Action.REVIEW, invitation_id=invitation_id, headline=f"Review {number}")
    seen, address = [], "/reviews"
    while address:
        page = read(as_stranger, address)
        seen += re.findall(r"Review (\d)</h", page)
        assert "average of all 5 reviews" in page
        older = re.search(r'href="([^"]+)">Older', page)
        address = older and older[1]
    assert seen == ["4", "3", "2", "1", "0"]
    newer = re.search(r'href="([^"]+)">(?:<span[^>]*>[^<]*</span>)?Newer', page)[1]
    assert re.findall(r"Review (\d)</h", read(as_stranger, newer)) == ["2", "1"]


def test_T21_nothing_is_marked_up_as_a_rating_for_search_engines(published, as_stranger):
    published(Action.REVIEW)
    for page in ("/", "/reviews"):
        text = as_stranger.get(page).text
        assert "ld+json" not in text
        assert "itemprop" not in text
        assert "AggregateRating" not in text


def test_T20_how_reviews_work_names_the_grounds_the_code_knows(as_stranger, offer):
    page = read(as_stranger, "/reviews/how")
    for ground in FOR_REVIEWS:
        assert ground.sentence in page
    assert "a €25 gift card" in page
    assert "within 10 working days" in page
    assert "We have no place to show it" not in page


def test_T20_each_review_says_what_verified_means(published, as_stranger):
    published(Action.REVIEW)
    assert (
        "Verified customer: invited by Acme at the mail address of their company account, "
        "signed in by a personal link"
    ) in read(as_stranger, "/reviews")


def test_T18_a_picked_block_says_it_is_picked(published, as_stranger):
    address = published()
    for page in ("/", "/stories", address):
        assert "Customer quotes chosen by Acme." in read(as_stranger, page)


def test_public_pages_set_no_cookie_and_may_be_kept_only_with_asking(
    published, as_stranger, as_rosa, wait
):
    address = published()
    wait(minutes=5)  # by now a page that read the session would renew its cookie
    for client in (as_stranger, as_rosa):
        for page in ("/", "/stories", address, "/reviews", "/reviews/how"):
            answer = client.get(page)
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
            assert "noindex" not in answer.text
            again = client.get(page, headers={"If-None-Match": answer.headers["ETag"]})
            assert again.status_code == 304


def test_an_address_that_never_was_is_not_found(as_stranger):
    assert as_stranger.get("/stories/no-such-story").status_code == 404
    assert as_stranger.get("/reviews?before=no-such-review").status_code == 404
