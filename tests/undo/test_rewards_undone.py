"""A reward decision that is undone: one more line in the ledger, no mail, no code, no payout."""

import re

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from portal.advocates.models import Advocate
from portal.campaigns.models import Campaign
from portal.db import db
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.incentives import actions, books, payees, payouts
from portal.incentives import limits as limits_module
from portal.incentives.limits import Limits
from portal.incentives.models import Payout, PayoutState, Reward, RewardCode, RewardEntry
from portal.incentives.models import RewardState as R
from portal.outbox.models import Message
from portal.referrals import rewarding
from portal.submissions import sending
from portal.undo.models import Undo
from tests.incentives.paying import PaymentSystem
from tests.incentives.test_paying_out import NEW, OLD
from tests.incentives.test_pools_of_codes import stock  # noqa: F401


def states(saved) -> list[R]:
    return [line.state for line in saved(RewardEntry)]


@pytest.mark.parametrize("decision", [R.APPROVED, R.HELD, R.DECLINED])
def test_a_decision_is_undone_by_a_line_more_and_keeps_its_place_in_the_queue(
    earn, ruled, as_rosa, saved, take_back, decision, wait
):
    earn()
    since = saved(Reward)[0].waits_since
    wait(hours=3)
    page = as_rosa.get(ruled(decision).location).text
    assert 'value="reward:1"' in page
    answer = take_back(as_rosa, "reward:1")
    assert answer.location == "/staff/rewards/1"
    assert states(saved) == [R.ACCRUED, decision, R.ACCRUED]
    assert saved(RewardEntry)[-1].how == "undone"
    assert saved(Reward)[0].waits_since == since
    assert "Undone: due again" in as_rosa.get("/staff/rewards/1").text
    assert saved(Entry)[-1].verb == "decision undone"
    take_back(as_rosa, "reward:1")  # twice is harmless
    assert len(states(saved)) == 3


def test_undone_it_stands_where_it_stood_since_the_day_it_did(
    earn, ruled, as_rosa, as_ada, act, take_back, wait
):
    wait(days=-20)
    earn()
    since = act(lambda: books.clock.now())
    wait(days=20)
    ruled(R.APPROVED)
    take_back(as_rosa, "reward:1")
    day = f'datetime="{since.date().isoformat()}'
    page = as_rosa.get("/staff/rewards?state=accrued").text
    assert day in page[page.index("<tbody") :]
    today = act(lambda: books.clock.now()).date().isoformat()
    assert 'href="/staff/rewards/1"' not in as_rosa.get(f"/staff/rewards?from={today}").text
    assert 'href="/staff/rewards/1"' in as_rosa.get(f"/staff/rewards?to={since:%Y-%m-%d}").text
    file = as_rosa.post("/staff/rewards/export?state=accrued").text
    assert f",{since:%Y-%m-%d},,," in file  # with no word of how, and no note
    assert "due since" not in as_ada.get("/me/rewards").text  # earned on that day, no more


def test_what_is_undone_twice_stands_on_the_line_before_both(
    earn, rule, ruled, as_rosa, act, take_back, wait
):
    wait(hours=-50)
    earn()
    wait(hours=25)
    rule(1, R.HELD)
    held = act(lambda: books.clock.now()).date()
    wait(hours=25)
    for decision in (R.APPROVED, R.DECLINED):
        ruled(decision)
        take_back(as_rosa, "reward:1")

    def found() -> list:
        wanted = books.Filter(R.HELD, held, held)
        rewards, _ = books.page(wanted)
        return [(one.line.note, one.line.at.date()) for one in rewards]

    assert act(found) == [("Order 4711", held)]
    assert act(lambda: books.counts(books.Filter())) == {R.HELD: 1}


def test_after_ten_seconds_the_decision_stands(earn, ruled, as_rosa, saved, take_back, wait):
    earn()
    ruled(R.DECLINED)
    wait(seconds=10)
    answer = take_back(as_rosa, "reward:1")
    assert (answer.status_code, "Ten seconds are over" in answer.text) == (409, True)
    assert states(saved)[-1] is R.DECLINED


