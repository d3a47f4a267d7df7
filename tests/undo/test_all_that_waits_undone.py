"""Whatever waits in the queue: decided, and within ten seconds undone. Then nothing was sent."""

import re
from html import unescape

import pytest
import sqlalchemy as sa

from portal import clock
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.dashboard import thinking_again
from portal.db import db
from portal.events import actions as events
from portal.events.actions import IN_CALENDARS
from portal.events.models import Event, Speaker, SpeakerState
from portal.events.models import State as Stage
from portal.history.actions import SYSTEM
from portal.incentives.models import Reward, RewardState
from portal.interviews.models import Interview
from portal.interviews.models import State as Talk
from portal.outbox.models import Message, State
from portal.placements.models import Placement, Takedown
from portal.privacy.models import DataRequest
from portal.referrals.models import LeadSignal
from portal.renewals.models import Renewal
from portal.submissions.models import State as Words
from portal.submissions.models import Submission
from portal.undo.models import Undo
from tests.contributing import ANSWERS
from tests.dashboard.test_working_through_a_filter import HOW, form, links, two  # noqa: F401
from tests.events.conftest import confirmed, event, offers_to_speak, plan  # noqa: F401


@pytest.fixture
def promised(saved):
    """The mails that were promised since, and where they stand."""
    known = set()

    def promised() -> list[State]:
        new = [one for one in saved(Message) if one.id not in known]
        known.update(one.id for one in new)
        return [one.state for one in new]

    return promised


def decide(as_rosa, kind: str, way: str):
    """The form on the page that the queue leads to, filled in and sent."""
    address, hidden = form(as_rosa.get(way).text, HOW[kind][1], way)
    return as_rosa.post(address, data=HOW[kind][2] | hidden)


def undo_of(page: str) -> tuple[str, dict]:
    """The button beside what was said."""
    found = re.search(r'<form class="gw-undo".*?action="([^"]+)".*?</form>', page, re.DOTALL)
    return unescape(found[1]), {"items": re.findall(r'name="items" value="([^"]+)"', found[0])}


DECIDED = [kind for kind in HOW if HOW[kind][1]]


@pytest.mark.parametrize("kind", DECIDED)
def test_each_kind_waits_again_where_it_did_and_nobody_hears_of_it(
    two,  # noqa: F811
    as_rosa,
    kind,
    promised,
    wait,
    post_mail,
):
    two(kind)
    asked = f"/staff/queue?kind={kind}&sort=newest"
    before = links(as_rosa.get(asked).text)
    promised()
    answer = decide(as_rosa, kind, before[0])
    assert answer.status_code == 303, answer.text
    page = as_rosa.get(answer.location, follow_redirects=True).text
    assert links(as_rosa.get(asked).text) == before[1:]
    address, items = undo_of(page)
    undone = as_rosa.post(address, data=items)
    assert undone.status_code == 303, undone.text
    assert "Undone" in as_rosa.get(undone.location).text
    assert links(as_rosa.get(asked).text) == before
    wait(minutes=5)
    post_mail()
    assert set(promised()) <= {State.STOPPED}


@pytest.mark.parametrize("kind", DECIDED)
def test_after_ten_seconds_each_decision_stands_and_its_mails_leave(
    two,  # noqa: F811
    as_rosa,
    kind,
    promised,
    wait,
    post_mail,
):
    two(kind)
    asked = f"/staff/queue?kind={kind}&sort=newest"
    before = links(as_rosa.get(asked).text)
    post_mail()
    promised()
    page = as_rosa.get(decide(as_rosa, kind, before[0]).location, follow_redirects=True).text
    wait(seconds=9)
    post_mail()
    address, items = undo_of(page)
    told = promised()
    assert set(told) <= {State.QUEUED}, "they wait as long as it can be undone"
    wait(seconds=1)
    late = as_rosa.post(address, data=items)
    assert (late.status_code, "Ten seconds are over" in late.text) == (409, True)
    assert links(as_rosa.get(asked).text) == before[1:]
    assert bool(told) is (kind in TELLS)


