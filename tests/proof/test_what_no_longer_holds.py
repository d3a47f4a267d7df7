"""Words whose seal does not hold are drawn nowhere, and counted nowhere (T3, T10, T24)."""

import pytest
import sqlalchemy as sa

from portal.campaigns.models import Action
from portal.consent.models import ConsentEvent, Purpose, Verdict
from portal.incentives.models import Choice
from portal.publishing import tallying
from portal.publishing.models import Asset
from portal.submissions.models import Submission, Version
from tests.contributing import ANSWERS
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
