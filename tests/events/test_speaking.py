"""Offering to speak, being given a place, and what becomes of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from portal.advocates.models import Advocate
from portal.campaigns.models import Invitation
from portal.db import db
from portal.errors import Refusal
from portal.events import actions
from portal.events.models import Event, Speaker, SpeakerState, State
from portal.outbox.models import Message
from portal.staff.models import Role, Staff
from portal.submissions.models import Answer, Submission
from tests.crowd import overlapping
from tests.events.conftest import calendar_in
from tests.submissions.way import Way

PLAN = {
    "title": "An evening in Berlin", "description": "About plans.", "format": "talk",
    "day": "2028-06-01", "time": "18:00", "time_zone": "Europe/Berlin", "minutes": "60",
    "seats": "2", "place": "",
}  # fmt: skip


@pytest.fixture
def way(as_ada, invitation):
    """Ada’s webinar proposal, come to the question when she would like to speak."""
    one = Way(as_ada, invitation, "webinar")
    one.take("declined")
    one.say(1, "Off paper in one summer")
    one.say(2, "A panel with two other customers")
    return one


def finish(one: Way):
    one.say(4, "Ada.")
    one.introduce()
    one.allow("name")
    return one.send()


# ── Staff plan ─────────────────────────────────────────────────────────────────────────────


def test_an_event_is_planned_on_the_clock_of_its_zone(as_rosa, saved):
    assert "No event yet" in as_rosa.get("/staff/events").text
    answer = as_rosa.post("/staff/events", data=PLAN)
    assert answer.status_code == 303
    (event,) = saved(Event)
    assert event.starts_at == datetime(2028, 6, 1, 16, tzinfo=UTC)
    assert "Thursday 1 June 2028, 18:00 Berlin time" in as_rosa.get(answer.location).text
    assert "An evening in Berlin" in as_rosa.get("/staff/events").text


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("title", "", "Enter a title"),
        ("day", "someday", "Enter the day, for example"),
        ("time", "noon", "Enter when it starts"),
        ("time_zone", "Mars/Olympus", "Choose the time zone"),
        ("minutes", "ten", "Enter how many minutes"),
        ("seats", "0", "Enter how many customers speak"),
        ("format", "", "Choose the format"),
        ("day", "2020-06-01", "Choose a day and time that are still to come"),
        ("description", "Ask for a 5-star review.", "Take out “5-star”"),
    ],
)
def test_what_is_wrong_is_said_beside_it(as_rosa, saved, field, typed, says):
    answer = as_rosa.post("/staff/events", data=PLAN | {field: typed})
    assert answer.status_code == 422
    assert says in answer.text
    assert saved(Event) == []


def test_two_people_who_edit_at_once_do_not_overwrite_each_other(as_rosa, event, saved):
    stale = PLAN | {"seen": "1"}
    assert as_rosa.post(f"/staff/events/{event}", data=stale).status_code == 303
    answer = as_rosa.post(f"/staff/events/{event}", data=stale | {"title": "Other words"})
    assert answer.status_code == 409
    assert "Other words" in answer.text
    assert saved(Event)[0].title == "An evening in Berlin"


# ── The advocate chooses ───────────────────────────────────────────────────────────────────


def test_open_events_are_shown_on_her_own_clock_with_the_hosts_named(way, plan, saved):
    plan(starts_at=datetime(2028, 6, 1, 16, tzinfo=UTC))
    page = way.text("questions/3")
    assert "Thursday 1 June 2028, 16:00 UTC (18:00 Berlin time)" in page
    answer = way.post("questions/3", seen=0, zone="1", time_zone="Asia/Kolkata")
    assert answer.location.endswith("/questions/3")
    assert saved(Advocate)[0].time_zone == "Asia/Kolkata"
    assert "Thursday 1 June 2028, 21:30 Kolkata time (18:00 Berlin time)" in way.text("questions/3")


def test_where_it_takes_place_is_told_to_nobody_before_they_are_confirmed(
    way, event, as_rosa, as_ada, saved, post_mail
):
    place = "https://meet.acme.example/map"
    assert place not in way.text("questions/3")
    way.post("questions/3", seen=0, value=event, time_zone="Europe/Berlin")
    finish(way)
    assert place not in way.text()
    assert as_ada.get(f"/me/events/{event}").status_code == 404
    assert place not in str([(m.context, m.attachment) for m in saved(Message)])
    as_rosa.post(f"/staff/events/{event}/speakers", data={"speaker": saved(Speaker)[0].id})
    assert place in as_ada.get(f"/me/events/{event}").text
    assert "You speak at “The map and the road”" in way.text()


def test_the_answer_keeps_what_was_chosen_as_it_was_shown(way, event, saved, as_rosa):
    way.post("questions/3", seen=0, value=event, time_zone="America/New_York")
    assert finish(way).status_code == 303
    (speaker,) = saved(Speaker)
    assert (speaker.event_id, speaker.state) == (event, SpeakerState.OFFERED)
    assert speaker.topic == "Off paper in one summer"
    assert "New York time" in as_rosa.get(f"/staff/submissions/{way.id}").text
    assert "Ada Lovelace" in as_rosa.get(f"/staff/events/{event}").text


def test_on_other_days_asks_for_days(way, event, saved, as_rosa):
    empty = way.post("questions/3", seen=0, value="none", dates="", time_zone="UTC")
    assert empty.status_code == 422
    assert "Enter a few days that suit you" in empty.text
    assert 'href="#dates"' in empty.text
    way.post("questions/3", seen=0, value="none", dates="Tuesdays in May", time_zone="UTC")
    finish(way)
    (speaker,) = saved(Speaker)
    assert (speaker.event_id, speaker.dates) == (None, "Tuesdays in May")
    assert "Tuesdays in May" in as_rosa.get("/staff/events").text
    answer = as_rosa.post(f"/staff/events/{event}/speakers", data={"speaker": speaker.id})
    assert answer.status_code == 303
    assert saved(Speaker)[0].event_id == event


@pytest.mark.parametrize("value", ["", "987654", "abc"])
def test_an_event_nobody_planned_cannot_be_chosen(way, event, value, saved):
    answer = way.post("questions/3", seen=0, value=value, time_zone="UTC")
    assert answer.status_code == 422
    assert "Choose an event, or say that you are available on other days" in answer.text
    assert len(saved(Answer)) == 2


def test_an_event_that_closed_meanwhile_leads_back_to_the_question(way, event, act, saved):
    way.post("questions/3", seen=0, value=event, time_zone="UTC")
    way.say(4, "Ada.")
    way.introduce()
    way.allow("name")
    seen = way.seen()
    act(lambda: setattr(db.session.get(Event, event), "state", State.CANCELLED))
    assert way.post("sending", own_words="y", seen=seen).location == f"{way.url}/questions/3"
    assert "is not open any more" in way.text("questions/3")
    assert saved(Submission)[0].state == "draft"


# ── A place is given, kept, and taken back ─────────────────────────────────────────────────


def test_confirming_twice_sends_one_mail(confirmed, event, as_rosa, saved):
    again = as_rosa.post(f"/staff/events/{event}/speakers", data={"speaker": confirmed})
    assert again.status_code == 303
    assert len([m for m in saved(Message) if m.template == "event-confirmed"]) == 1
    assert saved(Event)[0].state is State.FULL


def test_two_staff_cannot_give_the_last_seat_to_two_people(
    event, offers_to_speak, act, saved, rosa, browser_of, ada, campaign
):
    first = offers_to_speak(event)
    second = act(lambda: _another(event).id)
    browsers = [browser_of(staff=rosa) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda one: one[0].post(
                    f"/staff/events/{event}/speakers", data={"speaker": one[1]}
                ),
                zip(browsers, (first, second), strict=True),
            )
        )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert sum(s.state is SpeakerState.CONFIRMED for s in saved(Speaker)) == 1


def _another(event: int) -> Speaker:
    (one,) = db.session.query(Speaker).all()
    two = Speaker(
        event_id=event, advocate=one.advocate, invitation=one.invitation, reason="submission:99"
    )
    db.session.add(two)
    db.session.flush()
    return two


@pytest.fixture
def at_once(app, event, offers_to_speak, save, saved, rosa, ada):
    """Rosa does one thing with Ada’s offer, and before it is done Theo, or Ada herself, another;
    what the second is told, the mails about it, and how it all stands."""
    offer = offers_to_speak(event)
    theo = save(Staff(email="theo@acme.example", name="Theo", role=Role.EDITOR))

    def confirm(speaker, by):
        actions.confirm(speaker, db.session.get(Event, event), by=by)

    def turn_down(speaker, by):
        actions.turn_down(speaker, note="", by=by)

    def take_back(speaker, _by):
        actions.take_back(speaker.reason, by=db.session.get(Advocate, ada))

    def does(what, who):
        try:
            what(db.session.get(Speaker, offer), db.session.get(Staff, who))
        except Refusal as refusal:
            return str(refusal)

    def at_once(first: str, second: str):
        named = {"confirm": confirm, "turn down": turn_down, "take back": take_back}
        one, other = named[first], named[second]
        said = overlapping(app, lambda: does(one, rosa), lambda: does(other, theo))
        mails = [mail.template for mail in saved(Message) if mail.template.startswith("event-")]
        return said or "", mails, saved(Speaker)[0].state, saved(Event)[0].state

    return at_once


NOT_NOW, ON, OFF = "event-not-now", "event-confirmed", "event-off"


@pytest.mark.parametrize(
    ("first", "second", "told", "mails", "ends"),
    [
        ("turn down", "turn down", "Rosa turned it down at", [NOT_NOW], "declined"),
        ("turn down", "confirm", "no longer offers to speak", [NOT_NOW], "declined"),
        ("turn down", "take back", "", [NOT_NOW], "declined"),
        ("confirm", "confirm", "", [ON], "confirmed"),
        ("confirm", "turn down", "", [ON, OFF], "released"),
        ("confirm", "take back", "", [ON, OFF], "released"),
    ],
)
def test_of_two_who_answer_one_offer_the_second_sees_what_the_first_did(
    at_once, first, second, told, mails, ends
):
    said, sent, speaker, event = at_once(first, second)
    assert told in said if told else not said
    assert sent == mails
    assert speaker == ends
    assert event is (State.FULL if ends == "confirmed" else State.OPEN)


def test_who_is_confirmed_while_the_event_is_called_off_hears_of_that_with_the_calendar_entry(
    app, event, offers_to_speak, saved, rosa
):
    speaker = offers_to_speak(event)

    def confirm():
        one, by = db.session.get(Speaker, speaker), db.session.get(Staff, rosa)
        actions.confirm(one, db.session.get(Event, event), by=by)

    def cancel():
        one = db.session.get(Event, event)
        seen = list(one.speakers)
        actions.cancel(one, note="", by=db.session.get(Staff, rosa))
        return [speaker.state for speaker in seen]

    assert overlapping(app, confirm, cancel) == [SpeakerState.CONFIRMED]
    assert saved(Message)[-1].template == "event-cancelled"
    assert saved(Message)[-1].attachment


def test_withdrawing_the_proposal_frees_the_seat_and_the_calendar(
    confirmed, event, as_ada, the_submission, saved, post_mail
):
    as_ada.post(f"/me/submissions/{the_submission().id}/withdrawal")
    assert saved(Event)[0].state is State.OPEN
    assert saved(Speaker)[0].state is SpeakerState.RELEASED
    calendar, entry = calendar_in(post_mail()[-1])
    assert (calendar["METHOD"], entry["SEQUENCE"]) == ("CANCEL", 1)
    assert as_ada.get(f"/me/events/{event}.ics").status_code == 404


def test_not_this_time_is_said_with_the_note_and_no_calendar_entry(
    event, offers_to_speak, as_rosa, saved, post_mail
):
    speaker = offers_to_speak(event)
    as_rosa.post(f"/staff/speakers/{speaker}/refusal", data={"note": "The panel is on heating."})
    as_rosa.post(f"/staff/speakers/{speaker}/refusal", data={"note": "Twice."})
    assert saved(Speaker)[0].state is SpeakerState.DECLINED
    told = [m for m in post_mail() if m["Subject"].startswith("Not this time")]
    assert len(told) == 1
    assert "The panel is on heating." in told[0].get_body(("plain",)).get_content()
    assert not [p for p in told[0].walk() if p.get_content_type() == "text/calendar"]


def test_once_it_was_held_everyone_who_spoke_is_thanked_once(
    confirmed, event, as_rosa, browser_of, rosa, wait, saved
):
    early = as_rosa.post(f"/staff/events/{event}/end")
    assert early.status_code == 409
    wait(days=21)
    later = browser_of(staff=rosa)
    assert [later.post(f"/staff/events/{event}/end").status_code for _ in range(2)] == [303, 303]
    assert saved(Event)[0].state is State.HELD
    assert len([m for m in saved(Message) if m.template == "event-thanks"]) == 1


def test_T36_erasing_lets_go_of_her_offers_and_of_calendar_entries_in_mails(
    confirmed, act, ada, saved
):
    from portal.consent.actions import Circumstances
    from portal.privacy import actions as privacy

    def erase():
        person = db.session.get(Advocate, ada)
        privacy.erase(person, by=person, circumstances=Circumstances())

    act(erase)
    assert saved(Speaker) == []
    assert saved(Event)[0].state is State.OPEN
    assert [m.attachment for m in saved(Message) if m.attachment] == []


def test_a_viewer_looks_but_gives_no_place(event, offers_to_speak, save, browser_of):
    from portal.staff.models import Role, Staff

    vera = browser_of(staff=save(Staff(email="v@acme.example", name="Vera", role=Role.VIEWER)))
    speaker = offers_to_speak(event)
    page = vera.get(f"/staff/events/{event}").text
    assert "Ada Lovelace" in page
    assert "Confirm" not in page
    answer = vera.post(f"/staff/events/{event}/speakers", data={"speaker": speaker})
    assert answer.status_code == 403


def test_a_proposal_that_is_declined_waits_for_no_place(
    event, offers_to_speak, as_rosa, the_submission, saved
):
    offers_to_speak(event)
    one = the_submission()
    note = {"seen": one.version, "ground": "unrelated", "note": "Another topic this year."}
    assert as_rosa.post(f"/staff/submissions/{one.id}/decline", data=note).status_code == 303
    assert saved(Speaker)[0].state is SpeakerState.RELEASED


@pytest.mark.parametrize("at_an_event", [True, False])
def test_a_note_that_is_too_long_comes_back_as_typed(
    event, offers_to_speak, as_rosa, saved, at_an_event
):
    speaker = offers_to_speak(event if at_an_event else None)
    answer = as_rosa.post(f"/staff/speakers/{speaker}/refusal", data={"note": "z" * 1001})
    assert answer.status_code == 422
    assert "z" * 1001 in answer.text
    assert "Use 1,000 characters or fewer" in answer.text
    assert saved(Speaker)[0].state is SpeakerState.OFFERED


def test_who_cannot_be_confirmed_for_want_of_a_seat_has_no_button_that_says_so_too_late(
    as_rosa, save, event, confirmed, charlie, campaign
):
    late = save(Invitation(campaign_id=campaign, advocate_id=charlie))
    save(Speaker(advocate_id=charlie, invitation_id=late, event_id=event, reason="submission:99"))
    page = as_rosa.get(f"/staff/events/{event}").text
    assert "Every seat is taken. Add one, or take somebody off, to confirm Charlie." in page
    assert f'action="/staff/events/{event}/speakers"' not in page


def test_a_new_event_is_on_the_clock_of_the_last_one(as_rosa, plan):
    assert '<option selected value="UTC">' in as_rosa.get("/staff/events/new").text
    plan(time_zone="America/New_York")
    assert '<option selected value="America/New_York">' in as_rosa.get("/staff/events/new").text
