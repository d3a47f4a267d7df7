"""Rewards: a ledger that cannot see words or ratings, and the pages staff and customers read."""

import ast
import inspect
import re
from datetime import timedelta

import pytest

from portal import clock
from portal.advocates import merging
from portal.advocates.models import Advocate
from portal.db import db
from portal.errors import NotAllowed, Stale
from portal.history.actions import SYSTEM
from portal.incentives import actions, books, payees, seconding
from portal.incentives.limits import Limits
from portal.incentives.models import Reward, RewardEntry, RewardState
from portal.staff.models import Role, Staff
from tests.submissions.way import Way

APPROVED, ISSUED, HELD, DECLINED = (
    RewardState.APPROVED,
    RewardState.ISSUED,
    RewardState.HELD,
    RewardState.DECLINED,
)


# ── T8: the ledger is blind ────────────────────────────────────────────────────────────────


def test_T8_what_accrues_takes_no_words_rating_or_decision():
    taken = set(inspect.signature(actions.accrue).parameters)
    to_whom, for_what = {"advocate", "by"}, {"reason", "explanation", "promise", "donated"}
    assert taken == to_whom | for_what | {"hold", "not_before", "limits"}


def test_T8_nothing_that_owes_even_names_what_it_may_not_see():
    unseen = {"rating", "text", "words", "sentiment", "stars", "answers", "Submission"}
    for code in (actions.accrue, actions.void, actions.move, payees):
        nodes = ast.walk(ast.parse(inspect.getsource(code)))
        names = {getattr(node, "id", getattr(node, "attr", "")) for node in nodes}
        assert not names & unseen


@pytest.mark.parametrize("rating", ["1", "2", "3", "4", "5"])
@pytest.mark.parametrize("worked", ["It is slow, and support never answered us.", "Splendid."])
def test_T8_every_rating_and_every_text_earn_the_same(as_ada, invitation, saved, rating, worked):
    way = Way(as_ada, invitation, "review")
    way.take()
    for number, value in enumerate([rating, "In a line", worked, ""], 1):
        way.say(number, value)
    way.introduce()
    way.allow()
    assert way.send().status_code == 303
    (reward,) = saved(Reward)
    assert (reward.promise["reward"], reward.promise["value_cents"]) == ("a €25 gift card", 2500)
    assert [entry.state for entry in reward.entries] == [RewardState.ACCRUED]


# ── The ledger ─────────────────────────────────────────────────────────────────────────────


def test_T15_the_same_reason_is_owed_once_and_sent_once(earn, rule, saved):
    assert earn() == earn()
    rule(1, APPROVED, ISSUED, ISSUED)
    assert [e.state for e in saved(RewardEntry)] == [RewardState.ACCRUED, APPROVED, ISSUED]
    with pytest.raises(NotAllowed):
        rule(1, DECLINED, note="late")


def test_a_hold_or_a_refusal_says_why(earn, rule):
    earn()
    for state in (HELD, DECLINED):
        with pytest.raises(NotAllowed):
            rule(1, state, note=" ")
    rule(1, APPROVED)
    with pytest.raises(NotAllowed, match="how it was sent"):
        rule(1, ISSUED, note=" ")


def test_who_was_slower_changes_nothing(earn, rule, saved):
    earn()
    rule(1, APPROVED)
    with pytest.raises(Stale):
        rule(1, ISSUED, seen=1)
    rule(1, APPROVED, seen=1)  # what they wanted is so already
    assert saved(Reward)[0].state is APPROVED


# ── T14: a year's total ────────────────────────────────────────────────────────────────────


def usd(cents: int) -> dict:
    return {"promise": {"currency": "USD", "value_cents": cents}}


def test_T14_at_the_yearly_limit_it_waits_for_a_tax_form(earn, rule, act, ada, saved, monkeypatch):
    monkeypatch.setattr(seconding, "limit", lambda reward: None)
    monkeypatch.setattr(payees, "THRESHOLDS", dict.fromkeys(range(2025, 2100), 2_000_00))
    earn("lead:1", **usd(1_999_99))
    rule(1, APPROVED, ISSUED)  # one cent below
    earn("lead:2", **usd(1))
    earn("lead:3", **usd(9_000_00), donated=True)
    rule(2, APPROVED)
    with pytest.raises(NotAllowed, match="tax form"):
        rule(2, ISSUED)
    rule(3, APPROVED, ISSUED)  # a charity's, not hers
    act(lambda: actions.tax_form_on_file(db.session.get(Advocate, ada), by=SYSTEM))
    rule(2, ISSUED)
    assert [reward.state for reward in saved(Reward)] == [ISSUED] * 3