def test_T14_what_was_marked_as_sent_by_mistake_is_in_no_year_and_no_mail(
    earn, rule, ruled, as_rosa, act, saved, post_mail, take_back, wait, ada
):
    earn(promise={"currency": "USD", "value_cents": 5_00})
    rule(1, R.APPROVED)
    ruled(R.ISSUED)
    take_back(as_rosa, "reward:1")
    assert saved(Reward)[0].state is R.APPROVED
    assert act(lambda: payees.year_of(db.session.get(Advocate, ada)).sent) == 0
    assert act(lambda: books.payees_of(books.clock.now().year)) == []
    wait(minutes=5)
    assert [m for m in post_mail() if "reward" in m["Subject"].lower()] == []
    ruled(R.ISSUED)
    assert act(lambda: payees.year_of(db.session.get(Advocate, ada)).sent) == 5_00
    assert len(act(lambda: books.payees_of(books.clock.now().year))) == 1


def test_a_code_given_by_mistake_stays_unseen_and_with_its_reward(
    earn,
    rule,
    as_rosa,
    as_ada,
    saved,
    take_back,
    post_mail,
    wait,
    stock,  # noqa: F811
):
    stock()
    earn()
    rule(1, R.APPROVED)
    as_rosa.post("/staff/rewards/1/code")
    take_back(as_rosa, "reward:1")
    assert saved(Reward)[0].state is R.APPROVED
    assert "Show the code" not in as_ada.get("/me/rewards").text
    assert as_ada.post("/me/rewards/1/code").status_code == 404
    wait(minutes=1)
    assert [mail for mail in post_mail() if mail["To"] == "ada@analytical.example"] == []
    as_rosa.post("/staff/rewards/1/code")
    assert [code.reward_id for code in saved(RewardCode)] == [1, None]  # the same one
    assert as_ada.post("/me/rewards/1/code").status_code == 200
    answer = take_back(as_rosa, "reward:1")
    assert "They have looked at the code already" in answer.text
    assert saved(Reward)[0].state is R.ISSUED


def test_a_payout_that_is_undone_is_never_sent_and_can_be_ordered_anew(
    earn, rule, as_rosa, app, saved, take_back, setting, wait
):
    system = PaymentSystem()
    setting(
        payout_url=system.url, payout_loopback=True, payout_secrets=[SecretStr(OLD), SecretStr(NEW)]
    )

    def work():
        with app.test_request_context(method="POST"):
            payouts.deliver(1)

    earn()
    rule(1, R.APPROVED)
    as_rosa.post("/staff/rewards/1/payout")
    take_back(as_rosa, "reward:1")
    work()
    assert system.calls == []
    assert saved(Payout)[0].state is PayoutState.CALLED_OFF
    assert "Order the payout" in as_rosa.get("/staff/rewards/1").text
    early = as_rosa.post("/staff/rewards/1/payout")
    assert "An order was just taken back" in early.text, "its job still comes, to pay nothing"
    wait(seconds=11)
    as_rosa.post("/staff/rewards/1/payout")
    work()
    assert len(system.paid) == 1
    assert saved(Reward)[0].state is R.ISSUED
    answer = take_back(as_rosa, "reward:1")
    assert "Something else happened since" in answer.text
    system.close()


def test_two_people_still_look_at_a_large_one_after_an_undo(
    earn, ruled, as_rosa, as_theo, theo, saved, take_back, setting
):
    setting(second_approval={"EUR": 10})
    earn()
    as_theo.post("/staff/rewards/1/moves", data={"state": "approved", "seen": 1})
    ruled(R.APPROVED)
    assert saved(Reward)[0].state is R.APPROVED
    take_back(as_rosa, "reward:1")
    assert saved(Reward)[0].state is R.HELD
    assert saved(Reward)[0].line.how == "first yes"
    again = as_theo.post("/staff/rewards/1/moves", data={"state": "approved", "seen": 4})
    assert again.status_code in {409, 422}
    assert saved(Reward)[0].state is R.HELD


def test_T35_what_a_rule_held_is_the_rules_again_and_its_note_stays_ours(
    earn, ruled, as_rosa, as_ada, act, saved, take_back
):
    earn(hold="Same network as the advocate.")
    ruled(R.APPROVED)
    take_back(as_rosa, "reward:1")
    assert "Same network" not in as_ada.get("/me/rewards").text
    act(lambda: actions.release(db.session.get(Reward, 1), note="Looked at.", by=SYSTEM))
    assert saved(Reward)[0].state is R.ACCRUED


@pytest.fixture
def room(act, campaign):
    """What the campaign has for recommendations and for words; gives both limits."""

    def room(**terms) -> tuple[Limits, Limits]:
        def change():
            found = db.session.get(Campaign, campaign)
            for name, value in terms.items():
                setattr(found, name, value)
            return rewarding.limits_of(found), sending.limits_of(found)

        return act(change)

    return room


