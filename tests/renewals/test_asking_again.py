"""Once a year, and when a job changes, authors say whether their words are still right."""

import html

import pytest
import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.consent.models import ConsentEvent, Purpose, Receipt, Verdict
from portal.db import db
from portal.outbox.models import Message
from portal.placements import allowed
from portal.placements.models import Placement, Reason, Takedown
from portal.publishing.models import Asset
from portal.renewals import actions
from portal.renewals.models import Answer, Renewal
from portal.staff.models import Staff
from portal.submissions.models import State, Submission
from tests.contributing import ANSWERS
from tests.crowd import overlapping
from tests.placements.conftest import look, placed, take_back

__all__ = ["look", "placed", "take_back"]

WORDS = ANSWERS["words"]


def test_T6_the_author_is_asked_thirty_days_before_and_once(
    published, night, wait, saved, post_mail, mailroom
):
    published()
    assert night() == 0
    wait(days=336)
    assert night() == 1
    assert night() == 0
    assert len(saved(Renewal)) == 1
    post_mail()
    mail = mailroom.to("ada@analytical.example")[-1]
    assert mail["Subject"] == "Is your quote still right?"


@pytest.mark.parametrize("of_the", ["same person", "night"])
def test_T6_of_two_asks_in_the_same_moment_one_is_made(
    app, published, wait, saved, rosa, of_the, the_asset
):
    published()
    wait(days=336)

    def ask():
        submission = db.session.get(Submission, the_asset().submission_id)
        actions.ask(submission, by=db.session.get(Staff, rosa))

    overlapping(app, ask, ask if of_the == "same person" else actions.nightly)
    assert len(saved(Renewal)) == 1
    assert [mail.template for mail in saved(Message)].count("renewal") == 1


def test_T6_three_reminders_and_without_an_answer_the_words_are_off_by_themselves(
    published, night, wait, as_stranger, post_mail, mailroom
):
    address = published()
    for day in range(336, 380, 1):
        wait(days=1 if day > 336 else 336)
        night()
    post_mail()
    subjects = [mail["Subject"] for mail in mailroom.to("ada@analytical.example")]
    assert subjects[-4:] == [
        "Is your quote still right?",
        "Reminder: Is your quote still right?",
        "Reminder: Is your quote still right?",
        "Your quote is off our pages",
    ]
    assert as_stranger.get(address).status_code == 410


def test_T6_a_yes_keeps_these_words_in_this_rendering_for_another_year(
    published, night, wait, link, answer, as_stranger, saved
):
    address = published()
    wait(days=340)
    night()
    where = link()
    page = html.unescape(as_stranger.get(where).text)
    assert WORDS in page
    assert "Ada Lovelace" in page
    assert answer(where, "kept").status_code == 303
    assert "Thank you" in as_stranger.get(where).text
    said = [event for event in saved(ConsentEvent) if event.verdict is Verdict.RECONFIRMED]
    assert Purpose.WORDS in {event.purpose for event in said}
    assert len({event.text_sha256 for event in said}) == 1
    wait(days=300)
    assert as_stranger.get(address).status_code == 200
    assert night() == 0


def test_T23_a_yes_says_again_what_the_page_names_and_decks_only_by_a_tick_of_their_own(
    published, night, wait, link, answer, as_stranger, saved
):
    published()
    wait(days=340)
    night()
    where = link()
    page = html.unescape(as_stranger.get(where).text)
    named = page[page.index("Your yes says these permissions again, and no other") :]
    listed, rest = named.split("</ul>", 1)
    assert "Show my words, exactly as I wrote them" in listed
    assert "Name me, the way I chose" in listed
    assert "sales decks" not in listed
    assert "Also: Use the same words in sales decks and ads" in rest
    assert answer(where, "kept").status_code == 303
    again = [one.purpose for one in saved(ConsentEvent) if one.verdict is Verdict.RECONFIRMED]
    assert {Purpose.WORDS, Purpose.NAME} <= set(again)
    assert Purpose.SALES not in again


