"""Room under a limit that opens again: the lead due the longest gets it, and all read why."""

from datetime import timedelta

import pytest

from portal import clock, jobs
from portal.campaigns.models import Campaign
from portal.db import db
from portal.history.models import Entry
from portal.incentives.models import Reward, RewardState
from portal.outbox.models import Message
from portal.referrals import room
from portal.referrals.models import Lead, Stage
from portal.staff.models import Role, Staff

C, Q = Stage.CONTACTED, Stage.QUALIFIED


@pytest.fixture
def promised(app, monkeypatch):
    """Do what the worker would: share the room that was promised, each lead in its own
    transaction; gives the names of the jobs."""
    waiting, enqueue = [], jobs.enqueue

    def note(name, *ids, **more):
        if name.startswith("rewards."):
            waiting.append((name, *ids))
        enqueue(name, *ids, **more)

    monkeypatch.setattr(jobs, "enqueue", note)

    def promised() -> list[str]:
        done = []
        while waiting:
            name, number = waiting.pop(0)
            done.append(name)
            with app.app_context():
                campaign = room.campaign_of(number) if name == "rewards.room" else number
                for _ in room.share(campaign):
                    db.session.commit()
        return done

    return promised


@pytest.fixture
def several(under, come, move):
    """Three who came, as they were won: the other way round. There is one reward."""
    under(most_all=1)
    leads = [come(email=f"p{n}@k{n}.example", company=f"K{n}") for n in range(3)][::-1]
    for lead in leads:
        move(lead, Q)
    return leads


def refuse(client, reward=1):
    form = {"state": "declined", "note": "Twice", "seen": 1}
    assert client.post(f"/staff/rewards/{reward}/moves", data=form).status_code == 303


def owed(saved) -> list[tuple[str, RewardState]]:
    return [(one.reason, one.state) for one in saved(Reward)]


def test_a_refused_one_makes_room_for_the_lead_that_has_been_due_the_longest(
    several, as_rosa, promised, saved, as_ada
):
    won, longest, _ = several
    page = as_rosa.get(f"/staff/leads/{longest}").text
    assert "due the longest gets it" in page
    refuse(as_rosa)
    assert promised() == ["rewards.room"]
    declined, accrued = RewardState.DECLINED, RewardState.ACCRUED
    assert owed(saved) == [(f"lead:{won}", declined), (f"lead:{longest}", accrued)]
    assert [lead.no_reward for lead in saved(Lead)] == ["most_all", "", ""]
    page = " ".join(as_rosa.get(f"/staff/leads/{longest}").text.split())
    assert "A limit had left it out." in page
    assert "it had been due the longest" in page
    acts = [(e.about, e.verb) for e in saved(Entry)]
    assert (f"lead:{longest}", "left out by a limit") in acts
    assert (f"lead:{longest}", room.AFTER_ALL) in acts
    news = [m.context["title"] for m in saved(Message) if m.template == "lead-moved"]
    assert news[-1] == "Your reward is due after all"
    assert "All rewards there were" in as_ada.get("/me/referrals/1").text  # the last one


def test_one_that_is_no_longer_due_makes_room_and_finds_none_when_it_comes_back(
    several, move, promised, saved
):
    won, longest, _ = several
    move(won, C)
    promised()
    move(won, Q)
    promised()
    void, accrued = RewardState.VOID, RewardState.ACCRUED
    assert owed(saved) == [(f"lead:{won}", void), (f"lead:{longest}", accrued)]
    assert saved(Lead)[2].no_reward == "most_all"


def test_who_is_lost_or_was_refused_meanwhile_takes_no_place(
    several, move, as_rosa, promised, saved
):
    _, lost, refused = several
    move(lost, Stage.LOST)
    ruling = {"ruling": "refuse", "note": "Odd"}
    as_rosa.post(f"/staff/leads/{refused}/ruling", data=ruling)
    refuse(as_rosa)
    promised()
    assert [reason for reason, state in owed(saved) if state is RewardState.ACCRUED] == []


def test_sharing_twice_or_without_room_goes_beyond_no_limit(several, app, campaign, saved):
    for _ in range(2):
        with app.app_context():
            assert len(list(room.share(campaign))) == 2
            db.session.commit()
    assert len(saved(Reward)) == 1


