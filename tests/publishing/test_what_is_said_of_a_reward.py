"""What stands beside words of their reward is what came of it: promised, given, or not given."""

import html

import pytest
import sqlalchemy as sa

from portal.campaigns.models import Action
from portal.db import db
from portal.incentives import actions as incentives
from portal.incentives.models import Choice, Reward, RewardState
from portal.staff.models import Staff
from tests.contributing import ANSWERS, invited

PROMISED = "Acme promised this customer a €25 gift card for taking part."
GIVEN = "Acme gave this customer a €25 gift card for taking part."
NOT_GIVEN = "This customer was offered a €25 gift card for taking part; none was given."
SENTENCES = {PROMISED, GIVEN, NOT_GIVEN}
WAYS = [
    ([], PROMISED, "promised"),
    ([RewardState.HELD], PROMISED, "promised"),
    ([RewardState.APPROVED], PROMISED, "promised"),
    ([RewardState.APPROVED, RewardState.ISSUED], GIVEN, "given"),
    ([RewardState.DECLINED], NOT_GIVEN, "not given"),
    ([RewardState.VOID], NOT_GIVEN, "not given"),
]


@pytest.fixture
def move(act, rosa):
    """The newest reward, one step after another."""

    def move(*states: RewardState) -> None:
        def go():
            reward = db.session.scalar(sa.select(Reward).order_by(Reward.id.desc()))
            for state in states:
                if state is RewardState.VOID:
                    incentives.void(reward.reason, note="x", by=db.session.get(Staff, rosa))
                else:
                    incentives.move(reward, state, note="why", by=db.session.get(Staff, rosa))

        act(go)

    return move


def said_at(client, path: str) -> set[str]:
    page = html.unescape(client.get(path).get_data(as_text=True).replace("\\u20ac", "€"))
    return {sentence for sentence in SENTENCES if sentence in page}


@pytest.mark.parametrize(("states", "sentence", "word"), WAYS)
def test_T10_every_page_says_of_a_reward_what_came_of_it(
    published, as_stranger, as_rosa, as_ada, the_asset, move, states, sentence, word
):
    address = published(choice=Choice.ACCEPTED)
    move(*states)
    slug = address.rpartition("/")[2]
    certificate = f"/verify/{slug}"
    public = ("/", "/stories", address, "/embed/stories", f"/api/public/stories/{slug}")
    for path in (*public, "/feeds/stories.atom", certificate, certificate + ".json"):
        assert said_at(as_stranger, path) == {sentence}, path
    reward = as_stranger.get(certificate + ".json").json["reward"]
    assert reward["taken"] is (word == "given")
    assert (reward["offered"], reward["state"]) == (True, word)
    number = the_asset().submission_id
    for path in (f"/staff/submissions/{number}", f"/staff/assets/{the_asset().id}"):
        assert said_at(as_rosa, path) == {sentence}, path
    own = {sentence, GIVEN} if word == "promised" else {sentence}  # with what it turns into
    assert said_at(as_ada, f"/me/submissions/{number}") == own


@pytest.mark.parametrize(("states", "sentence"), [(way[0], way[1]) for way in WAYS])
def test_T3_a_cut_signed_off_while_a_reward_was_promised_stays_whatever_comes_of_it(
    published, as_stranger, move, states, sentence
):
    address = published(excerpt="We would choose it again.", choice=Choice.ACCEPTED)
    move(*states)
    assert as_stranger.get(address).status_code == 200
    assert said_at(as_stranger, "/stories") == {sentence}


def test_T26_a_kept_copy_is_not_served_again_once_its_reward_was_sent(published, as_stranger, move):
    address = published(choice=Choice.ACCEPTED)
    paths = [address, f"/verify/{address.rpartition('/')[2]}.json"]
    tags = [as_stranger.get(path).headers["ETag"] for path in paths]
    move(RewardState.APPROVED, RewardState.ISSUED)
    for path, tag in zip(paths, tags, strict=True):
        assert as_stranger.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_reward_does_not_touch_the_fingerprint_of_the_words(published, as_stranger, move):
    path = f"/verify/{published(choice=Choice.ACCEPTED).rpartition('/')[2]}.json"
    before = as_stranger.get(path).json["words"]
    move(RewardState.DECLINED)
    assert as_stranger.get(path).json["words"] == before


def test_T10_whoever_declined_the_offer_has_nothing_said_beside_their_words(published, as_stranger):
    address = published(choice=Choice.DECLINED)
    assert said_at(as_stranger, address) == set()
    facts = as_stranger.get(f"/verify/{address.rpartition('/')[2]}.json").json
    assert facts["reward"] == {
        "offered": True,
        "taken": False,
        "state": "declined by the customer",
        "disclosure": "",
    }


def test_T10_a_review_says_the_same_in_its_own_words(published, as_stranger, move):
    published(Action.REVIEW, choice=Choice.ACCEPTED)
    page = as_stranger.get("/reviews").text
    assert "the reviewer was promised a €25 gift card for leaving a review" in page
    move(RewardState.DECLINED)
    page = as_stranger.get("/reviews").text
    assert "was offered a €25 gift card for leaving a review, whatever they said; none was" in page
    assert ANSWERS["worked"] in page


def test_a_page_asks_the_database_as_often_however_many_rewards_stand_on_it(
    app, act, campaign, published, as_stranger
):
    def asked() -> int:
        seen = []

        def note(*given) -> None:
            seen.append(given[2])

        with app.app_context():
            sa.event.listen(db.engine, "before_cursor_execute", note)
            as_stranger.get("/stories")
            sa.event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    published(choice=Choice.ACCEPTED)
    few = asked()
    for number in range(1, 5):
        one = act(lambda number=number: invited(campaign, number))
        published(invitation_id=one, choice=Choice.ACCEPTED)
    assert asked() == few