def test_T23_decks_are_said_again_with_the_page_by_whoever_ticks_them(
    published, night, wait, link, answer, saved
):
    published()
    wait(days=340)
    night()
    assert answer(link(), "kept", decks_too="y").status_code == 303
    again = [one.purpose for one in saved(ConsentEvent) if one.verdict is Verdict.RECONFIRMED]
    assert {Purpose.WORDS, Purpose.SALES} <= set(again)


def test_T6_after_the_year_one_press_brings_them_back(
    published, night, wait, link, answer, as_stranger
):
    address = published()
    wait(days=340)
    night()
    where = link()
    wait(days=40)
    assert as_stranger.get(address).status_code == 410
    assert "These words are off our pages at present" in as_stranger.get(where).text
    answer(where, "kept")
    assert as_stranger.get(address).status_code == 200


def test_T3_a_yes_to_another_rendering_than_the_one_seen_is_not_taken(
    published, night, wait, link, as_stranger, act, ada, saved
):
    published()
    wait(days=340)
    night()
    where = link()
    page = as_stranger.get(where).text
    seal = page.split('name="seen" value="')[1].split('"')[0]

    def retitle():
        db.session.get(Advocate, ada).job_title = "Minister of Numbers"

    act(retitle)
    late = as_stranger.post(where, data={"answer": "kept", "seen": seal})
    assert late.status_code == 409
    assert "Look at it once more" in late.text
    assert saved(Renewal)[0].answered_at is None


def test_T23_a_yes_prolongs_no_permission_given_after_its_page_was_opened(
    published, night, wait, link, as_ada, as_stranger, saved, act, ada
):
    """Nothing drawn changes with it, for the company has not agreed to be named."""
    published(company=False)
    ours = f"/me/permissions/{saved(Receipt)[0].reference}/company"
    as_ada.post(f"{ours}/withdrawal")
    wait(days=340)
    night()
    where = link()
    seal = as_stranger.get(where).text.split('name="seen" value="')[1].split('"')[0]

    def give():
        receipt, who = db.session.scalars(sa.select(Receipt)).one(), db.session.get(Advocate, ada)
        consent.give(receipt, Purpose.COMPANY, by=who, circumstances=Circumstances())

    act(give)
    late = as_stranger.post(where, data={"answer": "kept", "seen": seal})
    assert late.status_code == 409
    assert saved(Renewal)[0].answered_at is None


def test_what_changed_is_off_the_page_at_once_and_the_team_reads_why(
    published, night, wait, link, answer, as_stranger, post_mail, mailroom, saved
):
    address = published()
    wait(days=340)
    night()
    where = link()
    assert answer(where, "changed").status_code == 422
    assert as_stranger.get(address).status_code == 200
    note = "We have forty clinics now, not twelve."
    assert answer(where, "changed", note=note).status_code == 303
    assert as_stranger.get(address).status_code == 410
    assert saved(Submission)[0].state is State.RETIRED
    post_mail()
    assert note in mailroom.text(mailroom.to("rosa@acme.example")[-1])


def test_T26_taking_it_back_from_there_takes_back_all_of_it(
    published, night, wait, link, answer, as_stranger, saved
):
    address = published()
    wait(days=340)
    night()
    answer(link(), "withdrawn")
    assert as_stranger.get(address).status_code == 410
    assert saved(Renewal)[0].answer is Answer.WITHDRAWN


def test_answering_twice_is_answering_once(
    published, night, wait, link, answer, as_stranger, saved
):
    published()
    wait(days=340)
    night()
    where = link()
    answer(where, "kept")
    events = len(saved(ConsentEvent))
    as_stranger.post(where, data={"answer": "kept", "seen": "x"})
    assert len(saved(ConsentEvent)) == events
    other = as_stranger.post(where, data={"answer": "withdrawn"})
    assert other.status_code == 409
    assert len(saved(ConsentEvent)) == events


