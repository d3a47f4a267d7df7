"""Words whose seal does not hold are drawn nowhere, and counted nowhere (T3, T10, T24)."""

import re

import pytest
import sqlalchemy as sa

from portal.advocates.models import Advocate, Company
from portal.campaigns.models import Action
from portal.consent.models import ConsentEvent, Purpose, Verdict
from portal.db import db
from portal.impact.queries import with_words_shown
from portal.incentives.models import Choice
from portal.publishing import queries, tallying
from portal.publishing.models import Asset, Proposal
from portal.submissions.models import Credit, Relationship, Submission, Version
from tests.contributing import ANSWERS, invited
from tests.proof.tampering import tamper

EMBEDS = ("/embed/stories", "/api/public/stories", "/feeds/stories.json", "/feeds/stories.atom")
REWARDS = [
    {"choice": Choice.DECLINED},
    {"promise": {"reward": "a sticker", "value_cents": 1, "currency": "EUR", "charity": ""}},
    {"promise": None, "choice": None},
]


@pytest.fixture
def tallied(app):
    def tallied() -> tuple[int, float]:
        with app.app_context():
            found = tallying.tally()
        return found.count, found.average

    return tallied


@pytest.mark.parametrize("change", REWARDS)
def test_T10_words_beside_another_reward_than_was_taken_are_drawn_nowhere(
    app, published, as_stranger, change
):
    address = published(choice=Choice.ACCEPTED)
    places = ["/", "/stories", address, *EMBEDS]
    assert all(ANSWERS["words"] in as_stranger.get(place).text for place in places[:3])
    tamper(app, "submission", sa.update(Submission).values(**change))
    for place in places:
        assert ANSWERS["words"] not in as_stranger.get(place).text, place
    assert as_stranger.get(address).status_code == 410


def test_T10_a_reward_written_beside_words_that_were_offered_none_is_not_drawn(
    app, published, as_stranger
):
    address = published()
    gift = {"reward": "a car", "value_cents": 1, "currency": "EUR", "charity": ""}
    change = {"promise": gift, "choice": Choice.ACCEPTED}
    tamper(app, "submission", sa.update(Submission).values(**change))
    assert as_stranger.get(address).status_code == 410
    assert "a car" not in as_stranger.get("/").text


def test_T24_words_whose_ledger_was_changed_are_drawn_nowhere(app, published, as_stranger):
    """A no turned into a yes behind our back names nobody."""
    address = published(allows={Purpose.WORDS})
    forged = sa.update(ConsentEvent).where(ConsentEvent.purpose == Purpose.NAME)
    tamper(app, "consent_event", forged.values(verdict=Verdict.GIVEN, until=None))
    for place in ("/", "/stories", address):
        assert "Ada" not in as_stranger.get(place).text
    assert as_stranger.get(address).status_code == 410


OF_THE_REVIEW = [
    ("version", sa.update(Version).values(rating=5)),
    ("version", sa.update(Version).values(sha256="0" * 64)),
    ("submission", sa.update(Submission).values(choice=Choice.ACCEPTED)),
    ("consent_event", sa.update(ConsentEvent).values(user_agent="Firefoy")),
    ("asset", sa.update(Asset).values(excerpt="It is perfect.")),
]


@pytest.mark.parametrize(("table", "change"), OF_THE_REVIEW)
def test_T18_a_review_that_is_not_drawn_is_not_counted_either(
    app, published, tallied, as_stranger, table, change
):
    published(Action.REVIEW, rating=2)
    assert tallied() == (1, 2.0)
    tamper(app, table, change)
    assert ANSWERS["worked"] not in as_stranger.get("/reviews").text
    assert tallied() == (0, 0.0)
    assert "No reviews yet" in as_stranger.get("/reviews").text


def test_T18_what_was_found_to_hold_once_is_looked_at_again_when_it_changes(
    app, published, tallied, as_stranger
):
    published(Action.REVIEW, rating=2)
    before = [tallied(), tallied()]
    tamper(app, "version", sa.update(Version).values(rating=5))
    assert tallied()[0] == 0
    tamper(app, "version", sa.update(Version).values(rating=2))
    assert [tallied(), tallied()] == before


# ── Every other number ─────────────────────────────────────────────────────────────────────