def test_who_was_left_out_is_found_by_the_same_number_of_statements_however_many_they_are(
    under, ada, charlie, sent_by, move, campaign, statements
):
    under(most_all=1)

    def left_out(*people: int) -> tuple[int, int]:
        for who in people:
            move(sent_by(who, f"of{who}@k{who}.example", company=f"K{who}"), Q)
        found = []
        asked = statements(lambda: found.extend(room.left_out(campaign)))
        return len(found), len(asked)

    move(sent_by(ada, "first@first.example", company="First"), Q)
    one, few = left_out(ada)
    assert (one, left_out(charlie)) == (1, (2, few))


def test_what_waits_for_a_check_takes_its_place_and_waits_there(
    under, come, move, as_rosa, promised, saved
):
    under(most_all=1)
    plain, odd = come(), come(email="x@mailinator.com", company="Odd")
    move(plain, Q)
    move(odd, Q)
    refuse(as_rosa)
    promised()
    assert saved(Reward)[1].state is RewardState.HELD
    assert [m.template for m in saved(Message)][-1] == "reward-held"  # and not that it is due


def test_the_days_to_wait_run_from_the_step_and_not_from_the_room(
    under, come, move, as_rosa, promised, saved, wait
):
    under(most_all=1, hold_days=14)
    first, second = come(), come(email="bo@nordbrot.example", company="Nordbrot")
    move(first, Q)
    with clock.ago(days=5):
        move(second, Q)
    refuse(as_rosa)
    promised()
    left = saved(Reward)[1].not_before - clock.now()
    assert timedelta(days=8, hours=23) < left < timedelta(days=9)


# ── Raised by an owner ─────────────────────────────────────────────────────────────────────


def limits(client, campaign, **wanted):
    form = {"most_each": "", "most_all": "", "budget": "", "seen": "1"} | wanted
    return client.post(f"/staff/campaigns/{campaign}/limits", data=form)


@pytest.fixture
def seen(saved):
    return lambda: str(saved(Campaign)[0].version)


def test_an_owner_raises_a_limit_and_as_many_as_there_is_room_for_get_theirs(
    several, as_rosa, campaign, promised, saved, seen
):
    url = f"/staff/campaigns/{campaign}/limits"
    assert "2 leads" in as_rosa.get(url).text
    assert limits(as_rosa, campaign, most_all="2", seen=seen()).status_code == 303
    assert promised() == ["rewards.raised"]
    assert [reason for reason, _ in owed(saved)] == [f"lead:{several[0]}", f"lead:{several[1]}"]
    assert limits(as_rosa, campaign, most_all="2", seen=seen()).status_code == 303  # no change
    assert promised() == []
    assert limits(as_rosa, campaign, seen=seen()).status_code == 303  # no limit at all
    promised()
    assert len(saved(Reward)) == 3
    acts = [entry for entry in saved(Entry) if entry.verb == "limits raised"]
    assert acts[0].data["was"]["most_all"] == 1
    assert acts[0].data["now"]["most_all"] == 2


@pytest.mark.parametrize("wanted", [{"most_all": "4"}, {"most_all": "5", "budget": "100"}])
def test_a_limit_people_were_promised_is_never_lowered(
    under, several, as_rosa, campaign, wanted, seen, saved
):
    under(most_all=5)
    answer = limits(as_rosa, campaign, **wanted, seen=seen())
    assert answer.status_code == 409
    assert "only be raised" in answer.text
    assert f'value="{wanted["most_all"]}"' in answer.text  # nothing typed is lost
    assert saved(Campaign)[0].most_all == 5


def test_who_was_slower_raises_nothing(several, as_rosa, campaign, seen, saved):
    before = seen()
    limits(as_rosa, campaign, most_all="2", seen=before)
    assert limits(as_rosa, campaign, most_all="9", seen=before).status_code == 409
    assert saved(Campaign)[0].most_all == 2


def test_only_owners_raise_them_and_no_number_is_refused_in_words(
    several, save, browser_of, as_rosa, campaign, seen
):
    editor = browser_of(staff=save(Staff(email="e@e.example", name="E", role=Role.EDITOR)))
    assert limits(editor, campaign, most_all="9", seen=seen()).status_code == 403
    assert "Owners raise them" in editor.get(f"/staff/campaigns/{campaign}/limits").text
    answer = limits(as_rosa, campaign, most_all="many", seen=seen())
    assert answer.status_code == 422
    assert "Enter a whole number" in answer.text