TELLS = set(DECIDED) - {"rewards", "risks", "takedowns", "events"}

# ── Speakers and events ────────────────────────────────────────────────────────────────────


def test_a_seat_given_by_mistake_is_free_again_and_in_no_calendar(
    event,  # noqa: F811
    offers_to_speak,  # noqa: F811
    as_rosa,
    saved,
    take_back,
    wait,
    post_mail,
    mailroom,
):
    number = offers_to_speak(event)
    post_mail()
    told = len(mailroom.mails)
    as_rosa.post(f"/staff/events/{event}/speakers", data={"speaker": number})
    assert saved(Event)[0].state is Stage.FULL
    answer = take_back(as_rosa, f"speaker:{number}")
    assert f"speaker={number}" in answer.location
    one = saved(Speaker)[0]
    assert (one.state, one.confirmed_at, one.event_id) == (SpeakerState.OFFERED, None, event)
    assert saved(Event)[0].state is Stage.OPEN
    wait(minutes=5)
    post_mail()
    assert len(mailroom.mails) == told


def test_who_offered_other_days_and_was_put_on_an_event_offers_other_days_again(
    event,  # noqa: F811
    offers_to_speak,  # noqa: F811
    as_rosa,
    saved,
    take_back,
):
    number = offers_to_speak(None)
    as_rosa.post(f"/staff/events/{event}/speakers", data={"speaker": number})
    answer = take_back(as_rosa, f"speaker:{number}")
    assert answer.location.startswith("/staff/events?speaker=")
    assert (saved(Speaker)[0].event_id, saved(Event)[0].state) == (None, Stage.OPEN)


def test_taken_off_by_mistake_they_have_their_seat_again_unless_it_is_gone(
    confirmed,  # noqa: F811
    event,  # noqa: F811
    as_rosa,
    act,
    saved,
    take_back,
):
    since = saved(Speaker)[0].confirmed_at
    as_rosa.post(f"/staff/speakers/{confirmed}/refusal", data={"note": "No room."})
    take_back(as_rosa, f"speaker:{confirmed}")
    one = saved(Speaker)[0]
    assert (one.state, one.confirmed_at) == (SpeakerState.CONFIRMED, since)
    assert saved(Event)[0].state is Stage.FULL
    as_rosa.post(f"/staff/speakers/{confirmed}/refusal", data={"note": "No room."})

    def fill():
        db.session.get_one(Event, event).state = Stage.FULL

    act(fill)
    assert "The seat at the event is gone" in take_back(as_rosa, f"speaker:{confirmed}").text
    assert saved(Speaker)[0].state is SpeakerState.RELEASED


def test_nobody_is_put_back_on_an_event_that_was_called_off_meanwhile(
    confirmed,  # noqa: F811
    event,  # noqa: F811
    as_rosa,
    take_back,
    saved,
):
    as_rosa.post(f"/staff/speakers/{confirmed}/refusal", data={"note": ""})
    as_rosa.post(f"/staff/events/{event}/cancellation", data={"note": ""})
    assert "Something else happened" in take_back(as_rosa, f"speaker:{confirmed}").text
    take_back(as_rosa, f"event:{event}")
    assert saved(Event)[0].state is Stage.OPEN, "its seat is free by now"


def test_an_event_called_off_by_mistake_has_its_speakers_and_no_calendar_lost_it(
    confirmed,  # noqa: F811
    event,  # noqa: F811
    as_rosa,
    take_back,
    saved,
):
    as_rosa.post(f"/staff/events/{event}/cancellation", data={"note": ""})
    assert saved(Speaker)[0].state is not SpeakerState.CONFIRMED
    take_back(as_rosa, f"event:{event}")
    assert saved(Speaker)[0].state is SpeakerState.CONFIRMED
    assert saved(Event)[0].state is Stage.FULL


# ── Interviews, tasks and data ─────────────────────────────────────────────────────────────


