"""One click moves a lead; within ten seconds another one takes that back, and nothing was sent."""

import re

import pytest
import sqlalchemy as sa

from portal.db import db
from portal.history.models import Entry
from portal.incentives import actions as incentives
from portal.incentives.models import Reward, RewardEntry, RewardState
from portal.outbox.models import Message, State
from portal.referrals import actions, prospect_ledger, report, risk, room
from portal.referrals.models import Lead, LeadSignal, Severity, Stage, StageMove
from portal.referrals.prospect_ledger import ProspectReward, ProspectRewardEntry
from portal.referrals.undoing import LEAD
from portal.staff.models import Role, Staff
from portal.undo import actions as undoing
from portal.undo import several
from portal.undo.models import Undo
from tests.crowd import at_once, overlapping
from tests.undo.conftest import take_back  # noqa: F401

R, C, Q, W, LOST = Stage.RECEIVED, Stage.CONTACTED, Stage.QUALIFIED, Stage.WON, Stage.LOST
DUE, HELD, VOID = RewardState.ACCRUED, RewardState.HELD, RewardState.VOID
ADA, SINA = "ada@analytical.example", "sina@kestrel.example"


@pytest.fixture
def step(as_rosa, saved):
    """Rosa moves a lead by its page, or by the board."""

    def step(number: int, stage: Stage, **sent):
        seen = next(one.version for one in saved(Lead) if one.id == number)
        form = {"stage": stage.value, "seen": seen} | sent
        return as_rosa.post(f"/staff/leads/{number}/moves", data=form)

    return step


@pytest.fixture
def undo(as_rosa, take_back):  # noqa: F811
    def undo(*numbers: int, client=as_rosa):
        return take_back(client, *(f"lead:{number}" for number in numbers))

    return undo


def hers_of(as_ada) -> list[str]:
    """What her pages say, without the tokens of their forms."""
    pages = [as_ada.get(path).text for path in ("/me/referrals/1", "/me", "/me/rewards")]
    return [re.sub(r'name="csrf_token" value="[^"]+', "", page) for page in pages]


def states(saved) -> list[RewardState]:
    return [line.state for line in saved(RewardEntry)]


def test_won_by_mistake_it_stands_where_it_stood_and_nobody_hears_of_it(
    as_rosa, as_ada, lead, under, step, undo, saved, wait, post_mail, mailroom
):
    under(prospect_promise="your first month free", prospect_cents=900)
    post_mail()
    before, told = saved(Lead)[0], len(mailroom.mails)
    hers = hers_of(as_ada)
    page = as_rosa.get(step(lead, W, **{"from": "board"}).location).text
    assert f'value="lead:{lead}"' in page
    answer = undo(lead)
    assert answer.location == f"/staff/leads/{lead}"
    page = as_rosa.get(answer.location).text
    assert "Undone. It stands where it stood, and nothing was sent." in page
    assert "Undone: received as before" in page
    after = saved(Lead)[0]
    assert (after.stage, after.updated_at) == (R, before.updated_at)
    assert [(one.stage, one.how) for one in saved(StageMove)] == [(R, ""), (W, ""), (R, "undone")]
    assert states(saved) == [DUE, VOID]
    assert hers_of(as_ada) == hers
    wait(minutes=5)
    post_mail()
    assert len(mailroom.mails) == told
    assert "decision undone" in {one.verb for one in saved(Entry) if one.about == f"lead:{lead}"}


def test_what_the_prospect_was_promised_is_due_no_more_either(
    come, under, step, undo, saved, wait, post_mail, mailroom, act
):
    under(prospect_promise="your first month free", prospect_cents=900, budget_cents=100_00)
    number = come()
    step(number, W)
    assert act(lambda: prospect_ledger.owed("campaign:1")) == 900
    undo(number)
    assert [one.state for one in saved(ProspectRewardEntry)] == [DUE, VOID]
    assert act(lambda: prospect_ledger.owed("campaign:1")) == 0
    wait(minutes=5)
    post_mail()
    assert not [one for one in mailroom.to(SINA) if "free" in one["Subject"]]
    step(number, W)
    wait(minutes=5)
    post_mail()
    said = [one.state for one in saved(Message) if one.template == "prospect-reward"]
    assert said == [State.STOPPED, State.SENT], "the mail that never left is written anew"