def test_a_place_that_was_given_to_somebody_else_meanwhile_is_not_taken_back(
    earn, ruled, as_rosa, saved, take_back, room
):
    one, _ = room(most_all=1)
    earn("lead:1", limits=one)
    ruled(R.DECLINED)
    earn("lead:2", limits=one)
    answer = take_back(as_rosa, "reward:1")
    assert "Its place was given to somebody else" in answer.text
    assert saved(Reward)[0].state is R.DECLINED


@pytest.mark.parametrize("terms", [{}, {"most_all": 2}, {"budget_cents": 5000}])
def test_where_there_is_room_for_both_a_refusal_is_undone_whoever_came_meanwhile(
    earn, ruled, as_rosa, saved, take_back, room, terms
):
    limits, _ = room(**terms)
    earn("lead:1", limits=limits)
    ruled(R.DECLINED)
    earn("lead:2", limits=limits)
    assert take_back(as_rosa, "reward:1").status_code == 303
    assert [one.state for one in saved(Reward)] == [R.ACCRUED, R.ACCRUED]


def test_what_was_promised_for_words_comes_back_held_where_the_budget_is_somebody_elses_by_now(
    earn, ruled, as_rosa, saved, take_back, room
):
    """It was promised all the same; a person looks first, as when it is owed beyond the budget."""
    _, limits = room(offer_budget_cents=2500)
    earn("submission:1", limits=limits)
    since = saved(Reward)[0].waits_since
    ruled(R.DECLINED)
    earn("submission:2", limits=limits)
    page = as_rosa.get(take_back(as_rosa, "reward:1").location).text
    assert "its place in the budget is somebody else’s by now: it is held" in page
    assert [one.state for one in saved(Reward)] == [R.HELD, R.ACCRUED]
    assert saved(Reward)[0].waits_since == since
    assert saved(Message)[-1].template == "reward-held"


