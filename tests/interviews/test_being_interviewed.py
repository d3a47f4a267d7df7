"""“Interview me instead”: times that suit, one agreed on, and the words still hers to write."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from portal import clock, zones
from portal.advocates.models import Advocate
from portal.history.models import Entry
from portal.interviews.models import Interview, State
from portal.submissions import interviewing
from portal.submissions.models import Answer, Submission

ADA, ROSA = "ada@analytical.example", "rosa@acme.example"
BERLIN = "Europe/Berlin"
NOTES = "Sixty calls a day became fourteen. Grumpy dispatcher!"


def at(days: int, time: str = "10:00", n: int = 1) -> dict[str, str]:
    day = clock.now().date() + timedelta(days=days)
    return {f"day_{n}": day.isoformat(), f"time_{n}": time}


def typed(**more) -> dict[str, str]:
    return {"time_zone": BERLIN, "medium": "video", "phone": "", "topics": "The lifts"} | more


@pytest.fixture
def story(way):
    return way("case-study")


@pytest.fixture
def asked(story, saved):
    """Ada asks to be interviewed, in two and in three days; the interview as it then is."""
    answer = story.post("interview", **typed(), **at(2), **at(3, "15:30", 2))
    assert answer.status_code == 303
    return saved(Interview)[0]


def the_interview(saved) -> Interview:
    return saved(Interview)[0]


@pytest.fixture
def confirm(as_rosa, asked):
    def confirm(n: int = 0, **more):
        data = {
            "slot": asked.slots[n],
            "place": "https://meet.acme.example/x",
            "seen": asked.version,
        }
        return as_rosa.post(f"/staff/interviews/{asked.id}/time", data=data | more)

    return confirm


def notes_of(browser, saved, notes=NOTES, **more):
    one = the_interview(saved)
    data = {"reminder": notes, "seen": one.version}
    return browser.post(f"/staff/interviews/{one.id}/end", data=data, **more)


# ── Asking ─────────────────────────────────────────────────────────────────────────────────


def test_every_question_of_a_story_offers_it_and_no_other_action_does(story, way):
    story.take()
    assert "Interview me instead" in story.text("questions/1")
    quote = way("quote")
    quote.take()
    assert "Interview me instead" not in quote.text("questions/1")
    assert quote.browser.get(f"{quote.url}/interview").status_code == 404


def test_she_names_times_on_her_own_clock(story, asked, saved):
    first = zones.moment(
        (clock.now() + timedelta(days=2)).replace(
            hour=10, minute=0, second=0, microsecond=0, tzinfo=None
        ),
        BERLIN,
    )
    assert asked.slots[0] == first.isoformat()
    assert asked.state is State.ASKED
    page = story.text("interview")
    assert "We have your times" in page
    assert "10:00 Berlin time" in page
    assert saved(Advocate)[0].time_zone == BERLIN


def test_it_waits_in_the_queue_and_staff_see_the_times(as_rosa, asked):
    assert "Interview with Ada Lovelace" in as_rosa.get("/staff/queue").text
    page = as_rosa.get(f"/staff/interviews/{asked.id}").text
    for words in ("10:00 Berlin time", "15:30 Berlin time", "UTC", "The lifts", "By video"):
        assert words in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "Enter at least one day and time"),
        (at(2) | {"time_1": ""}, "Enter when it starts"),
        ({"time_1": "10:00"}, "Enter the day"),
        (at(-1), "Choose a day and time that are still to come"),
        (at(200), "within the next 90 days"),
        (at(2) | {"day_1": "soon"}, "Enter the day"),
        (at(2) | {"medium": ""}, "Choose how you would like to talk"),
        (at(2) | {"medium": "phone"}, "Enter the number we call"),
        (at(2) | {"time_zone": "Mars/Base"}, "Choose the time zone"),
    ],
)
def test_what_cannot_be_a_time_is_said_and_stays_typed(story, saved, wrong, words):
    answer = story.post("interview", **(typed() | wrong))
    assert answer.status_code == 422
    assert words in answer.text
    assert "The lifts" in answer.text
    assert saved(Interview) == []


def test_nobody_else_sees_or_changes_it(as_charlie, asked, story):
    assert as_charlie.get(f"{story.url}/interview").status_code == 404
    assert as_charlie.post(f"{story.url}/interview/cancellation").status_code == 404


# ── Agreeing ───────────────────────────────────────────────────────────────────────────────


def test_a_time_confirmed_is_mailed_with_its_calendar_entry(
    asked, confirm, story, saved, post_mail, mailroom
):
    assert confirm(1).status_code == 303
    post_mail()
    mail = mailroom.to(ADA)[-1]
    assert "We talk on" in mail["Subject"]
    assert "15:30 Berlin time" in mail["Subject"]
    assert "https://meet.acme.example/x" in mailroom.text(mail)
    assert "See it, or call it off:" in mailroom.text(mail)  # a time agreed on is not changed
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert part["content-type"].params["method"] == "REQUEST"
    [entry] = Calendar.from_ical(part.get_content()).walk("VEVENT")
    assert entry.start.isoformat() == asked.slots[1]
    assert "Your interview" in story.text("interview")
    assert story.browser.get(f"{story.url}/interview.ics").mimetype == "text/calendar"


def test_a_video_call_needs_its_link_and_a_time_of_hers(asked, confirm):
    answer = confirm(place="")
    assert (answer.status_code, "Enter the link to the video call" in answer.text) == (422, True)
    answer = confirm(slot="2020-01-01T10:00:00+00:00")
    assert "Choose one of their times" in answer.text


def test_two_colleagues_cannot_confirm_two_times(confirm):
    assert confirm(0).status_code == 303
    assert confirm(1).status_code == 409


def test_other_times_are_proposed_and_she_chooses(
    as_rosa, asked, story, saved, post_mail, mailroom
):
    data = {"seen": asked.version, "time_zone": BERLIN, "note": "Fairs all week",
            "place": "https://meet.acme.example/y"}  # fmt: skip
    answer = as_rosa.post(f"/staff/interviews/{asked.id}/proposal", data=data | at(9))
    assert answer.status_code == 303
    post_mail()
    text = mailroom.text(mailroom.to(ADA)[-1])
    assert "10:00 Berlin time" in text
    assert "Fairs all week" in text
    assert "Choose a time to talk" in story.text("interview")
    assert "Interview with Ada" not in as_rosa.get("/staff/queue").text
    [slot] = the_interview(saved).slots
    assert story.post("interview/time", slot="nonsense").status_code == 409
    assert story.post("interview/time", slot=slot).status_code == 303
    assert the_interview(saved).state is State.CONFIRMED
    post_mail()
    assert "Ada Lovelace talks with you on" in mailroom.to(ROSA)[-1]["Subject"]


def test_called_off_it_leaves_her_calendar(confirm, story, saved, post_mail, mailroom):
    confirm()
    for _ in range(2):  # a double click
        assert story.post("interview/cancellation").status_code == 303
    assert "You can ask for one again until you send your story." in story.text("interview")
    post_mail()
    mail = mailroom.to(ADA)[-1]
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert part["content-type"].params["method"] == "CANCEL"
    assert "is called off, as you wished." in " ".join(mailroom.text(mail).split())
    assert "called the interview off" in mailroom.to(ROSA)[-1]["Subject"]
    assert the_interview(saved).state is State.OFF
    assert story.post("interview", **typed(), **at(5)).status_code == 303  # and asked again


def test_staff_call_it_off_with_a_word(confirm, as_rosa, asked, story, post_mail, mailroom):
    confirm()
    as_rosa.post(f"/staff/interviews/{asked.id}/cancellation", data={"note": "Rosa is ill"})
    post_mail()
    assert "Rosa is ill" in mailroom.text(mailroom.to(ADA)[-1])
    assert "Rosa is ill" in story.text("interview")


# ── Afterwards ─────────────────────────────────────────────────────────────────────────────


def test_T1_after_the_talk_the_notes_stand_beside_the_questions_and_nothing_is_filled_in(
    confirm, story, saved, wait, browser_of, rosa, ada, post_mail, mailroom
):
    confirm()
    assert notes_of(browser_of(staff=rosa), saved).status_code == 409  # not over yet
    wait(days=3)
    desk, phone = browser_of(staff=rosa), browser_of(advocate=ada)
    assert "Did you talk?" in desk.get("/staff/queue").text
    assert notes_of(desk, saved).status_code == 303
    post_mail()
    assert "now it is your turn" in mailroom.to(ADA)[-1]["Subject"]
    phone.post(f"{story.url}/offer", data={"choice": "declined"})
    page = phone.get(f"{story.url}/questions/1").text
    assert NOTES in page
    assert "The words are yours to write" in page
    field = page[page.index("<textarea") : page.index("</textarea>")]
    assert NOTES not in field
    assert saved(Answer) == []
    assert saved(Submission)[0].state == "draft"


@pytest.mark.parametrize("notes", ["", NOTES])
def test_notes_are_spoken_of_only_where_there_are_some(
    confirm, saved, wait, browser_of, rosa, post_mail, mailroom, notes
):
    confirm()
    wait(days=3)
    page = notes_of(browser_of(staff=rosa), saved, notes, follow_redirects=True).text
    assert ("your notes beside them" in page) == bool(notes)
    post_mail()
    text = mailroom.text(mailroom.to(ADA)[-1])
    assert "the questions wait" in text
    assert ("Our notes" in text) == bool(notes)


def test_T1_no_notes_of_ours_ever_stand_among_what_she_sent(
    confirm, story, saved, wait, browser_of, rosa, ada
):
    confirm()
    wait(days=3)
    notes_of(browser_of(staff=rosa), saved)
    story.browser = browser_of(advocate=ada)
    story.prepare("words", choice="declined").send()
    version = saved(Submission)[0]
    assert version.state == "submitted"
    assert NOTES not in browser_of(staff=rosa).get("/staff/submissions/1").text


@pytest.mark.parametrize("end", ["withdrawal", "sending"])
def test_it_is_called_off_once_there_is_nothing_left_to_talk_about(asked, story, saved, end):
    if end == "withdrawal":
        story.post("withdrawal")
    else:
        story.prepare("words", choice="declined").send()
    assert the_interview(saved).state is State.OFF
    assert story.post("interview", **typed(), **at(5)).status_code == 409


@pytest.mark.parametrize("end", ["withdrawal", "sending"])
def test_the_mail_then_says_neither_that_she_wished_it_nor_that_there_is_more_to_write(
    confirm, story, post_mail, mailroom, end
):
    confirm()
    if end == "withdrawal":
        story.post("withdrawal")
    else:
        story.prepare("words", choice="declined").send()
    post_mail()
    [mail] = [mail for mail in mailroom.to(ADA) if "is called off" in mail["Subject"]]
    text = mailroom.text(mail)
    assert "See where your story stands:" in text
    for untrue in ("as you wished", "still be written", "another time"):
        assert untrue not in text


def test_a_talk_that_is_over_is_not_called_off_when_the_words_are_sent(
    confirm, story, saved, wait, browser_of, ada, post_mail, mailroom
):
    confirm()
    post_mail()
    wait(days=3)
    story.browser = browser_of(advocate=ada)
    assert "No interview: I write it myself" not in story.text("interview")
    story.prepare("words", choice="declined")
    assert "You talked with us on" in story.text("questions/1")
    before = [len(mailroom.to(who)) for who in (ADA, ROSA)]
    story.send()
    post_mail()
    talk = the_interview(saved)
    assert talk.state is State.HELD
    assert talk.held_at
    assert any(entry.verb == "interview held" for entry in saved(Entry))
    told = [mail["Subject"] for mail in mailroom.to(ADA)[before[0] :]]
    assert not [words for words in told if "nterview" in words or "talk" in words]
    assert not [mail for mail in mailroom.to(ROSA)[before[1] :] if "called" in mail["Subject"]]


def test_a_page_left_open_cannot_call_off_a_talk_that_is_over(
    confirm, story, saved, wait, browser_of, ada
):
    confirm()
    wait(days=3)
    story.browser = browser_of(advocate=ada)
    answer = story.post("interview/cancellation")
    assert answer.status_code == 409
    assert "Its time has passed" in answer.text
    assert the_interview(saved).state is State.CONFIRMED
    story.prepare("words", choice="declined").send()
    page = story.text("interview")
    assert "We have talked" in page
    assert "the questions are open" not in page


def test_the_page_says_how_many_minutes_a_talk_takes(story, monkeypatch):
    story.take()
    assert "30 minutes with someone at" in story.text("interview")
    monkeypatch.setattr(interviewing, "MINUTES", 45)
    assert "45 minutes with someone at" in story.text("interview")


def test_T36_her_data_holds_it_and_erasing_deletes_it(asked, as_ada, saved):
    [talk] = as_ada.get("/me/data/everything.json").json["interviews"]
    assert talk["topics"] == "The lifts"
    as_ada.post("/me/data/erasure", data={"word": "erase"})
    assert saved(Interview) == []
    assert not [entry for entry in saved(Entry) if entry.about == asked.subject and entry.note]


def test_T37_looking_changes_nothing(asked, story, as_rosa, saved):
    for _ in range(3):
        story.text("interview")
        as_rosa.get(f"/staff/interviews/{asked.id}")
    assert the_interview(saved).version == asked.version