def test_T37_the_link_survives_scanners_that_open_it_and_changes_nothing(
    published, night, wait, link, as_stranger, saved
):
    published()
    wait(days=340)
    night()
    where = link()
    before = len(saved(ConsentEvent))
    for _ in range(10):
        assert as_stranger.get(where).status_code == 200
        assert as_stranger.head(where).status_code == 200
    assert len(saved(ConsentEvent)) == before
    assert saved(Renewal)[0].answered_at is None


def test_it_waits_on_their_own_page_too_and_for_nobody_else(
    published, night, wait, browser_of, ada, charlie
):
    published()
    wait(days=340)
    night()
    me, other = browser_of(advocate=ada), browser_of(advocate=charlie)
    assert "Is your quote still right?" in me.get("/me").text
    assert me.get("/me/renewals/1").status_code == 200
    assert other.get("/me/renewals/1").status_code == 404
    assert other.post("/me/renewals/1", data={"answer": "withdrawn"}).status_code == 404


def test_T29_another_job_holds_the_words_until_they_are_confirmed(
    published, act, ada, night, link, answer, as_stranger, as_rosa
):
    from portal.advocates import actions as advocates
    from portal.advocates import importing
    from portal.staff.models import Staff

    address = published()

    def move():
        rows = b"first_name,last_name,email,company,job_title\n"
        rows += b"Ada,Lovelace,ada@analytical.example,Analytical Engines,Chief of Engines\n"
        plan = advocates.plan_import(importing.read(rows, "new.csv"))
        advocates.apply_import(plan, by=db.session.scalars(sa.select(Staff)).first())

    act(move)
    assert as_stranger.get(address).status_code == 410
    assert "their job changed" in html.unescape(as_rosa.get("/staff/published").text).lower()
    assert "On hold: job changed" in as_rosa.get("/staff/renewals").text
    assert night() == 1
    where = link()
    assert "Chief of Engines" in as_stranger.get(where).text
    answer(where, "kept")
    assert as_stranger.get(address).status_code == 200
    assert night() == 0


def test_T29_another_job_while_the_question_waits_is_written_about_once(
    published, act, ada, night, wait, link, answer, as_stranger, post_mail, mailroom, saved
):
    address = published()
    wait(days=340)
    night()
    where = link()
    assert "Without an answer, these words leave our pages after" in as_stranger.get(where).text
    act(lambda: setattr(db.session.get(Advocate, ada), "moved_at", clock.now()))
    assert as_stranger.get(address).status_code == 410
    sent = len(mailroom.mails)
    assert night() == 1
    for _ in range(40):
        wait(days=1)
        assert night() == 0
    post_mail()
    [mail] = mailroom.mails[sent:]
    assert "Your job has changed" in mailroom.text(mail)
    where = link()
    assert "These words are off our pages at present" in as_stranger.get(where).text
    answer(where, "kept")
    assert as_stranger.get(address).status_code == 200
    assert len(saved(Renewal)) == 1


def test_T29_T23_after_another_job_decks_are_held_until_a_yes_of_their_own(
    placed, look, act, ada, night, link, answer, as_stranger, mailroom, saved
):
    """Who keeps the words and leaves “also decks” unticked renews the page alone."""
    placed()
    act(lambda: setattr(db.session.get(Advocate, ada), "moved_at", clock.now()))
    night()
    where = link()
    assert "sales decks and ads either" in mailroom.text(mailroom.to("ada@analytical.example")[-1])
    assert "Since your job changed we do not use them there" in as_stranger.get(where).text
    answer(where, "kept")
    page = as_stranger.get(where).text
    assert "Since your job changed, they are no longer used in sales decks" in page
    assert look() == 1
    [task] = saved(Takedown)
    assert (task.reason, act(lambda: allowed.is_allowed(db.session.get(Placement, 1)))) == (
        Reason.LEFT,
        False,
    )
    assert night() == 0  # nobody asks again about what she answered


def test_T29_T23_a_tick_for_decks_lets_them_be_used_again(
    placed, look, act, ada, night, link, answer, as_stranger
):
    placed()
    act(lambda: setattr(db.session.get(Advocate, ada), "moved_at", clock.now()))
    night()
    where = link()
    answer(where, "kept", decks_too="y")
    assert "no longer used in sales decks" not in as_stranger.get(where).text
    assert look() == 0
    assert act(lambda: allowed.is_allowed(db.session.get(Placement, 1)))


