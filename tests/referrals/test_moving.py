"""Staff move leads along, and the reward follows: owed once, at the stage agreed on."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from portal.db import db
from portal.errors import NotAllowed
from portal.incentives import actions as incentives
from portal.incentives.models import Choice, Reward, RewardEntry, RewardState
from portal.referrals.models import FINAL, Lead, Stage, StageMove
from portal.staff.models import Role, Staff
from tests.referrals.conftest import SINA

R, C, Q, M, W = Stage.RECEIVED, Stage.CONTACTED, Stage.QUALIFIED, Stage.MEETING, Stage.WON
OWED, VOID = RewardState.ACCRUED, RewardState.VOID


@pytest.mark.parametrize(
    ("moves", "effect"),
    [
        ([C], None),
        ([C, Q], OWED),
        ([Q], OWED),
        ([M], OWED),  # past the stage counts as reaching it
        ([W], OWED),
        ([C, Q, M, W], OWED),
        ([Q, C], VOID),  # moved back before the stage
        ([M, Q], OWED),  # back, but not before it
        ([Q, C, Q], OWED),  # forward again: the same one revives
        ([Q, Stage.LOST], VOID),
        ([M, Stage.UNQUALIFIED], VOID),
        ([Q, Stage.DUPLICATE], VOID),
        ([Stage.LOST], None),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else str(value),
)
def test_what_each_way_does_to_the_reward(lead, move, saved, moves, effect):
    move(lead, *moves)
    rewards = saved(Reward)
    assert [reward.state for reward in rewards] == ([effect] if effect else [])
    assert [m.stage for m in saved(StageMove)] == [R, *moves]


@pytest.mark.parametrize("choice", [Choice.DECLINED, Choice.DONATED])
def test_declined_earns_nothing_and_donated_says_so(lead, move, saved, choice):
    move(lead, W)
    assert [reward.donated for reward in saved(Reward)] == ([True] if choice == "donated" else [])


def test_T35_a_hold_waits_for_a_person_and_she_reads_no_accusation(as_ada, come, move, saved):
    move(come(email="somebody@mailinator.com"), Q)
    assert saved(Reward)[0].state is RewardState.HELD
    for path in ("/me/rewards", "/me/referrals/1"):
        page = as_ada.get(path).text
        assert "being checked" in page.lower()
        assert "hello@acme.example" in page
        assert "thrown away" not in page


@how(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(way=st.lists(st.sampled_from([*Stage, "approve", "issue", "erase"]), max_size=10))
def test_no_way_pays_twice_or_goes_below_zero(app, come, rosa, way):
    """Any sequence of moves, rulings and erasure: one ledger, at most one issue, legal steps."""
    test_no_way_pays_twice_or_goes_below_zero.count = number = (
        getattr(test_no_way_pays_twice_or_goes_below_zero, "count", 0) + 1
    )
    lead_id = come(email=f"p{number}@kestrel.example")
    for step in way:
        with app.app_context():
            try:
                take(step, db.session.get(Lead, lead_id), db.session.get(Staff, rosa))
                db.session.commit()
            except NotAllowed:
                db.session.rollback()
    with app.app_context():
        rewards = db.session.scalars(sa_for(lead_id)).all()
        assert len(rewards) <= 1
        states = [entry.state for entry in rewards[0].entries] if rewards else []
        assert states.count(RewardState.ISSUED) <= 1
        for before, after in zip([None, *states], states, strict=False):
            assert after in incentives.MOVES[before]
        db.session.rollback()


def sa_for(lead_id: int):
    import sqlalchemy as sa

    return sa.select(Reward).where(Reward.reason == f"lead:{lead_id}")


def take(step, lead: Lead, by: Staff) -> None:
    from portal.referrals import actions

    reward = db.session.scalar(sa_for(lead.id))
    if step == "erase":
        actions.erase(lead)
    elif step in {"approve", "issue"}:
        state = RewardState.APPROVED if step == "approve" else RewardState.ISSUED
        if reward:
            incentives.move(reward, state, note="Order 7", by=by)
    else:
        actions.move(lead, step, seen=lead.version, by=by)


# ── The pages ──────────────────────────────────────────────────────────────────────────────


def test_the_board_counts_and_the_address_says_the_filter(as_rosa, come, move, campaign):
    move(come(), C)
    come(email="bo@nordbrot.example", name="Bo Lind", company="Nordbrot")
    page = as_rosa.get("/staff/leads").text
    assert "Sina Okoro" in page
    assert "Bo Lind" in page
    assert "Bo Lind" not in as_rosa.get("/staff/leads?q=kestrel").text
    assert "Nothing matches" in as_rosa.get("/staff/leads?q=100%25").text
    assert "Nothing matches" in as_rosa.get("/staff/leads?campaign=99").text
    only = as_rosa.get(f"/staff/leads?view=list&stage=contacted&campaign={campaign}").text
    assert "Sina Okoro" in only
    assert "Bo Lind" not in only


def test_an_empty_board_says_what_will_stand_there(as_rosa):
    assert "Nobody has come through a link yet" in as_rosa.get("/staff/leads").text


def test_a_move_is_kept_with_its_note(as_rosa, lead, saved):
    seen = saved(Lead)[0].version
    form = {"stage": "contacted", "note": "Called on Tuesday", "seen": seen}
    assert as_rosa.post(f"/staff/leads/{lead}/moves", data=form).status_code == 303
    assert as_rosa.post(f"/staff/leads/{lead}/moves", data=form).status_code == 409  # is there
    assert [m.note for m in saved(StageMove)] == ["", "Called on Tuesday"]
    assert "Called on Tuesday" in as_rosa.get(f"/staff/leads/{lead}").text


def test_who_was_slower_is_told_and_keeps_the_note(as_rosa, lead, move, saved):
    seen = saved(Lead)[0].version
    move(lead, C)
    form = {"stage": "meeting", "note": "Asked for a demo", "seen": seen}
    late = as_rosa.post(f"/staff/leads/{lead}/moves", data=form)
    assert late.status_code == 409
    assert "You were faster: contacted," in late.text
    assert "Asked for a demo" in late.text
    assert saved(Lead)[0].stage is C
    seen_now = saved(Lead)[0].version
    assert f'value="{seen_now}"' in late.text


def test_ends_are_final_and_staff_cannot_withdraw_for_her(as_rosa, lead, move, saved):
    seen = saved(Lead)[0].version
    refused = as_rosa.post(f"/staff/leads/{lead}/moves", data={"stage": "withdrawn", "seen": seen})
    assert refused.status_code == 422
    assert as_rosa.post(f"/staff/leads/{lead}/moves", data={"stage": "won"}).status_code == 422
    move(lead, W)
    assert W in FINAL
    assert "Move to" not in as_rosa.get(f"/staff/leads/{lead}").text


def test_viewers_look_and_do_not_move(lead, save, browser_of):
    viewer = browser_of(staff=save(Staff(email="v@acme.example", name="Vic", role=Role.VIEWER)))
    assert viewer.get(f"/staff/leads/{lead}").status_code == 200
    assert "Move to" not in viewer.get(f"/staff/leads/{lead}").text
    assert viewer.post(f"/staff/leads/{lead}/moves", data={"stage": "won"}).status_code == 403


# ── What the advocate learns (T33) ─────────────────────────────────────────────────────────


def texts(mails) -> str:
    return "\n".join(part.get_content() for mail in mails for part in mail.iter_parts())


@pytest.mark.parametrize("tells", [False, True])
def test_T33_she_follows_it_in_broad_steps_and_a_name_only_if_told(
    as_ada, come, move, post_mail, mailroom, tells
):
    lead = come(label="The tall one", tells_referrer=tells)
    move(lead, C, Q)
    seen = [as_ada.get(p).text for p in ("/me/referrals/1", "/me/rewards", "/me")]
    post_mail()
    mails = mailroom.to("ada@analytical.example")
    for text in (*seen, texts(mails)):
        for secret in (SINA["email"], SINA["company"], SINA["message"]):
            assert secret not in text
    assert (SINA["name"] in seen[0]) is tells
    assert SINA["name"] not in texts(mails)
    assert "It could be a good fit" in seen[0]
    assert any("The tall one" in mail["Subject"] for mail in mails)


def test_T33_why_something_closed_stays_with_the_prospect(as_ada, lead, move):
    move(lead, C, Stage.UNQUALIFIED)
    page = as_ada.get("/me/referrals/1").text
    assert "Closed" in page
    assert "nqualified" not in page


def test_the_ledger_entries_name_the_rule_not_the_person(lead, move, saved):
    move(lead, Q, C)
    assert {entry.by for entry in saved(RewardEntry)} == {"system"}