def test_an_interview_called_off_by_mistake_is_as_it_was(
    two,  # noqa: F811
    as_rosa,
    saved,
    take_back,
):
    two("talks")
    before = saved(Interview)[0]
    as_rosa.post("/staff/interviews/1/cancellation", data={"note": "Another time."})
    assert (saved(Interview)[0].state, saved(Interview)[0].note) == (Talk.OFF, "Another time.")
    take_back(as_rosa, "interview:1")
    after = saved(Interview)[0]
    kept = ("state", "note", "place", "starts_at", "held_at", "staff_id", "slots", "reminder")
    assert [getattr(after, one) for one in kept] == [getattr(before, one) for one in kept]


def test_a_task_closed_by_mistake_is_open_with_what_was_typed_and_the_words_stay_off(
    two,  # noqa: F811
    as_rosa,
    as_stranger,
    act,
    saved,
    take_back,
    wait,
):
    two("takedowns")
    wait(seconds=11)
    assert ANSWERS["words"] in as_stranger.get("/stories").text
    receipts = [one.receipt_id for one in saved(Submission)]

    def withdraw():
        for one in db.session.query(Submission).where(Submission.receipt_id.in_(receipts)):
            how = Circumstances()
            consent.withdraw_all(one.receipt, by=one.advocate, circumstances=how)

    act(withdraw)
    closing = {"outcome": "gone", "proof": "I took slide 7 out."}
    as_rosa.post("/staff/takedowns/1/proof", data=closing)
    assert saved(Placement)[0].ended_at
    page = as_rosa.get(take_back(as_rosa, "takedown:1").location).text
    one = saved(Takedown)[0]
    assert (one.closed_at, one.outcome, saved(Placement)[0].ended_at) == (None, None, None)
    assert "I took slide 7 out." in page
    assert "How it ended" not in page
    assert ANSWERS["words"] not in as_stranger.get("/stories").text


def test_T26_words_taken_down_come_back_by_an_undo_only_under_a_permission_in_force(
    approved, as_rosa, as_stranger, act, take_back, wait, saved
):
    approved()
    as_rosa.post("/staff/submissions/1/publication")
    wait(seconds=11)
    assert ANSWERS["words"] in as_stranger.get("/stories").text
    as_rosa.post("/staff/assets/1/retirement", data={"note": "Look again."})
    assert saved(Submission)[0].state is Words.RETIRED

    def withdraw():
        one = db.session.get_one(Submission, 1)
        consent.withdraw_all(one.receipt, by=one.advocate, circumstances=Circumstances())

    act(withdraw)
    take_back(as_rosa, "submission:1")
    assert ANSWERS["words"] not in as_stranger.get("/stories").text


def test_a_task_goes_back_to_whose_it_was(two, as_rosa, theo, saved, take_back):  # noqa: F811
    two("takedowns")
    mine = saved(Takedown)[0].owner_id
    as_rosa.post("/staff/takedowns/1/owner", data={"owner": theo})
    assert saved(Takedown)[0].owner_id == theo
    take_back(as_rosa, "takedown:1")
    assert saved(Takedown)[0].owner_id == mine
    assert [one.state for one in saved(Message) if one.template == "takedown"] == [State.STOPPED]


def test_an_answer_about_data_that_was_undone_stands_in_the_form_again(
    two,  # noqa: F811
    as_rosa,
    saved,
    take_back,
):
    two("requests")
    as_rosa.post("/staff/data-requests/1", data={"answer": "It is right now."})
    page = as_rosa.get(take_back(as_rosa, "data_request:1").location).text
    assert "It is right now.</textarea>" in page
    assert "What they were told" not in page
    assert saved(DataRequest)[0].answered_by_id is None


