"""Offering to speak, being given a place, and what becomes of it."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from portal import clock
from portal.advocates.models import Advocate
from portal.advocates.wishes import live_in
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
        return [speaker.confirmed_at is not None for speaker in seen]

    assert overlapping(app, confirm, cancel) == [True]
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


# ── What a speaker sees, and calling it off ────────────────────────────────────────────────


@pytest.fixture
def accepted(event, act, offers_to_speak, as_rosa, the_submission):
    """Ada’s proposal is approved, and she has a place; the id of her offer."""
    act(lambda: setattr(db.session.query(Advocate).first(), "time_zone", "America/New_York"))
    act(lambda: setattr(db.session.get(Event, event), "starts_at", WINTER))
    speaker = offers_to_speak(event)
    one = the_submission()
    as_rosa.post(f"/staff/submissions/{one.id}/approval", data={"seen": one.version})
    as_rosa.post(f"/staff/events/{event}/speakers", data={"speaker": speaker})
    return speaker


WINTER = datetime(2029, 1, 18, 15, tzinfo=UTC)
BOTH_CLOCKS = "Thursday 18 January 2029, 10:00 New York time"
HOSTS = "(16:00 Berlin time)"


def test_a_confirmed_speaker_sees_date_place_and_calendar_file_on_each_page_of_hers(
    accepted, event, as_ada, the_submission
):
    proposal = f"/me/submissions/{the_submission().id}"
    for path in ("/me", proposal, f"/me/events/{event}"):
        page = as_ada.get(path).text
        assert BOTH_CLOCKS in page, path
        assert HOSTS in page, path
        assert "https://meet.acme.example/map" in page, path
        assert f"/me/events/{event}.ics" in page, path
    assert "settle the date" not in as_ada.get(proposal).text
    assert "Your place at “The map and the road” is confirmed" in as_ada.get(proposal).text
    assert "With the team at" not in as_ada.get("/me").text


def test_until_her_offer_is_answered_she_reads_for_which_event_and_when(
    event, offers_to_speak, as_ada, the_submission
):
    offers_to_speak(event)
    page = as_ada.get(f"/me/submissions/{the_submission().id}").text
    assert "We tell you whether there is a place for you at “The map and the road”" in page
    assert "settle the date" not in page
    assert "Where you speak" not in as_ada.get("/me").text


def test_her_page_names_the_hosts_time_only_where_it_is_another_one(
    accepted, event, as_ada, act, ada
):
    def lives_in(zone: str) -> str:
        act(lambda: live_in(db.session.get(Advocate, ada), zone))
        return as_ada.get(f"/me/events/{event}").text.partition("When")[2][:400]

    told = lives_in("Europe/Rome")
    assert "Rome time" in told
    assert "(" not in told
    assert re.search(
        r"Kolkata time</time> <span[^>]*>\([^)]*Berlin time\)", lives_in("Asia/Kolkata")
    )


def test_who_cannot_come_gives_the_place_back_and_stays_available(
    accepted, event, as_ada, as_rosa, saved, post_mail
):
    before = len(post_mail())
    said = {"dates": "Any Friday in March"}
    answer = as_ada.post(f"/me/events/{event}/end", data=said)
    assert answer.status_code == 303
    assert as_ada.post(f"/me/events/{event}/end", data=said).status_code == 404
    hers, ours = post_mail()[before:]
    calendar, _ = calendar_in(hers)
    assert calendar["METHOD"] == "CANCEL"
    assert "You gave your place at this event back" in hers.get_body(("plain",)).get_content()
    assert ours["To"] == "rosa@acme.example"
    assert "Any Friday in March" in ours.get_body(("plain",)).get_content()
    assert saved(Event)[0].state is State.OPEN
    assert (saved(Speaker)[0].event_id, saved(Speaker)[0].state) == (None, "offered")
    page = as_ada.get(answer.location).text
    assert "You gave your place back" in page
    assert "We settle the date with you" in page
    assert "Any Friday in March" in as_rosa.get("/staff/events").text


def test_days_that_are_too_long_come_back_as_typed_and_the_place_is_kept(
    accepted, event, as_ada, saved
):
    answer = as_ada.post(f"/me/events/{event}/end", data={"dates": "z" * 1001})
    assert answer.status_code == 422
    assert "z" * 1001 in answer.text
    assert saved(Speaker)[0].state is SpeakerState.CONFIRMED


def test_a_place_cannot_be_given_back_once_the_event_has_begun(
    accepted, event, act, browser_of, ada, saved
):
    act(lambda: setattr(db.session.get(Event, event), "starts_at", clock.now()))
    as_ada = browser_of(advocate=ada)
    assert "I cannot come after all" not in as_ada.get(f"/me/events/{event}").text
    assert as_ada.post(f"/me/events/{event}/end", data={"dates": ""}).status_code == 409
    assert saved(Speaker)[0].state is SpeakerState.CONFIRMED


def test_who_was_to_speak_at_a_cancelled_event_waits_for_another_one(
    accepted, event, plan, as_rosa, as_ada, the_submission, saved
):
    as_rosa.post(f"/staff/events/{event}/cancellation", data={"note": ""})
    page = as_ada.get(f"/me/submissions/{the_submission().id}").text
    assert "“The map and the road” was cancelled" in page
    assert "We look for another date with you" in page
    assert "Take out of your calendar" in as_ada.get(f"/me/events/{event}").text
    assert "Offered for “The map and the road”, which was cancelled." in (
        as_rosa.get("/staff/events").text
    )
    assert "(cancelled)" in as_rosa.get("/staff/queue?kind=speakers").text
    other = plan(title="Another evening")
    answer = as_rosa.post(f"/staff/events/{other}/speakers", data={"speaker": accepted})
    assert answer.status_code == 303
    assert (saved(Speaker)[0].event_id, saved(Speaker)[0].state) == (other, "confirmed")
    assert "Another evening" in as_ada.get("/me").text


def test_an_offer_for_an_event_that_was_held_can_still_be_answered(
    event, offers_to_speak, act, as_rosa, saved
):
    speaker = offers_to_speak(event)
    act(lambda: setattr(db.session.get(Event, event), "state", State.HELD))
    assert f"/staff/speakers/{speaker}/refusal" in as_rosa.get("/staff/events").text
    as_rosa.post(f"/staff/speakers/{speaker}/refusal", data={"note": ""})
    assert saved(Speaker)[0].state is SpeakerState.DECLINED


def test_a_proposal_in_the_queue_and_on_its_page_names_event_and_slot(
    event, act, offers_to_speak, as_rosa, the_submission
):
    act(lambda: setattr(db.session.get(Event, event), "starts_at", WINTER))
    offers_to_speak(event)
    slot = "“The map and the road”, Thursday 18 January 2029, 16:00 Berlin time"
    assert slot in as_rosa.get("/staff/queue?kind=decide").text
    one = the_submission()
    page = as_rosa.get(f"/staff/submissions/{one.id}").text
    assert f'href="/staff/events/{event}?' in page
    assert "Thursday 18 January 2029, 16:00 Berlin time" in page
    assert "0 of 1 seats taken" in page
    as_rosa.post(f"/staff/submissions/{one.id}/approval", data={"seen": one.version})
    assert slot in as_rosa.get("/staff/queue?kind=speakers").text


def test_a_proposal_for_other_days_says_so_in_the_queue(offers_to_speak, as_rosa):
    offers_to_speak(None)
    assert "On other days: Tuesdays" in as_rosa.get("/staff/queue?kind=decide").text


def test_a_note_too_long_for_the_mail_comes_back_as_typed_and_nothing_is_cancelled(
    as_rosa, event, saved
):
    note = "The host is ill. " * 60
    answer = as_rosa.post(f"/staff/events/{event}/cancellation", data={"note": note})
    assert answer.status_code == 422
    assert note.strip() in answer.text
    assert '<a href="#note">Use 1,000 characters or fewer</a>' in answer.text
    assert [one.state for one in saved(Event)] == [State.OPEN]