def test_T29_words_left_to_decks_alone_are_asked_about_again_after_another_job(
    placed, take_back, act, ada, night, link, answer, saved, mailroom, post_mail
):
    placed()
    act(lambda: setattr(db.session.get(Advocate, ada), "moved_at", clock.now()))
    night()
    answer(link(), "kept")
    take_back(Purpose.WORDS)
    assert night() == 1
    assert saved(Renewal)[-1].purpose is Purpose.SALES
    post_mail()
    mail = mailroom.text(mailroom.to("ada@analytical.example")[-1])
    assert "we are taking your quote out of sales decks" in mail


@pytest.mark.parametrize("how", ["withdrawn", "left", "retired"])
def test_what_was_settled_otherwise_is_not_asked_or_reminded(
    published, night, wait, act, ada, saved, post_mail, mailroom, how
):
    published()
    wait(days=340)
    night()

    def settle():
        person = db.session.get(Advocate, ada)
        submission = db.session.scalars(sa.select(Submission)).one()
        if how == "left":
            person.left_at = clock.now()
        elif how == "retired":
            submission.move("retire")
        else:
            consent.withdraw_all(submission.receipt, by=person, circumstances=Circumstances())

    act(settle)
    post_mail()
    sent = len(mailroom.mails)
    wait(days=20)
    night()
    post_mail()
    assert len(mailroom.mails) == sent
    assert saved(Renewal)[0].answer is Answer.OVERTAKEN


def test_staff_see_what_is_due_and_may_ask_earlier(published, night, wait, browser_of, rosa, saved):
    published()
    wait(days=310)
    staff = browser_of(staff=rosa)
    assert "Ask now" in staff.get("/staff/renewals").text
    one = saved(Submission)[0].id
    assert staff.post(f"/staff/submissions/{one}/renewal").status_code == 303
    assert staff.post(f"/staff/submissions/{one}/renewal").status_code == 303
    assert len(saved(Renewal)) == 1
    page = staff.get("/staff/renewals").text
    assert "Ask now" not in page
    assert "Due" in page
    assert night() == 0  # asked early, it still waits for its answer
    assert saved(Renewal)[0].answered_at is None


def test_T36_erasing_a_person_empties_what_they_wrote_and_ends_the_link(
    published, night, wait, link, answer, as_stranger, act, ada, saved
):
    from portal.privacy import actions as privacy

    published()
    wait(days=340)
    night()
    where = link()
    answer(where, "changed", note="I am called Countess now.")
    how = Circumstances()
    act(lambda: privacy.erase(who := db.session.get(Advocate, ada), by=who, circumstances=how))
    assert saved(Renewal)[0].note == ""
    assert as_stranger.get(where).status_code == 404


def test_a_draft_cannot_be_asked_about(approved, act, saved, rosa):
    from portal.errors import NotAllowed
    from portal.staff.models import Staff

    submission_id = approved()

    def go():
        submission = db.session.get(Submission, submission_id)
        actions.ask(submission, by=db.session.get(Staff, rosa))

    with pytest.raises(NotAllowed, match="Only something published"):
        act(go)
    assert saved(Asset) == []


def test_T23_the_anonymous_are_asked_about_their_words_and_say_no_name_again(
    published, night, wait, link, answer, as_stranger, saved, act
):
    published()
    act(lambda: setattr(db.session.scalars(sa.select(Submission)).one(), "credit", "anonymous"))
    wait(days=340)
    night()
    where = link()
    page = html.unescape(as_stranger.get(where).text)
    named = page[page.index("Your yes says this permission again, and no other") :]
    assert "Show my words, exactly as I wrote them" in named
    assert "Name m" not in named
    assert "Lovelace" not in page
    assert answer(where, "kept").status_code == 303
    again = [one.purpose for one in saved(ConsentEvent) if one.verdict is Verdict.RECONFIRMED]
    assert again == [Purpose.WORDS]
