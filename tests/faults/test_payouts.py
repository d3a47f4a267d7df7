"""A payout survives a worker that is killed while the payment system works: paid once."""

import pytest

from portal.advocates.models import Advocate
from portal.db import db
from portal.history.actions import SYSTEM
from portal.incentives import actions, payouts
from portal.incentives.models import Offer, Reward, RewardEntry, RewardState
from tests import processes
from tests.incentives.paying import PaymentSystem

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYq="


@pytest.mark.faults
def test_T15_a_payout_is_paid_once_though_the_worker_is_killed_in_the_middle(
    app, database, mailroom, ada, offer, act, saved, tmp_path
):
    system = PaymentSystem()
    system.answers = ["hang"]  # it pays, and the worker dies before it hears of it
    config = app.extensions["goodword"]
    config.payout_url, config.payout_loopback = system.url, True
    config.payout_secrets = [type(config.secret_key)(SECRET)]

    def order():
        promise = db.session.get(Offer, offer).promise()
        person = db.session.get(Advocate, ada)
        reward = actions.accrue(person, reason="x:1", explanation="x", promise=promise, by=SYSTEM)
        actions.move(reward, RewardState.APPROVED, by=SYSTEM)
        payouts.order(reward, by=SYSTEM)

    act(order)
    env = processes.environment(database, mailroom.port, 80, tmp_path) | {
        "GOODWORD_PAYOUT_URL": system.url,
        "GOODWORD_PAYOUT_SECRETS": SECRET,
        "GOODWORD_PAYOUT_LOOPBACK": "true",
    }
    log = tmp_path / "worker.log"
    worker = processes.start("flask", "--app", "wsgi", "worker", env=env, log=log)
    try:
        processes.eventually(lambda: system.paid, 60, "the first order")
        processes.kill(worker)
        assert saved(Reward)[0].state is RewardState.APPROVED
        worker = processes.start("flask", "--app", "wsgi", "worker", env=env, log=log)
        issued = lambda: saved(Reward)[0].state is RewardState.ISSUED  # noqa: E731
        processes.eventually(issued, 90, "the payout")
    finally:
        processes.kill(worker)
        system.close()
    assert len(system.calls) == 2
    assert len({headers["idempotency-key"] for headers, _ in system.calls}) == 1
    assert list(system.paid.values()) == [2500]
    assert [e.state for e in saved(RewardEntry)].count(RewardState.ISSUED) == 1