def test_lost_by_mistake_what_fell_away_is_owed_again_as_it_was(
    come, under, move, step, undo, saved, act, rosa, wait
):
    under(prospect_promise="your first month free")
    number = come()
    move(number, Q)

    def approve():
        one = db.session.get_one(Reward, 1)
        incentives.move(one, RewardState.APPROVED, by=db.session.get(Staff, rosa))

    act(approve)
    since = saved(ProspectReward)[0].waits_since
    wait(minutes=1)
    step(number, LOST)
    assert (states(saved)[-1], saved(ProspectRewardEntry)[-1].state) == (VOID, VOID)
    undo(number)
    assert states(saved) == [DUE, RewardState.APPROVED, VOID, RewardState.APPROVED]
    assert [one.state for one in saved(ProspectRewardEntry)] == [DUE, VOID, DUE]
    assert saved(Reward)[0].line.note == ""
    assert saved(ProspectReward)[0].waits_since == since
    assert {one.by for one in saved(RewardEntry) if one.how == "undone"} == {"system"}


def test_held_as_it_came_back_to_life_it_falls_away_again_by_a_line_for_each(
    come, move, step, undo, saved
):
    number = come(email="somebody@mailinator.com")
    move(number, Q, C)
    assert states(saved) == [DUE, HELD, VOID]
    step(number, Q)
    undo(number)
    assert states(saved) == [DUE, HELD, VOID, DUE, HELD, DUE, VOID]
    assert saved(Reward)[0].line.note == "The referral is no longer at that step."


def test_that_it_waits_is_told_anew_where_the_first_mail_never_left(come, step, undo, saved):
    number = come(email="somebody@mailinator.com")
    for _ in range(2):
        step(number, Q)
        undo(number)
    told = [one.state for one in saved(Message) if one.template == "reward-held"]
    assert told == [State.STOPPED, State.STOPPED]


def test_the_place_it_took_is_free_for_the_next(come, under, step, undo, saved):
    under(most_all=1)
    first, second = (come(email=f"p{n}@k{n}.example", company=f"K{n}") for n in (1, 2))
    step(first, W)
    undo(first)
    step(second, W)
    assert {one.reason: one.state for one in saved(Reward)} == {
        f"lead:{first}": VOID, f"lead:{second}": DUE,
    }  # fmt: skip
    assert [one.no_reward for one in saved(Lead)] == ["", ""]


def test_a_place_that_is_somebody_elses_by_now_is_not_taken_back(
    come, under, move, step, undo, saved
):
    under(most_all=1)
    first, second = (come(email=f"p{n}@k{n}.example", company=f"K{n}") for n in (1, 2))
    move(first, W)
    step(second, W)
    assert saved(Lead)[1].no_reward == "most_all"
    undo(second)
    assert saved(Lead)[1].no_reward == ""
    assert (saved(Lead)[0].stage, len(saved(Reward))) == (W, 1)


def test_lost_its_reward_goes_to_the_next_and_the_undo_says_so(
    come, under, move, step, undo, saved
):
    under(most_all=1)
    first, second = (come(email=f"p{n}@k{n}.example", company=f"K{n}") for n in (1, 2))
    move(first, Q)
    step(first, LOST)
    move(second, Q)
    answer = undo(first)
    assert "Its place was given to somebody else meanwhile. The decision stands." in answer.text
    assert (answer.status_code, saved(Lead)[0].stage) == (409, LOST)
    assert [one.stage for one in saved(StageMove)][-2:] == [LOST, Q]


