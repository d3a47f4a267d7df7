"""Payouts: one order under one key, signed, to a public address only, and never paid twice."""

import base64
import json
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from portal import calls
from portal.advocates.models import Advocate
from portal.db import db
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM
from portal.incentives import actions, payouts
from portal.incentives.models import Payout, PayoutState, Reward, RewardEntry, RewardState
from portal.staff.models import Role, Staff
from tests.incentives.paying import PaymentSystem

OLD, NEW = (f"whsec_{base64.b64encode(bytes([n]) * 32).decode()}" for n in (1, 2))
PAY = "/staff/rewards/1/payout"


@pytest.fixture
def system(setting):
    found = PaymentSystem()
    setting(
        payout_url=found.url, payout_loopback=True, payout_secrets=[SecretStr(OLD), SecretStr(NEW)]
    )
    yield found
    found.close()


@pytest.fixture
def approved(earn, rule):
    earn()
    rule(1, RewardState.APPROVED)


@pytest.fixture
def work(app):
    """Do what the worker would with the order."""

    def work() -> None:
        with app.test_request_context(method="POST"):
            payouts.deliver(1)

    return work


def test_a_payout_is_ordered_paid_and_noted(
    as_rosa, as_ada, system, approved, work, saved, post_mail, mailroom
):
    assert "Order the payout" in as_rosa.get("/staff/rewards/1").text
    for _ in range(2):
        assert as_rosa.post(PAY).status_code == 303
    assert "The payout is on the way" in as_rosa.get("/staff/rewards/1").text
    assert saved(Reward)[0].state is RewardState.APPROVED  # not before the other side said yes
    for _ in range(3):
        work()
    assert len(system.calls) == 1
    (payout,) = saved(Payout)
    assert (payout.state, payout.payload) == (PayoutState.PAID, {})
    last = saved(RewardEntry)[-1]
    assert (last.state, last.how, last.note) == (RewardState.ISSUED, "payout", "Reference PAY-77")
    post_mail()
    assert "was sent" in mailroom.to("ada@analytical.example")[0]["Subject"]
    assert "Sent" in as_ada.get("/me/rewards").text


MANY = "/staff/queue/decisions/rewards"


@pytest.mark.parametrize(
    ("path", "data", "is_asked"),
    [
        (PAY, {}, True),
        ("/staff/rewards/1/code", {}, True),
        ("/staff/rewards/1/moves", {"state": "issued", "note": "Order 4", "seen": 2}, True),
        (MANY, {"decision": "payout", "items": "1:2"}, True),
        (MANY, {"decision": "code", "items": "1:2"}, True),
        (MANY, {"decision": "issued", "note": "Order 4", "items": "1:2"}, True),
        ("/staff/rewards/1/moves", {"state": "held", "note": "Wait", "seen": 2}, False),
        (MANY, {"decision": "held", "note": "Wait", "items": "1:2"}, False),
    ],
)
def test_whoever_sends_money_says_again_who_they_are(
    path, data, is_asked, as_rosa, system, approved, saved, wait
):
    wait(minutes=11)
    answer = as_rosa.post(path, data=data)
    assert ("Confirm it is you" in answer.text) is is_asked
    states = [line.state for line in saved(RewardEntry)]
    assert states == [RewardState.ACCRUED, RewardState.APPROVED] + (
        [] if is_asked else [RewardState.HELD]
    )
    assert saved(Payout) == []


def test_the_order_says_whom_and_how_much_and_no_word_of_theirs(as_rosa, system, approved, work):
    as_rosa.post(PAY)
    work()
    headers, body = system.calls[0]
    words = json.loads(body)
    assert words["amount"] == {"minor_units": 2500, "currency": "EUR"}
    assert words["recipient"]["email"] == "ada@analytical.example"
    assert set(words) == {
        "type",
        "id",
        "ordered_at",
        "reward",
        "amount",
        "what",
        "kind",
        "campaign",
        "recipient",
    }
    assert headers["idempotency-key"] == headers["webhook-id"] == words["id"]
    assert headers["content-type"] == "application/json"


def test_the_order_is_signed_with_each_secret_as_standard_webhooks_says(
    as_rosa, system, approved, work
):
    as_rosa.post(PAY)
    work()
    headers, body = system.calls[0]
    for secret in (OLD, NEW):
        assert Webhook(secret).verify(body, headers)["reward"] == "reward:1"
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(body.replace(b"2500", b"9900"), headers)


def test_what_may_pass_is_tried_again_with_the_same_key_and_words(
    as_rosa, system, approved, work, saved
):
    system.answers = [503, 429, "hang"]
    calls_before, calls.TIMEOUT = calls.TIMEOUT, (1, 0.3)
    try:
        as_rosa.post(PAY)
        for _ in range(4):
            work()
    finally:
        calls.TIMEOUT = calls_before
    assert len({(h["idempotency-key"], body) for h, body in system.calls}) == 1
    assert len(system.calls) == 4
    assert list(system.paid.values()) == [2500]  # paid at the third, which nobody heard of
    assert saved(Reward)[0].state is RewardState.ISSUED


def test_a_refused_order_is_shown_with_a_way_to_try_again(as_rosa, system, approved, work, saved):
    system.answers = [422]
    as_rosa.post(PAY)
    work()
    page = as_rosa.get("/staff/rewards/1").text
    assert "The payout failed" in page
    assert "The answer was 422." in page
    assert "The payout of a €25 gift card failed" in as_rosa.get("/staff").text
    assert saved(Reward)[0].state is RewardState.APPROVED
    key = saved(Payout)[0].key
    assert as_rosa.post(PAY).status_code == 303
    work()
    assert saved(Payout)[0].key == key
    assert saved(Reward)[0].state is RewardState.ISSUED
    assert list(system.paid) == [key]