@pytest.mark.parametrize("limit", ["year", "most_each"])
def test_T14_two_rows_that_are_one_person_reach_one_limit(
    earn, rule, act, ada, charlie, monkeypatch, limit
):
    monkeypatch.setattr(seconding, "limit", lambda reward: None)
    monkeypatch.setattr(payees, "THRESHOLDS", dict.fromkeys(range(2025, 2100), 2_000_00))

    def same():
        into = db.session.get(Advocate, charlie)
        merging.merge(db.session.get(Advocate, ada), into=into, by=SYSTEM)

    def one_more():
        person, promise = db.session.get(Advocate, charlie), db.session.get(Reward, 1).promise
        if limit == "most_each":
            Limits("campaign:1", most_each=1).check(person, promise)
        elif sentence := payees.year_of(person).objection(1):
            raise NotAllowed(sentence)

    earn("lead:1", limits=Limits("campaign:1"), **usd(1_999_99))
    rule(1, APPROVED, ISSUED)
    act(one_more)
    act(same)
    with pytest.raises(NotAllowed, match=r"rewards there are|tax form"):
        act(one_more)


def test_T14_what_went_to_a_charity_is_not_in_the_persons_year(earn, rule, saved, monkeypatch):
    monkeypatch.setattr(seconding, "limit", lambda reward: None)
    monkeypatch.setattr(payees, "THRESHOLDS", dict.fromkeys(range(2025, 2100), 2_000_00))
    earn("lead:1", donated=True, **usd(1_999_00))
    earn("lead:2", **usd(100_00))
    for number in (1, 2):
        rule(number, APPROVED, ISSUED)
    assert [reward.state for reward in saved(Reward)] == [ISSUED] * 2


def test_T14_from_four_fifths_on_staff_are_warned(earn, rule, as_rosa, monkeypatch):
    monkeypatch.setattr(seconding, "limit", lambda reward: None)
    monkeypatch.setattr(payees, "THRESHOLDS", dict.fromkeys(range(2025, 2100), 2_000_00))
    earn("lead:1", **usd(1_600_00))
    assert "yearly limit" not in as_rosa.get("/staff/rewards/1").text
    rule(1, APPROVED, ISSUED)
    assert "before a tax form is on file" in as_rosa.get("/staff/rewards/1").text
    assert as_rosa.post("/staff/rewards/1/tax-form").status_code == 303
    assert "a tax form is on file" in as_rosa.get("/staff/rewards/1").text


def test_T14_a_year_without_a_limit_sends_nothing_in_dollars(earn, rule, monkeypatch):
    monkeypatch.setattr(payees, "THRESHOLDS", {})
    earn("lead:1", **usd(100))
    rule(1, APPROVED)
    with pytest.raises(NotAllowed, match="is not set"):
        rule(1, ISSUED)
    earn("lead:2")
    rule(2, APPROVED, ISSUED)  # euros go on


# ── Pages ──────────────────────────────────────────────────────────────────────────────────


def test_staff_see_what_waits_and_rule_on_it(as_rosa, earn, saved):
    assert "No rewards yet" in as_rosa.get("/staff/rewards").text
    earn()
    assert "Their referral of 3 May 2026" in as_rosa.get("/staff/rewards?state=accrued").text
    assert "None of this kind" in as_rosa.get("/staff/rewards?state=held").text
    url = "/staff/rewards/1/moves"
    assert as_rosa.post(url, data={"state": "held", "seen": 1}).status_code == 422
    assert as_rosa.post(url, data={"state": "void", "seen": 1}).status_code == 422
    assert as_rosa.post(url, data={"state": "approved"}).status_code == 422
    assert as_rosa.post(url, data={"state": "approved", "seen": 1}).status_code == 303
    late = as_rosa.post(url, data={"state": "declined", "note": "Twice", "seen": 1})
    assert late.status_code == 409
    assert "You were faster: this reward is approved, " in late.text
    assert "Twice" in late.text
    assert as_rosa.post(url, data={"state": "issued", "seen": 2}).status_code == 422
    sent = {"state": "issued", "seen": 2, "note": "Order 4711"}
    assert as_rosa.post(url, data=sent).status_code == 303
    assert saved(RewardEntry)[-1].by == "staff:1"
    assert "What next?" not in as_rosa.get("/staff/rewards/1").text