def test_what_the_promise_of_a_prospect_had_is_somebody_elses_so_it_comes_back_held(
    come, under, move, step, undo, as_rosa, saved
):
    under(prospect_promise="a month free", prospect_cents=900, budget_cents=25_00 + 900)
    first, second = (come(email=f"p{n}@k{n}.example", company=f"K{n}") for n in (1, 2))
    under(budget_cents=1000)
    move(first, Q)
    step(first, LOST)
    move(second, Q)
    page = as_rosa.get(undo(first).location).text
    assert "is used up by now: that is held" in page
    mine = [one for one in saved(ProspectReward) if one.lead_id == first]
    assert [one.state for one in mine[0].entries] == [DUE, VOID, DUE, HELD]


# ── When it cannot ─────────────────────────────────────────────────────────────────────────


def later(wait, **_):
    wait(seconds=10)


def ruled(act, lead, rosa, **_):
    def rule():
        risk.refuse(db.session.get(Lead, lead), note="Known.", by=db.session.get(Staff, rosa))

    act(rule)


def approved(act, rosa, **_):
    def approve():
        by = db.session.get(Staff, rosa)
        incentives.move(db.session.get_one(Reward, 1), RewardState.APPROVED, by=by)

    act(approve)


def stopped(act, lead, **_):
    act(lambda: actions.stop(db.session.get(Lead, lead)))


def erased(act, lead, **_):
    act(lambda: actions.erase(db.session.get(Lead, lead)))


def sending(act, **_):
    def begin():
        db.session.get_one(Message, max(one.id for one in db.session.query(Message))).attempts = 1

    act(begin)


def noticed(act, lead, **_):
    def notice():
        db.session.add(
            LeadSignal(lead_id=lead, rule="per-day", severity=Severity.HOLD, reason="Many.")
        )

    act(notice)


OVER, SINCE = "Ten seconds are over", "Something else happened since"


@pytest.mark.parametrize(
    ("meanwhile", "says"),
    [
        (later, OVER), (sending, OVER), (ruled, SINCE), (approved, SINCE), (stopped, SINCE),
        (noticed, SINCE), (erased, "no decision of yours"),
    ],
)  # fmt: skip
def test_too_late_or_gone_on_it_says_so_and_changes_nothing(
    come, step, undo, saved, act, rosa, wait, meanwhile, says
):
    lead = come()
    step(lead, Q)
    meanwhile(act=act, lead=lead, rosa=rosa, wait=wait)
    before = [vars(one).copy() for kind in (StageMove, RewardEntry) for one in saved(kind)]
    answer = undo(lead)
    assert (answer.status_code, says in answer.text) == (409, True)
    after = [vars(one).copy() for kind in (StageMove, RewardEntry) for one in saved(kind)]
    assert len(after) == len(before)
    assert saved(Lead)[0].stage is not R


def test_twice_is_harmless_and_it_is_nobody_elses_to_undo(
    lead, step, undo, saved, save, browser_of
):
    theo = save(Staff(email="t@acme.example", name="Theo", role=Role.EDITOR, password_hash="x"))
    step(lead, W)
    assert "no decision of yours" in undo(lead, client=browser_of(staff=theo)).text
    undo(lead)
    assert undo(lead).status_code == 303
    assert [one.stage for one in saved(StageMove)] == [R, W, R]
    step(lead, W)
    assert saved(Lead)[0].stage is W, "an end that was undone is none"


def test_T36_nothing_is_kept_for_an_undo_of_who_had_their_details_deleted(lead, step, act, saved):
    step(lead, Q)
    act(lambda: actions.erase(db.session.get(Lead, lead)))
    assert saved(Undo) == []


# ── Where else a step is read ──────────────────────────────────────────────────────────────


def test_what_was_undone_counts_in_no_report_and_the_wait_begins_with_the_step_that_stands(
    come, under, step, undo, act, wait, saved
):
    under(hold_days=10)
    lead = come()
    step(lead, Q)
    undo(lead)
    assert act(lambda: report.total(report.lines("campaign")).qualified) == 0
    wait(minutes=20)
    step(lead, W)
    assert act(lambda: report.total(report.lines("campaign")).qualified) == 1
    assert (saved(Reward)[0].not_before - saved(StageMove)[-1].at).days == 10


