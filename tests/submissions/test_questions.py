"""One question per page: saved as it is typed, never lost, never overwritten unseen."""

from zoneinfo import ZoneInfo

import pytest

from portal.advocates.models import Advocate
from portal.advocates.wishes import live_in
from portal.db import db
from portal.submissions.models import Answer
from tests.submissions.way import RESULT

AUTOSAVE = {"X-Requested-With": "autosave"}


@pytest.fixture
def one(way):
    one = way("quote")
    one.take("declined")
    return one


@pytest.fixture
def story(way):
    """A case study that has come to its measured results (question 5)."""
    story = way("case-study")
    story.take("declined")
    for number in range(1, 5):
        story.say(number, "Some words.")
    return story


def test_the_question_is_the_heading_with_hint_and_example_in_plain_sight(one):
    page = one.text("questions/1")
    assert "Question 1 of 2" in page
    assert '<h1 class="gw-labelheading"><label for="value">What do you use us for most?' in page
    assert "Planning shifts for our three clinics" in page
    assert "placeholder" not in page


def test_an_empty_answer_is_asked_for_in_its_own_words(one):
    answer = one.say(1, "   ")
    assert answer.status_code == 422
    assert answer.text.count("Enter what you use us for most") == 2
    assert "<title>Error: " in answer.text


def test_what_was_typed_survives_a_refusal(one):
    typed = "x" * 151
    answer = one.say(1, typed)
    assert answer.status_code == 422
    assert typed in answer.text
    assert "must be 150 characters or fewer" in answer.text


def test_markup_stays_text(one):
    one.say(1, "<script>alert(1)</script>")
    page = one.text("questions/1")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_words_are_kept_exactly_but_for_outer_space(one, saved):
    one.say(1, "x")
    one.say(2, "  First line – “so”.\r\n\r\nSecond  line.\n ")
    assert saved(Answer)[-1].value == "First line – “so”.\n\nSecond  line."


def test_typing_is_saved_and_the_page_learns_the_version(one, saved):
    first = one.say(1, "Plan", headers=AUTOSAVE)
    assert first.json == {"version": 1}
    assert one.say(1, "Planning", seen=1, headers=AUTOSAVE).json == {"version": 2}
    assert one.say(1, "Planning", seen=1, headers=AUTOSAVE).json == {"version": 2}
    assert [a.value for a in saved(Answer)] == ["Planning"]


def test_an_empty_page_saves_nothing_by_itself(one, saved):
    assert one.say(1, "", headers=AUTOSAVE).json == {"version": 0}
    assert saved(Answer) == []


def test_two_windows_show_both_texts_and_overwrite_neither(one, saved):
    one.say(1, "From the first window")
    answer = one.say(1, "From the second window", seen=0)
    assert answer.status_code == 409
    assert "From the first window" in answer.text
    assert "From the second window" in answer.text
    assert 'name="seen" value="1"' in answer.text
    assert [a.value for a in saved(Answer)] == ["From the first window"]
    assert one.say(1, "From the second window", seen=1).status_code == 303
    assert [a.value for a in saved(Answer)] == ["From the second window"]


def test_a_customer_reads_times_by_their_own_clock(one, act, ada, saved):
    act(lambda: live_in(db.session.get(Advocate, ada), "Asia/Tokyo"))
    one.say(1, "From the first window")
    at = saved(Answer)[0].updated_at.astimezone(ZoneInfo("Asia/Tokyo"))
    answer = one.say(1, "From the second window", seen=0)
    assert f"{at.day} {at:%B %Y, %H:%M} JST" in answer.text


def test_autosave_in_a_stale_window_stops_with_a_reason(one, saved):
    one.say(1, "From the first window")
    answer = one.say(1, "From the second window", seen=0, headers=AUTOSAVE)
    assert answer.status_code == 409
    assert "another window" in answer.json["message"]
    assert [a.value for a in saved(Answer)] == ["From the first window"]


def test_coming_back_later_keeps_what_is_there_unfinished_or_not(one, saved):
    answer = one.say(1, "Half a", later="1")
    assert answer.location == "/me"
    assert one.say(2, "", later="1").location == "/me"
    assert [a.value for a in saved(Answer)] == ["Half a"]
    assert one.browser.get(f"{one.url}/next").location == f"{one.url}/questions/2"


def test_a_rating_is_five_real_radio_buttons_and_none_is_chosen(way):
    one = way("review")
    one.take("declined")
    page = one.text("questions/1")
    assert page.count('type="radio"') == 5
    assert "checked" not in page


@pytest.mark.parametrize("rating", ["0", "6", "five", "", "4.5"])
def test_only_one_to_five_stars_count(way, saved, rating):
    one = way("review")
    one.take("declined")
    answer = one.say(1, rating)
    assert answer.status_code == 422
    assert "Choose how many stars you give" in answer.text
    assert saved(Answer) == []


def test_an_optional_question_can_be_passed_over(way):
    one = way("review")
    one.take("declined")
    for number, value in enumerate(["2", "So so", "It works."], 1):
        one.say(number, value)
    assert "(optional)" in one.text("questions/4")
    assert one.say(4, "").location == f"{one.url}/you"


def test_another_row_needs_no_script_and_loses_nothing(story):
    answer = story.post("questions/5", seen=0, add="1", **RESULT)
    assert answer.location.endswith("/questions/5?rows=2#row-2")
    page = story.browser.get(answer.location).text
    assert "Counted by the phone system" in page
    assert 'name="row-2-metric"' in page
    gone = story.post("questions/5", seen=1, remove="1", **RESULT)
    assert "Counted by the phone system" not in story.browser.get(gone.location).text


def test_a_result_without_its_after_is_named_beside_the_field(story, saved):
    rows = {key: value for key, value in RESULT.items() if "after" not in key}
    answer = story.post("questions/5", seen=0, **rows)
    assert answer.status_code == 422
    assert 'href="#row-1-after">Enter the value after in result 1' in answer.text
    assert "Calls per day" in answer.text
    assert "<title>Error: " in answer.text
    assert story.post("questions/5", seen=0).status_code == 303