def test_a_viewer_rules_on_nothing(earn, save, browser_of, saved):
    earn()
    viewer = browser_of(staff=save(Staff(email="v@acme.example", name="Vic", role=Role.VIEWER)))
    assert "What next?" not in viewer.get("/staff/rewards/1").text
    assert viewer.post("/staff/rewards/1/moves", data={"state": "approved"}).status_code == 403


def test_she_sees_hers_in_words_and_nobody_elses(as_ada, as_charlie, earn, rule):
    earn()
    page = as_ada.get("/me/rewards").text
    assert "Due" in page
    assert "€25" in page
    rule(1, HELD, note="a rule of ours")
    page = as_ada.get("/me/rewards").text
    assert "Being checked" in page
    assert "hello@acme.example" in page
    assert "a rule of ours" not in page
    assert "No rewards yet" in as_charlie.get("/me/rewards").text


def test_she_reads_the_reason_a_colleague_of_ours_gave(as_ada, as_rosa, earn):
    earn()
    form = {"state": "declined", "note": "You told us your employer said no.", "seen": 1}
    assert as_rosa.post("/staff/rewards/1/moves", data=form).status_code == 303
    page = as_ada.get("/me/rewards").text
    assert "Not given" in page
    assert "You told us your employer said no." in page


def test_lists_turn_the_page(as_rosa, earn, monkeypatch):
    monkeypatch.setattr(books, "PER_PAGE", 2)
    for number in range(1, 6):
        earn(f"lead:{number}")
    seen, url = [], "/staff/rewards"
    while url:
        page = as_rosa.get(url).text
        seen += map(int, re.findall(r'href="/staff/rewards/(\d+)"', page))
        older = page.split('rel="next" href="')[1:]
        url = older[0].split('"')[0].replace("&amp;", "&") if older else None
    assert seen == [5, 4, 3, 2, 1]


def test_a_hold_makes_nobody_wait_anew_and_what_is_overdue_says_so(
    earn, rule, as_rosa, saved, wait
):
    wait(days=-20)
    earn()
    since = saved(Reward)[0].waits_since
    wait(days=20)
    rule(1, RewardState.HELD)
    assert saved(Reward)[0].waits_since == since
    queue = as_rosa.get("/staff/queue?kind=rewards").text
    assert 'gw-badge--wait">Overdue</span>' in queue
    rule(1, RewardState.HELD, RewardState.APPROVED)
    assert saved(Reward)[0].waits_since is None


def test_what_is_held_before_its_terms_allow_it_waits_from_the_hold_on(earn, rule, saved, wait):
    earn(not_before=clock.now() + timedelta(days=30))
    wait(hours=1)
    rule(1, RewardState.HELD)
    assert saved(Reward)[0].waits_since <= clock.now()


def test_what_its_terms_allow_later_names_the_day_and_has_no_box(
    earn, as_rosa, wait, browser_of, rosa
):
    day = clock.now() + timedelta(days=30)
    earn(not_before=day)
    said = f"from {day.day} {day:%B %Y} on"
    listed, own = as_rosa.get("/staff/rewards").text, as_rosa.get("/staff/rewards/1").text
    assert said in listed
    assert said in own.replace("From", "from")
    assert 'name="items"' not in listed
    assert 'value="approved"' not in own
    assert 'value="declined"' in own
    wait(days=31)
    later = browser_of(staff=rosa)
    listed, own = later.get("/staff/rewards").text, later.get("/staff/rewards/1").text
    assert said not in listed + own
    assert 'name="items"' in listed
    assert 'value="approved"' in own


def test_a_reason_that_some_answers_need_is_not_called_optional(earn, as_rosa):
    earn()
    label = r'<label class="gw-label" for="note">Reason or reference <span[^>]*>\((.*?)\)'
    assert re.findall(label, as_rosa.get("/staff/rewards/1").text) == [
        "needed unless you approve it"
    ]
    answer = as_rosa.post("/staff/rewards/1/moves", data={"state": "held", "seen": 1, "note": " "})
    assert answer.status_code == 422
    assert '<a href="#note">Say why: the customer will read it</a>' in answer.text
