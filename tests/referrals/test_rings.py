"""Who recommend each other, in twos or threes, are looked at: all of them (T35)."""

import pytest

from portal import clock
from portal.advocates.models import Advocate, Company
from portal.db import db
from portal.history.actions import SYSTEM
from portal.incentives import actions as rewards
from portal.incentives.models import Reward, RewardState
from portal.referrals import attribution, risk, signals
from portal.referrals.models import Lead, LeadSignal, Severity, Stage
from portal.staff.models import Staff

ACCRUED, HELD, VOID = RewardState.ACCRUED, RewardState.HELD, RewardState.VOID


@pytest.fixture
def customer(save):
    """Somebody who may recommend us; gives the row’s id."""

    def customer(email: str, company: str = "") -> int:
        company = company or email
        return save(
            Advocate(
                company=Company(name=company, name_key=company.lower()),
                first_name="A", last_name="B", email=email, email_key=email.lower(),
            )
        )  # fmt: skip

    return customer


@pytest.fixture
def ringed(saved):
    def ringed() -> list[int]:
        return sorted(one.lead_id for one in saved(LeadSignal) if one.rule == "ring")

    return ringed


def test_T35_two_who_recommend_each_others_companies_are_both_held(ada, charlie, sent_by, ringed):
    first = sent_by(charlie, "cfo@analytical.example", company="Analytical Engines")
    assert ringed() == []
    second = sent_by(ada, "new@eu.difference.example", company="Difference Ltd")
    assert ringed() == [first, second]


@pytest.mark.parametrize(
    ("to_bo", "to_ann"),
    [
        ("bo@gmail.com", "ann@gmail.com"),
        ("B.O+new@googlemail.com", "a.n.n+1@gmail.com"),
    ],
)
def test_T35_two_with_free_addresses_who_recommend_each_other(
    to_bo, to_ann, customer, sent_by, ringed
):
    ann, bo = customer("a.nn@gmail.com", "Ann’s"), customer("b.o@gmail.com", "Bo’s")
    both = [sent_by(ann, to_bo, company=""), sent_by(bo, to_ann, company="")]
    assert ringed() == both


def test_T35_two_with_free_addresses_and_friends_at_their_companies(customer, sent_by, ringed):
    ann, bo = customer("ann@gmail.com", "Kiln Pottery"), customer("bo@gmail.com", "Barrow Farms")
    one = sent_by(ann, "x@gmail.com", company="Barrow Farms Ltd")
    assert ringed() == []
    other = sent_by(bo, "y@gmail.com", company="The Kiln Pottery")
    assert ringed() == [one, other]


@pytest.mark.parametrize(("size", "is_one"), [(2, True), (3, True), (4, False)])
def test_T35_three_in_a_ring_are_found_and_all_marked(size, is_one, customer, sent_by, ringed):
    people = [customer(f"p@c{number}.example") for number in range(size)]
    leads = []
    for number, person in enumerate(people):
        assert ringed() == []
        onward = f"new@c{(number + 1) % size}.example"
        leads.append(sent_by(person, onward, company="", name=f"N{number}"))
    assert ringed() == (leads if is_one else [])


def test_T35_a_chain_is_no_ring_and_who_stands_beside_one_is_not_in_it(customer, sent_by, ringed):
    a, b, c, d = (customer(f"p@c{number}.example") for number in range(4))
    sent_by(a, "new@c1.example", company="")
    sent_by(b, "new@c2.example", company="")
    sent_by(c, "new@elsewhere.example", company="")
    sent_by(d, "d@c0.example", company="")  # nobody recommended them
    assert ringed() == []


@pytest.fixture
def released(charlie, ada, sent_by, move, act, rosa) -> int:
    """A lead at a customer’s company whose reward a person let go its way."""
    lead = sent_by(charlie, "cfo@analytical.example", company="Analytical Engines")
    move(lead, Stage.QUALIFIED)

    def release():
        risk.release(db.session.get(Lead, lead), note="New.", by=db.session.get(Staff, rosa))

    act(release)
    return lead


@pytest.fixture
def close(ada, sent_by):
    """The lead that closes the ring; gives its id."""
    return lambda: sent_by(ada, "new@difference.example", company="Difference Ltd")


@pytest.mark.parametrize(
    ("severity", "state"),
    [(Severity.NOTE, ACCRUED), (Severity.HOLD, HELD), (Severity.NO_REWARD, VOID)],
)
def test_T35_a_reward_not_yet_given_waits_when_the_ring_closes(
    severity, state, released, close, saved, act, rosa, ringed
):
    def rule():
        by = db.session.get(Staff, rosa)
        how = {"is_on": True, "severity": severity, "threshold": None}
        risk.change("ring", **how, seen=0, by=by)

    act(rule)
    assert saved(Reward)[0].state is ACCRUED
    assert ringed() == []
    assert [released, close()] == ringed()
    assert saved(Reward)[0].state is state


def test_T35_what_was_sent_stays_sent_and_is_pointed_out(released, close, saved, act, ringed):
    def send():
        reward = db.session.get(Reward, 1)
        for state in (RewardState.APPROVED, RewardState.ISSUED):
            rewards.move(reward, state, note="Order 4711", by=SYSTEM)

    act(send)
    assert [released, close()] == ringed()
    assert saved(Reward)[0].state is RewardState.ISSUED


def test_T35_a_person_may_let_it_go_again(released, close, as_rosa, saved):
    close()
    page = as_rosa.get(f"/staff/leads/{released}").text
    assert signals.RING in page
    ruling = {"ruling": "release", "note": "Two deals."}
    assert as_rosa.post(f"/staff/leads/{released}/ruling", data=ruling).status_code == 303
    assert saved(Reward)[0].state is ACCRUED


def test_T35_a_lead_handed_to_another_link_may_close_one_too(
    released, ada, charlie, rosa, customer, sent_by, act, ringed
):
    """It came through somebody else’s link, and a colleague gives it to hers."""
    other = sent_by(customer("z@z.example"), "new@difference.example", company="Difference Ltd")
    assert ringed() == []
    mine = sent_by(ada, "none@nowhere.example", company="Nowhere")

    def give():
        link = db.session.get(Lead, mine).link
        how = {"note": "Hers", "by": db.session.get(Staff, rosa), "at": clock.now()}
        attribution.give(db.session.get(Lead, other), link, **how)

    act(give)
    assert ringed() == [released, other]