CUT = "We would choose it again."
AROUND = [
    ("version", sa.update(Version).values(sha256="0" * 64)),
    ("asset", sa.update(Asset).values(excerpt="It is perfect.")),
    ("asset", sa.update(Asset).values(expected_results="Twice as fast")),
    ("advocate", sa.update(Advocate).values(first_name="Eve")),
    ("advocate", sa.update(Advocate).values(last_name="Smith")),
    ("advocate", sa.update(Advocate).values(job_title="Chief of Everything")),
    ("company", sa.update(Company).values(name="Other Engines")),
    ("submission", sa.update(Submission).values(credit=Credit.INITIALS)),
    ("submission", sa.update(Submission).values(relation=Relationship.EMPLOYEE)),
    ("submission", sa.update(Submission).values(choice=Choice.DONATED)),
    ("proposal", sa.update(Proposal).values(sha256="0" * 64)),
    ("proposal", sa.update(Proposal).values(excerpt="It is perfect.")),
    ("proposal", sa.update(Proposal).values(rendering={"name": "Eve Smith"})),
]


@pytest.mark.parametrize(("table", "change"), AROUND)
def test_T3_a_number_never_holds_words_that_are_not_as_they_were_signed_off(
    app, published, table, change
):
    """What was found to hold is remembered; whatever is changed around it, it is looked at anew."""
    published(excerpt=CUT, choice=Choice.ACCEPTED)
    with app.app_context():
        assert len(tallying.standing()) == len(tallying.standing()) == 1
    tamper(app, table, change)
    with app.app_context():
        assert queries.faults([1])
        assert tallying.standing() == []
        assert with_words_shown() == set()


def test_T3_a_piece_that_is_none_of_the_words_is_drawn_nowhere_though_its_yes_was_changed_too(
    app, published, as_stranger
):
    address = published(excerpt=CUT)
    tamper(app, "asset", sa.update(Asset).values(excerpt="It is perfect."))
    tamper(app, "proposal", sa.update(Proposal).values(excerpt="It is perfect."))
    for place in ("/", "/stories"):
        answer = as_stranger.get(place)
        assert answer.status_code == 200
        assert "It is perfect" not in answer.text
    assert as_stranger.get(address).status_code == 410


def test_T3_nothing_is_drawn_under_another_name_of_ours_than_was_signed_off(app, published):
    published(excerpt=CUT, choice=Choice.ACCEPTED)
    with app.app_context():
        assert len(tallying.standing()) == 1
        app.extensions["goodword"].brand_name = "Apex"
        assert queries.faults([1])
        assert tallying.standing() == []


def test_T18_staff_home_counts_no_words_whose_seal_does_not_hold(
    app, act, campaign, published, as_rosa
):
    published(Action.REVIEW, rating=2)
    published(invitation_id=act(lambda: invited(campaign, 1)))
    assert glance(as_rosa) == {"Public now": "2", "Reviews": "1"}
    assert "Permissions of the 2 published" in as_rosa.get("/staff").text
    tamper(app, "version", sa.update(Version).where(Version.id == 1).values(rating=5))
    assert glance(as_rosa) == {"Public now": "1", "Reviews": "0"}
    assert "Permissions of the 1 published" in as_rosa.get("/staff").text
    tamper(app, "version", sa.update(Version).values(sha256="0" * 64))
    assert glance(as_rosa) == {"Public now": "0", "Reviews": "0"}
    assert ">0 of 0<" in as_rosa.get("/staff/coverage").text


def glance(client) -> dict[str, str]:
    page = client.get("/staff").text
    numbers = re.findall(
        r'gw-stat__label">(?:<a[^>]*>)?(Public now|Reviews)<.*?gw-stat__value">([^<]+)<', page, re.S
    )
    return dict(numbers)


def test_T3_a_customers_own_page_calls_no_words_live_that_nobody_is_shown(app, published, as_ada):
    published()
    assert "On the page since" in as_ada.get("/me").text
    tamper(app, "version", sa.update(Version).values(sha256="0" * 64))
    page = as_ada.get("/me").text
    assert "On the page since" not in page
    assert "It is not exactly what you sent and agreed to any more" in page


def test_counting_asks_as_many_questions_however_many_words_there_are(
    app, act, campaign, published
):
    def asked() -> int:
        """How many statements looking at all of it for the first time takes, and then again."""
        with app.app_context():
            seen = []

            def note(*given) -> None:
                seen.append(given[2])

            tallying.holding.clear()
            sa.event.listen(db.engine, "before_cursor_execute", note)
            found = tallying.standing()
            first = len(seen)
            db.session.expunge_all()
            assert tallying.standing() == found
            sa.event.remove(db.engine, "before_cursor_execute", note)
            return first, len(seen) - first

    published()
    few = asked()
    assert few[1] == 1
    for number in range(1, 6):
        kind = {} if number % 2 else {"excerpt": CUT}
        published(invitation_id=act(lambda number=number: invited(campaign, number)), **kind)
    published(Action.REVIEW, rating=3, invitation_id=act(lambda: invited(campaign, 9)))
    assert asked() == few