def test_what_was_undone_makes_nobody_wait_longer_for_room(
    come, under, move, step, undo, wait, act
):
    under(most_all=0)
    first, second = (come(email=f"p{n}@k{n}.example", company=f"K{n}") for n in (1, 2))
    for lead in (first, second):
        move(lead, Q)
        wait(minutes=10)
    step(first, LOST)
    undo(first)
    assert act(lambda: room.left_out(1)) == [first, second]


# ── Several ────────────────────────────────────────────────────────────────────────────────


def test_several_moved_at_once_are_undone_each_for_itself(
    as_rosa, numbered, move, saved, undo, wait, post_mail, mailroom
):
    post_mail()
    told = len(mailroom.mails)
    seen = [f"{one.id}:{one.version}" for one in saved(Lead)]
    form = {"lead": seen, "to": "won", "note": "From the fair"}
    page = as_rosa.post("/staff/leads/moves", data=form).text
    assert re.findall(r'name="items" value="(lead:\d)"', page) == ["lead:1", "lead:2", "lead:3"]
    assert 'name="back" value="leads"' in page
    wait(seconds=5)
    assert len(saved(Undo)) == 3
    with_back = {"items": ["lead:1", "lead:2"], "back": "leads"}
    answer = as_rosa.post("/staff/undo", data=with_back)
    assert answer.text.count("It stands where it stood") == 2
    assert 'href="/staff/leads"' in answer.text
    assert [one.stage for one in saved(Lead)] == [R, R, W]
    wait(seconds=6)
    assert "Ten seconds are over" in undo(3).text
    post_mail()
    assert len(mailroom.mails) == told + 1


def test_of_several_one_that_stood_there_has_nothing_to_undo(as_rosa, numbered, move, saved):
    move(numbered[0], Q)
    seen = [f"{one.id}:{one.version}" for one in saved(Lead)]
    page = as_rosa.post("/staff/leads/moves", data={"lead": seen, "to": "qualified"}).text
    assert re.findall(r'name="items" value="(lead:\d)"', page) == ["lead:2", "lead:3"]


# ── At the same moment ─────────────────────────────────────────────────────────────────────


def test_pressed_four_times_at_once_it_is_undone_once(lead, step, undo, saved):
    step(lead, W)
    answers = at_once(4, lambda _: undo(lead).status_code)
    assert answers == [303] * 4
    assert [one.stage for one in saved(StageMove)] == [R, W, R]
    assert states(saved) == [DUE, VOID]


@pytest.mark.parametrize("who", ["the worker", "a colleague"])
def test_who_acts_on_it_in_that_very_moment_was_first(app, lead, step, saved, rosa, who):
    step(lead, Q)

    def first():
        if who == "the worker":
            newest = max(one.id for one in db.session.query(Message))
            db.session.get_one(Message, newest, with_for_update=True).attempts = 1
        else:
            one = db.session.get_one(Reward, 1)
            incentives.move(one, RewardState.APPROVED, by=db.session.get(Staff, rosa))

    def second() -> str:
        with app.test_request_context(method="POST"):
            by = db.session.get(Staff, rosa)
            return str(several.each(LEAD, [lead], lambda one: undoing.undo(LEAD, one, by=by))[0])

    assert "done=False" in overlapping(app, first, second)
    assert [one.stage for one in saved(StageMove)] == [R, Q]
    assert VOID not in states(saved)


def test_T24_a_step_cannot_be_marked_as_undone_afterwards(app, lead, move):
    move(lead, Q)
    with app.app_context():
        db.session.add(StageMove(lead_id=lead, stage=Q, note="Sina", by="system"))
        db.session.commit()
    change = "UPDATE stage_move SET note = '', how = 'undone' WHERE note = 'Sina'"
    with app.app_context(), pytest.raises(sa.exc.DatabaseError, match="append-only"):
        db.session.execute(sa.text(change))