def test_a_ruling_is_undone_and_the_lead_stands_out_again(
    two,  # noqa: F811
    as_rosa,
    saved,
    take_back,
    act,
):
    two("risks")
    ruling = {"ruling": "refuse", "note": "Known to us."}
    as_rosa.post("/staff/leads/1/ruling", data=ruling)
    assert saved(LeadSignal)[0].cleared_at
    take_back(as_rosa, "lead:1")
    one = saved(LeadSignal)[0]
    assert (one.cleared_at, one.by, one.note) == (None, "", "")


def test_a_ruling_that_freed_the_reward_holds_it_again_by_the_rule(
    two,  # noqa: F811
    as_rosa,
    saved,
    take_back,
):
    two("risks")
    seen = {"stage": "won", "seen": version(saved)}
    as_rosa.post("/staff/leads/1/moves", data=seen)
    lines = [line.state for line in saved(Reward)[0].entries]
    assert lines[-1] is RewardState.HELD
    as_rosa.post("/staff/leads/1/ruling", data={"ruling": "release", "note": "Fine."})
    assert saved(Reward)[0].state is RewardState.ACCRUED
    take_back(as_rosa, "lead:1")
    assert saved(Reward)[0].line.note == "Odd."
    as_rosa.post("/staff/leads/1/ruling", data={"ruling": "release", "note": "Fine."})
    assert saved(Reward)[0].state is RewardState.ACCRUED, "what a rule held it frees again"


def version(saved) -> int:
    from portal.referrals.models import Lead

    return saved(Lead)[0].version


# ── Asking whether words are still right ───────────────────────────────────────────────────


def test_asked_by_mistake_they_were_not_asked_and_can_be(
    two,  # noqa: F811
    as_rosa,
    saved,
    take_back,
    wait,
    promised,
    post_mail,
):
    two("publish")
    as_rosa.post("/staff/submissions/1/publication")
    wait(minutes=1)
    post_mail()
    promised()
    answer = as_rosa.post("/staff/submissions/1/renewal")
    assert 'name="items" value="asset:1"' in as_rosa.get(answer.location).text
    assert len(saved(Renewal)) == 1
    take_back(as_rosa, "asset:1")
    assert saved(Renewal) == []
    wait(minutes=1)
    post_mail()
    assert promised() == [State.STOPPED]
    as_rosa.post("/staff/submissions/1/renewal")
    assert len(saved(Renewal)) == 1


def test_answered_within_ten_seconds_it_was_asked(
    two,  # noqa: F811
    as_rosa,
    act,
    saved,
    take_back,
):
    two("publish")
    as_rosa.post("/staff/submissions/1/publication")
    as_rosa.post("/staff/submissions/1/renewal")

    def answer():
        one = db.session.query(Renewal).one()
        one.answered_at, one.answer = clock.now(), "kept"

    act(answer)
    assert "Something else happened since" in take_back(as_rosa, "asset:1").text
    assert len(saved(Renewal)) == 1


def test_every_way_back_is_named_after_its_table():
    assert all(name == way.row.__tablename__ for name, way in thinking_again.WAYS.items())
    assert sa.inspect(Undo).local_table.name == "undo"


def test_a_question_closed_by_staff_later_is_no_undo(two, as_rosa):  # noqa: F811
    two("companies")
    asked = "/staff/queue?kind=companies&sort=newest"
    before = links(as_rosa.get(asked).text)
    decide(as_rosa, "companies", before[0])
    as_rosa.post("/staff/approvals/3/closing")
    assert links(as_rosa.get(asked).text) == before[1:]


def test_who_was_told_of_a_change_meanwhile_stays_confirmed(
    confirmed,  # noqa: F811
    event,  # noqa: F811
    act,
    saved,
    as_rosa,
    take_back,
):
    def move():
        found = db.session.get_one(Event, event)
        facts = {name: getattr(found, name) for name in (*IN_CALENDARS, "format", "seats")}
        events.change(found, seen=found.version, by=SYSTEM, **facts | {"title": "Moved"})

    act(move)
    answer = take_back(as_rosa, f"speaker:{confirmed}")
    assert "Something else happened since" in answer.text
    assert saved(Speaker)[0].state is SpeakerState.CONFIRMED