def test_whoever_undoes_waits_for_the_room_before_they_hold_any_of_the_rewards(
    app, earn, ruled, as_rosa, take_back, room, monkeypatch
):
    """As those do who owe out of it: else each would hold what the other one needs."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":  # where one writer at a time holds everything
            return
    limits, _ = room(most_all=9)
    for number in (1, 2):
        earn(f"lead:{number}", limits=limits)
        ruled(R.DECLINED, number=number)
    wait, free = limits_module.lock, []

    def look(name: str) -> None:
        with db.engine.connect() as other:
            unlocked = sa.select(Reward.id).with_for_update(skip_locked=True)
            free.append(set(other.scalars(unlocked)))
        wait(name)

    monkeypatch.setattr(limits_module, "lock", look)
    take_back(as_rosa, "reward:1", "reward:2")
    assert free == [{1, 2}]


def test_several_rewards_are_decided_and_undone_together(
    earn, rule, as_rosa, as_vera, saved, take_back, post_mail
):
    for number in (1, 2, 3):
        earn(f"lead:{number}")
    rule(3, R.DECLINED)
    page = as_rosa.get("/staff/rewards").text
    assert page.count('form="several-rewards"') == 2
    assert 'form="several-rewards"' in as_rosa.get("/staff/queue?kind=rewards").text
    assert "several-rewards" not in as_vera.get("/staff/rewards").text
    sent = {"items": ["1:1", "2:1", "3:2"], "decision": "approved", "back": "rewards"}
    answer = as_rosa.post("/staff/queue/decisions/rewards", data=sent)
    assert answer.text.count("Approved.") == 2
    assert "cannot become approved" in answer.text
    assert 'href="/staff/rewards"' in answer.text
    assert [one.state for one in saved(Reward)] == [R.APPROVED, R.APPROVED, R.DECLINED]
    undone = take_back(as_rosa, "reward:1", "reward:2")
    assert undone.text.count("as it was before") == 2
    assert [one.state for one in saved(Reward)] == [R.ACCRUED, R.ACCRUED, R.DECLINED]
    stale = as_rosa.post("/staff/queue/decisions/rewards", data=sent)
    assert stale.text.count("You were faster") == 2


def test_several_decided_twice_by_one_form_are_done_once_and_undone(
    earn, as_rosa, saved, take_back
):
    for number in (1, 2):
        earn(f"lead:{number}")
    token = re.search(r'name="csrf_token" value="([^"]+)', as_rosa.get("/staff/rewards").text)[1]
    sent = {"csrf_token": token, "items": ["1:1", "2:1"], "decision": "approved"}
    as_rosa.post("/staff/queue/decisions/rewards", data=sent)
    again = as_rosa.post("/staff/queue/decisions/rewards", data=sent)
    assert again.text.count("Done, when you sent this before.") == 2
    assert "faster" not in again.text
    assert states(saved).count(R.APPROVED) == 2
    take_back(as_rosa, "reward:1", "reward:2")
    assert [one.state for one in saved(Reward)] == [R.ACCRUED, R.ACCRUED]


def test_what_applies_to_none_of_several_is_not_offered(
    earn,
    rule,
    as_rosa,
    offer,
    setting,
    stock,  # noqa: F811
):
    """A code for a reward that nobody approved would be refused for each of them."""
    stock()
    earn("lead:1", promise={"offer_id": offer})
    earn("lead:2", promise={"offer_id": offer})

    def offered(page: str, **data) -> set[str]:
        answer = as_rosa.post(page, data=data) if data else as_rosa.get(page)
        return set(re.findall(r'name="decision"[^>]*value="([a-z-]+)"', answer.text)) | set(
            re.findall(r'value="([a-z-]+)"[^>]*name="decision"', answer.text)
        )

    first = {"approved", "held", "declined"}
    queue, several = "/staff/queue?kind=rewards", "/staff/queue/decisions/rewards"
    assert offered("/staff/rewards") == offered(queue) == first
    assert "Approve first what is to be sent" in as_rosa.get("/staff/rewards").text
    page = as_rosa.post(several, data={"items": ["1:1"], "decision": "code"}).text
    assert "This reward is due; approve it before a code is given." in page
    assert "accrued" not in page
    rule(1, R.APPROVED)
    assert offered("/staff/rewards") == first | {"code", "issued"}
    hint = "To be approved before they can be sent: A €25 gift card for Ada Lovelace."
    assert hint in as_rosa.get("/staff/rewards").text
    assert offered(several, items=["2:1"], decision="") == first
    setting(payout_url="https://pay.example/orders", payout_secrets=[SecretStr(OLD)])
    assert "payout" in offered("/staff/rewards")
    rule(1, R.ISSUED)
    rule(2, R.HELD)
    assert offered("/staff/rewards") == {"approved", "declined"}
    rule(2, R.DECLINED)
    assert "several-rewards" not in as_rosa.get("/staff/rewards").text


def test_what_bookkeepers_call_accrued_is_due_to_everyone_who_reads_it(earn, rule, as_rosa):
    earn()
    shown = [as_rosa.get(page).text for page in ("/staff/rewards", "/staff/rewards/1")]
    shown.append(as_rosa.post("/staff/rewards/export").text)
    for page in shown:
        assert "due" in page.lower()
        assert not re.search(r"(?<!state=)(?<!--)\baccrued\b", page, re.I)
    assert "Due · The portal" in shown[1]  # not by a product’s name that newcomers do not know


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"items": []}, "Select at least one"),
        ({"decision": ""}, "Choose the decision"),
        ({"decision": "held", "note": ""}, "Say why"),
        ({"decision": "issued", "note": ""}, "Say how it was sent"),
    ],
)
def test_an_incomplete_decision_on_several_comes_back(earn, as_rosa, saved, sent, says):
    earn()
    data = {"items": ["1:1"], "decision": "approved", "note": "A long note"} | sent
    answer = as_rosa.post("/staff/queue/decisions/rewards", data=data)
    assert (answer.status_code, says in answer.text) == (422, True)
    assert data["note"] in answer.text
    assert states(saved) == [R.ACCRUED]


def test_T36_nothing_of_an_erased_persons_reward_is_kept_for_an_undo(earn, ruled, act, ada, saved):
    earn()
    ruled(R.APPROVED)
    act(lambda: actions.forget(db.session.get(Advocate, ada), by=SYSTEM))
    assert saved(Undo) == []


def test_several_refused_at_once_are_all_put_back(earn, ruled, as_rosa, saved, take_back):
    pot = Limits(pot="campaign:1", most_all=2)
    earn("lead:1", limits=pot)
    earn("lead:2", limits=pot)
    ruled(R.DECLINED, number=1)
    ruled(R.DECLINED, number=2)
    take_back(as_rosa, "reward:1", "reward:2")
    assert {one.state for one in saved(Reward)} == {R.ACCRUED}


def test_what_an_undo_keeps_is_let_go_of_at_night(app, earn, ruled, saved, wait):
    earn()
    ruled(R.DECLINED)
    assert len(saved(Undo)) == 1
    wait(days=2)
    app.test_cli_runner().invoke(args=["purge"])
    assert saved(Undo) == []
