"""The ledger under any order of acts, and its blindness to anything anyone says."""

import shutil
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from portal.advocates.models import Advocate
from portal.campaigns.models import Action
from portal.db import db
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM
from portal.incentives import actions
from portal.incentives.models import Choice, Offer, Reward, RewardState
from tests.contributing import contribute, invited

RULES = how(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
MOVES = [state for state in RewardState if state is not RewardState.ACCRUED]
ACTS = st.lists(st.sampled_from(["accrue", "void", "release", *MOVES]), max_size=14)
SENT = ["accrue", RewardState.APPROVED, RewardState.ISSUED]  # whatever comes after it
SIGNS = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n")
WORDS = st.text(SIGNS, min_size=1, max_size=300)


@pytest.fixture
def database(tmp_path, sqlite_template):
    """Properties do not depend on the database; one is enough."""
    path = tmp_path / "portal.sqlite"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


def do(what: str, reason: str, person: Advocate, promise: dict) -> None:
    reward = db.session.query(Reward).filter_by(reason=reason).one_or_none()
    try:
        if what == "accrue":
            actions.accrue(person, reason=reason, explanation="x", promise=promise, by=SYSTEM)
        elif what == "void":
            actions.void(reason, note="Taken back.", by=SYSTEM)
        elif reward and what == "release":
            actions.release(reward, note="Looked at.", by=SYSTEM)
        elif reward:
            actions.move(reward, RewardState(what), note="A reason.", by=SYSTEM)
    except NotAllowed:
        pass


@RULES
@given(acts=ACTS)
@example(acts=[*SENT, "void", "accrue", *MOVES, "release"])
@example(acts=["accrue", RewardState.DECLINED, "void", "accrue", *MOVES])
def test_T15_whatever_happens_in_whatever_order_nothing_is_sent_twice(app, ada, offer, acts):
    with app.app_context():
        person, promise = db.session.get(Advocate, ada), db.session.get(Offer, offer).promise()
        for act in acts:
            do(act, "lead:1", person, promise)
            for reward in db.session.query(Reward):
                states = [entry.state for entry in reward.entries]
                assert states[0] is RewardState.ACCRUED
                assert states.count(RewardState.ISSUED) <= 1
                if RewardState.ISSUED in states:
                    assert states[-1] is RewardState.ISSUED  # nothing follows, so nothing is taken
                assert all(b in actions.MOVES[a] for a, b in pairwise(states))
        assert db.session.query(Reward).count() <= 1
        db.session.rollback()


@RULES
@given(first=ACTS, second=ACTS, order=st.randoms(use_true_random=False))
def test_two_rewards_do_not_feel_each_other_in_any_order(app, ada, offer, first, second, order):
    def states(steps) -> dict[str, list]:
        with app.app_context():
            person, promise = db.session.get(Advocate, ada), db.session.get(Offer, offer).promise()
            for act, reason in steps:
                do(act, reason, person, promise)
            found = db.session.query(Reward)
            kept = {one.reason: [entry.state for entry in one.entries] for one in found}
            db.session.rollback()
            return kept

    one = [(act, "lead:1") for act in first]
    two = [(act, "lead:2") for act in second]
    mixed = [one.pop(0) if one and (not two or order.random() < 0.5) else two.pop(0)
             for _ in range(len(one) + len(two))]  # fmt: skip
    apart = [(a, "lead:1") for a in first] + [(a, "lead:2") for a in second]
    assert states(mixed) == states(apart)


@how(RULES, max_examples=12)
@given(rating=st.integers(1, 5), worked=WORDS, lacking=WORDS)
def test_T8_any_rating_and_any_words_owe_the_same_reward(
    app, campaign, ada, offer, rating, worked, lacking
):
    with app.app_context():
        said = {"rating": rating, "worked": worked, "lacking": lacking}
        submission = contribute(invited(campaign, 1), Action.REVIEW, choice=Choice.ACCEPTED, **said)
        reward = db.session.query(Reward).filter_by(reason=submission.subject).one()
        promise = {k: v for k, v in reward.promise.items() if k != "offered_at"}
        due = {k: v for k, v in db.session.get(Offer, offer).promise().items() if k != "offered_at"}
        assert promise == due
        assert [entry.state for entry in reward.entries] == [RewardState.ACCRUED]
        assert (reward.explanation, reward.donated) == ("Your review", False)
        db.session.rollback()