def test_many_that_fail_together_are_one_notice_for_those_who_can_act(
    as_rosa, browser_of, save, earn, rule, system, approved, app, saved
):
    system.answers = [401, 401, 401]
    for number in (2, 3):
        earn(f"lead:{number}")
        rule(number, RewardState.APPROVED)
    for number in (1, 2, 3):
        as_rosa.post(f"/staff/rewards/{number}/payout")
        with app.test_request_context(method="POST"):
            payouts.deliver(number)
    home = as_rosa.get("/staff").text
    assert "3 payouts failed" in home
    assert home.count("gw-alert--warning") == 1
    assert as_rosa.get("/staff/rewards?state=approved").text.count("Payout failed") == 3
    rule(1, RewardState.ISSUED)
    rule(2, RewardState.HELD)
    assert "The payout of a €25 gift card failed" in as_rosa.get("/staff").text
    viewer = browser_of(staff=save(Staff(email="v@acme.example", name="Vic", role=Role.VIEWER)))
    assert "failed" not in viewer.get("/staff").text


def test_after_the_last_try_it_is_given_up_visibly(as_rosa, system, approved, work, saved):
    system.answers = [500] * 20
    as_rosa.post(PAY)
    for _ in range(12):
        work()
    assert len(system.calls) == len(payouts.BACKOFF) + 1
    assert saved(Payout)[0].state is PayoutState.FAILED


def test_while_it_is_on_the_way_nothing_else_happens_to_the_reward(
    app, act, as_rosa, system, approved, work, rule, saved
):
    as_rosa.post(PAY)
    for state in (RewardState.ISSUED, RewardState.HELD, RewardState.VOID):
        with pytest.raises(NotAllowed, match="on the way"):
            rule(1, state)
    assert as_rosa.post("/staff/rewards/1/code").status_code == 409
    act(lambda: actions.void("lead:1", note="No longer", by=SYSTEM))
    work()
    assert saved(Reward)[0].state is RewardState.ISSUED


def test_sent_by_hand_after_a_failure_is_never_paid_as_well(
    as_rosa, system, approved, work, rule, saved
):
    system.answers = [410]
    as_rosa.post(PAY)
    work()
    rule(1, RewardState.ISSUED)
    assert as_rosa.post(PAY).status_code == 409
    work()
    assert system.paid == {}
    assert saved(Payout)[0].state is PayoutState.CALLED_OFF


def test_T14_what_is_on_its_way_counts_towards_the_year(
    as_rosa, act, earn, rule, system, work, setting
):
    setting(second_approval={}, tax_thresholds={datetime.now(UTC).year: 2_000})
    for number in (1, 2):
        earn(f"lead:{number}", promise={"currency": "USD", "value_cents": 1_500_00})
        rule(number, RewardState.APPROVED)
    as_rosa.post(PAY)
    answer = as_rosa.post("/staff/rewards/2/payout")
    assert answer.status_code == 409
    assert "tax form" in answer.text


def test_T36_an_erased_person_is_paid_nothing_that_was_not_ordered(
    act, ada, as_rosa, system, approved, work, saved
):
    as_rosa.post(PAY)
    act(lambda: actions.forget(db.session.get(Advocate, ada), by=SYSTEM))
    work()
    assert system.calls == []
    assert (saved(Payout)[0].state, saved(Payout)[0].payload) == (PayoutState.CALLED_OFF, {})
    assert saved(Reward)[0].state is RewardState.VOID


def test_without_a_payment_system_the_page_says_so(as_rosa, approved):
    assert "Order the payout" not in as_rosa.get("/staff/rewards/1").text
    answer = as_rosa.post(PAY)
    assert answer.status_code == 409
    assert "No payment system is set up" in answer.text


# ── Where it may not go ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "0.0.0.0", "2130706433", "0x7f.1", "127.1", "[::1]",
     "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "169.254.169.254", "10.0.0.1", "100.64.0.1",
     "192.168.1.1", "192.0.2.1", "[fd00::1]", "[fe80::1]", "224.0.0.1", "[2002:7f00:1::]"],
)  # fmt: skip
def test_an_address_inside_a_network_is_never_called(host):
    answer = calls.post(f"https://{host}/", {}, key="k", secrets=[NEW], at=datetime.now(UTC))
    assert answer.final
    assert "private network" in answer.error


def test_a_name_that_leads_inside_is_refused_when_it_is_looked_up(monkeypatch):
    import socket

    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: inside)
    answer = calls.post("https://pay.example/", {}, key="k", secrets=[NEW], at=datetime.now(UTC))
    assert "private network" in answer.error


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://203.0.113.9/", "begin with https://"),
        ("ftp://pay.example/", "begin with https://"),
        ("https://", "No connection"),
        ("https://[/", "No connection"),
    ],
)
def test_an_address_that_is_none_or_not_encrypted_is_final(url, why):
    answer = calls.post(url, {}, key="k", secrets=[NEW], at=datetime.now(UTC))
    assert answer.final
    assert why in answer.error


def test_a_redirect_is_not_followed(as_rosa, system, approved, work, saved):
    system.answers, system.headers = [307], {"Location": system.url}
    as_rosa.post(PAY)
    work()
    assert len(system.calls) == 1
    assert saved(Payout)[0].state is PayoutState.FAILED


def test_only_the_beginning_of_a_long_answer_is_read(system, monkeypatch):
    monkeypatch.setattr(calls, "ANSWER", 5)
    answer = calls.post(system.url, {"amount": {"minor_units": 1}}, key="k", secrets=[NEW],
                        at=datetime.now(UTC), loopback=True)  # fmt: skip
    assert (answer.ok, answer.text, answer.data()) == (True, '{"ref', {})
