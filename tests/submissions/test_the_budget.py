"""What a campaign’s contributions may cost: promises are kept, and a person looks beyond it."""

from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from portal.advocates.models import Advocate
from portal.campaigns.models import Campaign
from portal.db import be_patient, db
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM
from portal.incentives import actions as incentives
from portal.incentives.ledger import MOVES
from portal.incentives.limits import Limits
from portal.incentives.models import Reward, RewardState
from tests.crowd import at_once
from tests.submissions.way import Way

PROMISE = {"reward": "a €25 gift card", "value_cents": 2500, "currency": "EUR", "charity": ""}


def test_beyond_the_budget_a_contribution_is_owed_and_held(
    as_ada, act, invitation, campaign, saved
):
    act(lambda: setattr(db.session.get(Campaign, campaign), "offer_budget_cents", 2500))
    for action in ("quote", "review"):
        Way(as_ada, invitation, action).prepare("words").send()
    first, second = saved(Reward)
    assert (first.state, first.pot) == (RewardState.ACCRUED, f"campaign:{campaign}/words")
    assert (second.state, second.campaign) == (RewardState.HELD, "Autumn voices")
    assert second.entries[-1].note == "The budget of this campaign is spent."
    assert "The budget" not in as_ada.get("/me/rewards").text


def test_two_hundred_at_once_against_a_budget_for_fifty_are_all_owed_and_fifty_not_held(
    app, ada, saved
):
    limits = Limits("campaign:1/words", "A", budget_cents=50 * 2500 + 2499, beyond="Spent.")

    def accrue(number: int) -> None:
        with app.app_context():
            incentives.accrue(
                db.session.get(Advocate, ada), reason=f"submission:{number}", explanation="x",
                promise=PROMISE, limits=limits, by=SYSTEM,
            )  # fmt: skip
            db.session.commit()

    with app.app_context():
        be_patient(db.engine)
    at_once(200, accrue)
    states = [reward.state for reward in saved(Reward)]
    assert (states.count(RewardState.ACCRUED), states.count(RewardState.HELD)) == (50, 150)


@how(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.sampled_from(["accrue", "accrue held", "void", "release", *RewardState]), max_size=12
    )
)
def test_T15_any_acts_in_any_order_keep_the_ledgers_promises(app, ada, steps):
    count = app.config["COUNT"] = app.config.get("COUNT", 0) + 1
    reason = f"submission:{count}"
    seen: list[tuple] = []
    for step in ["accrue", *steps]:
        with app.app_context():
            person = db.session.get(Advocate, ada)
            reward = db.session.query(Reward).filter_by(reason=reason).first()
            try:
                if step in {"accrue", "accrue held"}:
                    incentives.accrue(
                        person, reason=reason, explanation="x", promise=PROMISE,
                        hold="Look" if "held" in step else "", by=SYSTEM,
                    )  # fmt: skip
                elif step == "void" and not isinstance(step, RewardState):
                    incentives.void(reason, note="No longer", by=SYSTEM)
                elif step == "release":
                    incentives.release(reward, note="Looked at", by=SYSTEM)
                else:
                    incentives.move(reward, step, note="Because", by=person)
                db.session.commit()
            except NotAllowed:
                db.session.rollback()
        with app.app_context():
            (reward,) = db.session.query(Reward).filter_by(reason=reason)
            lines = [(e.id, e.state, e.note, e.by, e.at) for e in reward.entries]
            assert lines[: len(seen)] == seen  # what was written stays
            states = [state for _, state, *_ in lines]
            for before, after in zip([None, *states], states, strict=False):
                assert after in MOVES[before]
            assert states.count(RewardState.ISSUED) <= 1
            assert reward.promise["value_cents"] == 2500
            seen = lines
