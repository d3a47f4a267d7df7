"""A prospect's own page: what we hold, put right, deleted, stopped (T32, T36)."""

import pytest

from portal.advocates.models import Advocate, Company
from portal.db import db
from portal.history.models import Entry
from portal.incentives.models import Reward, RewardState
from portal.outbox import actions as outbox
from portal.outbox.models import Message
from portal.referrals import risk
from portal.referrals.models import Lead, LeadSignal, Stage, StageMove
from portal.staff.models import Staff
from tests.referrals.conftest import SINA


@pytest.fixture
def page(lead, mailed_link) -> str:
    return mailed_link(SINA["email"])


def test_she_sees_what_we_hold_and_how_far_it_is(as_stranger, page, lead, move):
    move(lead, Stage.CONTACTED)
    text = as_stranger.get(page).text
    for fact in (*SINA.values(), "We are in touch"):
        assert fact in text


def test_T32_she_reads_who_knows_what_and_what_she_was_promised(
    as_stranger, under, come, mailed_link
):
    under(prospect_promise="your first month free")
    come()
    page = mailed_link(SINA["email"])
    text = as_stranger.get(page).text
    assert "Who knows what" in text
    assert "without your name" in text
    assert "may receive a €25 gift card" in text
    assert "You were promised your first month free." in text
    as_stranger.post(f"{page}/details", data=SINA | {"tells_referrer": "y"})
    assert "with your name, as you ticked" in as_stranger.get(page).text


def test_she_puts_it_right(as_stranger, page, saved):
    form = {"name": "Sina O.", "company": "Kestrel", "message": "", "tells_referrer": "y"}
    assert as_stranger.post(f"{page}/details", data=form | {"stage": "won"}).status_code == 303
    lead = saved(Lead)[0]
    assert (lead.name, lead.company, lead.message) == ("Sina O.", "Kestrel", "")
    assert lead.tells_referrer
    assert lead.stage is Stage.RECEIVED
    assert as_stranger.post(f"{page}/details", data={"name": ""}).status_code == 422


@pytest.fixture
def put_right(as_stranger, page):
    """She names another company."""

    def put_right(company: str) -> None:
        form = {"name": "Sina Okoro", "company": company, "message": ""}
        assert as_stranger.post(f"{page}/details", data=form).status_code == 303

    return put_right


@pytest.fixture
def first(come) -> int:
    """Someone who came before her."""
    return come(email="x@gmail.com", company="First")


@pytest.fixture
def customers(save) -> list[str]:
    """Companies of customers."""
    names = ["Barrow Farms", "Kiln Pottery"]
    for name in names:
        save(Company(name=name, name_key=name.lower()))
    return names


@pytest.mark.parametrize(
    ("company", "rule"),
    [
        ("The Difference, Ltd.", "customer-company"),
        ("Analytical Engines", "same-company"),
        ("The First Ltd", "alike"),
        ("Kestrel Freight Ltd", None),
    ],
)
def test_T35_another_company_is_looked_at_like_the_one_before(
    company, rule, first, charlie, put_right, lead, move, act, saved
):
    def is_called():
        db.session.get(Advocate, charlie).company.name_key = "difference ltd"
        db.session.get(Advocate, charlie).company.name = "Difference Ltd"

    act(is_called)
    move(lead, Stage.QUALIFIED)
    assert saved(Reward)[0].state is RewardState.ACCRUED
    put_right(company)
    assert [one.rule for one in saved(LeadSignal)] == ([rule] if rule else [])
    waits = rule in {"customer-company", "alike"}
    assert saved(Reward)[0].state is (RewardState.HELD if waits else RewardState.ACCRUED)


def test_T35_what_was_cleared_of_one_company_is_asked_again_of_another_and_no_hold_goes_away(
    put_right, customers, lead, move, act, rosa, saved
):
    move(lead, Stage.QUALIFIED)
    put_right(customers[0])
    assert saved(Reward)[0].state is RewardState.HELD
    put_right("Nobody we know")  # naming another is no way out
    assert saved(Reward)[0].state is RewardState.HELD

    def release():
        risk.release(db.session.get(Lead, lead), note="New.", by=db.session.get(Staff, rosa))

    act(release)
    assert saved(Reward)[0].state is RewardState.ACCRUED
    put_right("Nobody we know")
    assert saved(Reward)[0].state is RewardState.ACCRUED
    put_right(customers[1])
    assert saved(Reward)[0].state is RewardState.HELD


def test_deleting_is_a_page_then_a_button_and_leaves_nothing_of_her(
    as_stranger, as_ada, as_rosa, page, lead, move, saved
):
    move(lead, Stage.QUALIFIED)
    assert as_stranger.get(f"{page}/deletion").status_code == 200
    assert saved(Lead)[0].name == SINA["name"]
    assert as_stranger.post(f"{page}/deletion").location == "/r/deleted"
    gone = saved(Lead)[0]
    assert (gone.stage, gone.name, gone.email, gone.email_key) == (Stage.WITHDRAWN, "", "", None)
    assert gone.company == gone.message == ""
    assert saved(Reward)[0].state is RewardState.VOID
    assert as_stranger.get(page).status_code == 410
    assert "Your details are deleted" in as_stranger.get("/r/deleted").text
    everything = str([vars(row) for kind in (Message, Entry, StageMove) for row in saved(kind)])
    for fact in ("Sina", "kestrel", "Kestrel"):
        assert fact not in everything
    for client, path in ((as_ada, "/me/referrals/1"), (as_rosa, f"/staff/leads/{lead}")):
        assert "Sina" not in client.get(path).text


def test_she_may_come_back_after_deleting(as_stranger, page, code, saved):
    as_stranger.post(f"{page}/deletion")
    assert as_stranger.post(f"/r/{code}/leads", data=SINA).status_code == 303
    assert [lead.stage for lead in saved(Lead)] == [Stage.WITHDRAWN, Stage.RECEIVED]


def test_an_issued_reward_stays_issued_when_she_deletes(as_stranger, page, lead, move, act, saved):
    from portal.history.actions import SYSTEM
    from portal.incentives import actions as incentives

    move(lead, Stage.QUALIFIED)
    for state in (RewardState.APPROVED, RewardState.ISSUED):
        act(
            lambda s=state: incentives.move(db.session.get(Reward, 1), s, note="Order 7", by=SYSTEM)
        )
    as_stranger.post(f"{page}/deletion")
    assert saved(Reward)[0].state is RewardState.ISSUED


def test_stopping_ends_it_and_all_news(as_stranger, app, page, saved):
    assert as_stranger.post(f"{page}/stop").status_code == 303
    lead = saved(Lead)[0]
    assert (lead.stage, lead.wants_marketing) == (Stage.LOST, False)
    with app.app_context():
        assert outbox.reasons_among([SINA["email"]])
    assert as_stranger.post(f"{page}/stop").status_code == 303
    assert [m.stage for m in saved(StageMove)] == [Stage.RECEIVED, Stage.LOST]


def test_a_link_that_is_not_ours_opens_nothing(as_stranger, page):
    assert as_stranger.get(page[:-6] + "aaaaaa").status_code == 404
    assert as_stranger.post("/p/nothing/deletion").status_code == 404


def test_opening_it_ten_times_changes_nothing(as_stranger, page, saved):
    before = [(e.verb, e.about) for e in saved(Entry)]
    for _ in range(10):
        for path in ("", "/details", "/deletion"):
            as_stranger.get(page + path)
    assert [(e.verb, e.about) for e in saved(Entry)] == before
