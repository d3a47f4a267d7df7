"""Publishing by staff: permission first, exact words, a second look where one is due."""

import html
import threading
import time
from datetime import timedelta

import pytest

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns.models import Action
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.consent.models import Purpose
from portal.db import db
from portal.errors import NotAllowed
from portal.history.models import Entry
from portal.publishing import actions as publishing
from portal.publishing import rendering, signoff
from portal.publishing.models import Asset
from portal.staff.models import Role, Staff
from portal.submissions.models import State, Submission
from portal.undo import actions as undo
from tests.contributing import ANSWERS, EVERYTHING


def path(submission_id: int) -> str:
    return f"/staff/submissions/{submission_id}/publication"


def test_an_approved_quote_is_published_and_its_author_hears_of_it(
    approved, as_rosa, as_stranger, the_asset, post_mail, mailroom, wait
):
    quote = approved()
    answer = as_rosa.post(path(quote), data={"headline": "", "excerpt": ""})
    assert answer.status_code == 303
    address = f"/stories/{the_asset().slug}"
    wait(seconds=11)  # it could have been undone
    assert ANSWERS["words"] in as_stranger.get(address).text
    post_mail()
    mail = mailroom.text(mailroom.to("ada@analytical.example")[-1])
    assert f"http://localhost{address}" in mail
    assert "/c/" in mail


def test_publishing_twice_is_publishing_once(approved, as_rosa, saved):
    quote = approved()
    for _ in range(2):
        assert as_rosa.post(path(quote), data={}).status_code == 303
    assert len(saved(Asset)) == 1
    assert [entry.verb for entry in saved(Entry)].count("published") == 1


def test_T26_words_without_permission_cannot_be_published(approved, as_rosa, saved):
    quote = approved(allows=EVERYTHING - {Purpose.WORDS})
    answer = as_rosa.post(path(quote), data={})
    assert answer.status_code == 409
    assert "Ada Lovelace has not agreed to have these words shown." in answer.text
    assert saved(Asset) == []


def test_a_webinar_is_not_something_to_publish(approved, as_rosa, saved):
    proposal = approved(Action.WEBINAR)
    assert as_rosa.post(path(proposal), data={}).status_code == 409
    assert saved(Asset) == []


def test_T26_publishing_waits_for_a_change_of_mind_under_way(app, approved, ada, rosa, saved):
    """Withdrawing first wins: whoever publishes meanwhile waits, then is refused (faults F24)."""
    quote = approved()
    refusals = []

    def publish():
        with app.app_context():
            try:
                submission = db.session.get(Submission, quote)
                assert submission.receipt.events  # read before the wait, as a page may have
                publishing.publish(submission, by=db.session.get(Staff, rosa))
                db.session.commit()
            except NotAllowed as refusal:
                refusals.append(str(refusal))

    with app.app_context():
        receipt = db.session.get(Submission, quote).receipt
        person = db.session.get(Advocate, ada)
        consent.withdraw(receipt, Purpose.WORDS, by=person, circumstances=Circumstances())
        other = threading.Thread(target=publish)
        other.start()
        time.sleep(0.4)
        assert other.is_alive()
        db.session.commit()
    other.join(15)
    assert refusals == ["The permission of Ada Lovelace to show these words is withdrawn."]
    assert saved(Asset) == []


def test_T3_a_changed_word_is_refused_and_named_and_nothing_typed_is_lost(approved, as_rosa, saved):
    quote = approved()
    answer = as_rosa.post(
        path(quote), data={"excerpt": "We would choose it always.", "headline": "Again"}
    )
    assert answer.status_code == 422
    assert "says “always.”; the customer wrote “again.”" in answer.text
    assert "We would choose it always." in answer.text
    assert 'value="Again"' in answer.text
    assert "<title>Error: " in answer.text
    assert saved(Asset) == []


def test_T4_a_cut_that_drops_a_not_must_be_looked_at(approved, as_rosa, saved):
    quote = approved()
    cut = {"excerpt": "We would choose it again."}
    answer = as_rosa.post(path(quote), data=cut)
    assert answer.status_code == 422
    assert "“It is not perfect.”" in answer.text
    assert saved(Asset) == []
    assert as_rosa.post(path(quote), data=cut | {"fair_cut": "y"}).status_code == 303


FIGURES = "We saved 30% of the time we spent on planning. It is simple."
CHECKED = {"substantiation": "Time sheets of May", "checked_on": "2026-11-03"}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Write what the figures rest on, or what customers generally get."),
        ({"substantiation": "Results may vary."}, "“Results may vary” proves nothing."),
        ({"expected_results": "Your results could differ!"}, "“Results may vary” proves nothing."),
        (CHECKED, "Choose who checked the figures."),
        (CHECKED | {"checked_by": "987"}, "Choose who checked the figures."),
        (CHECKED | {"checked_by": 30 * "9"}, "Choose who checked the figures."),
        (CHECKED | {"checked_on": ""}, "Choose who checked the figures."),
        (CHECKED | {"by": "rosa", "checked_on": ""}, "Enter the day they were checked"),
        (CHECKED | {"by": "rosa", "checked_on": "2039-01-01"}, "Enter the day they were checked"),
    ],
)
def test_T5_figures_need_a_note_with_owner_and_day_or_a_line_beside_them(
    approved, as_rosa, rosa, saved, typed, sentence
):
    quote = approved(words=FIGURES)
    assert "30%" in as_rosa.get(path(quote)).text
    data = {"excerpt": "It is simple."} | typed  # the whole stays public
    if data.pop("by", ""):
        data["checked_by"] = str(rosa)
    answer = as_rosa.post(path(quote), data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    for value in typed.values():
        if value != "rosa" and not value.isdigit():
            assert value in answer.text  # nothing typed is lost
    assert saved(Asset) == []


def test_T5_a_note_keeps_who_checked_and_when(approved, as_rosa, as_stranger, rosa, saved):
    quote = approved(words=FIGURES)
    assert as_rosa.post(path(quote), data=CHECKED | {"checked_by": rosa}).status_code == 303
    kept = saved(Entry)[-1].data
    assert kept["substantiation"] == "Time sheets of May"
    assert (kept["checked_by"], kept["checked_on"]) == (f"staff:{rosa}", "2026-11-03")
    assert "Time sheets" not in as_stranger.get("/stories").text  # on file, not in public


def test_T5_a_line_of_ours_is_part_of_what_the_author_says_yes_to(
    approved, as_rosa, act, saved, the_asset
):
    quote, line = approved(words=FIGURES), "Most save a tenth of their time."
    cut = {"excerpt": "It is simple.", "expected_results": line}
    assert as_rosa.post(path(quote), data=cut).status_code == 303
    assert saved(Asset) == []

    def say_yes():
        proposal = signoff.pending(db.session.get(Submission, quote))
        facts = rendering.proposed(proposal)
        assert facts["expected_results"].endswith(line)
        assert proposal.seal(facts) != proposal.seal(facts | {"expected_results": ""})
        who, how = proposal.submission.advocate, Circumstances()
        signoff.approve(proposal, seen=proposal.seal(facts), by=who, circumstances=how)

    act(say_yes)
    assert the_asset().expected_results == line


def test_T5_another_line_than_the_one_agreed_to_takes_the_cut_down(
    published, as_stranger, act, the_asset
):
    story = published(words=FIGURES, excerpt="It is simple.", expected_results="Most save a tenth.")
    assert "Most save a tenth." in as_stranger.get(story).text
    act(lambda: setattr(db.session.get(Asset, the_asset().id), "expected_results", "All do."))
    assert as_stranger.get(story).status_code == 410


def test_T5_words_signed_whole_may_get_a_line_beside_them(published, as_stranger):
    story = published(words=FIGURES, expected_results="Most save a tenth.")
    assert "What customers generally get, says Acme: Most save a tenth." in html.unescape(
        as_stranger.get(story).text
    )


def test_the_address_names_neither_the_customer_nor_their_words(approved, as_rosa, the_asset):
    quote = approved()
    as_rosa.post(path(quote), data={})
    slug = the_asset().slug
    assert slug.startswith("quote-")
    assert "ada" not in slug
    assert "planning" not in slug


def test_what_is_taken_down_is_gone_and_can_be_published_again(
    published, as_rosa, as_stranger, the_asset, saved
):
    address = published()
    asset = the_asset().id
    for _ in range(2):
        retired = as_rosa.post(f"/staff/assets/{asset}/retirement")
        assert retired.status_code == 303
    assert as_stranger.get(address).status_code == 410
    assert "Retired by us" in as_rosa.get("/staff/published").text
    assert as_rosa.post(path(saved(Submission)[0].id), data={}).status_code == 303
    assert as_stranger.get(address).status_code == 200


def test_staff_know_published_words_again_by_how_they_begin(published, as_rosa, the_asset):
    published()
    listed = as_rosa.get("/staff/published").text
    assert f"“{ANSWERS['words'][:20]}" in html.unescape(listed)
    as_rosa.post(f"/staff/assets/{the_asset().id}/retirement")
    listed = as_rosa.get("/staff/published").text
    assert "“" not in listed.split("<table")[1], "nor shown here what is seen no more"


def test_the_list_says_why_something_is_not_public_any_more(published, as_rosa, act, ada, saved):
    published()
    assert "Public" in as_rosa.get("/staff/published?show=public").text

    def withdraw():
        receipt = db.session.get(Submission, saved(Submission)[0].id).receipt
        consent.withdraw(
            receipt,
            Purpose.WORDS,
            by=db.session.get(Advocate, ada),
            circumstances=Circumstances(),
        )

    act(withdraw)
    assert "Permission withdrawn" in as_rosa.get("/staff/published?show=off").text
    assert "Ada Lovelace" not in as_rosa.get("/staff/published?show=public").text


def test_T36_the_list_says_that_a_persons_data_is_on_hold(published, as_rosa, act, ada):
    published()
    act(lambda: setattr(db.session.get(Advocate, ada), "restricted_at", clock.now()))
    assert "Their data is on hold" in as_rosa.get("/staff/published?show=off").text


@pytest.mark.parametrize(
    ("days", "sentence"),
    [(30, "Their job changed, and they have not confirmed"), (200, "Not confirmed for a year")],
)
def test_T6_the_list_counts_the_year_from_the_last_yes(
    published, browser_of, rosa, act, ada, wait, days, sentence
):
    published()
    wait(days=200)

    def say_yes():
        who, receipt = db.session.get(Advocate, ada), db.session.query(Submission).one().receipt
        consent.reconfirm(receipt, by=who, circumstances=Circumstances())

    act(say_yes)
    wait(days=180)  # more than a year after it was published
    act(lambda: setattr(db.session.get(Advocate, ada), "moved_at", clock.now()))
    wait(days=days)
    page = browser_of(staff=rosa).get("/staff/published?show=off").text
    assert sentence in page


def test_an_empty_list_says_what_will_be_there(as_rosa):
    assert "Nothing is published yet" in as_rosa.get("/staff/published").text
    assert "Nothing has come down" in as_rosa.get("/staff/published?show=off").text


@pytest.mark.parametrize("role", [Role.VIEWER])
def test_a_viewer_may_look_and_not_publish(approved, published, browser_of, save, saved, role):
    published()
    viewer = browser_of(
        staff=save(Staff(email="vera@acme.example", name="Vera", role=role, password_hash="x"))
    )
    quote, asset = saved(Submission)[0].id, saved(Asset)[0].id
    assert viewer.get("/staff/published").status_code == 200
    assert "Take down" not in viewer.get("/staff/published").text
    assert viewer.post(path(quote), data={}).status_code == 403
    assert viewer.post(f"/staff/assets/{asset}/retirement").status_code == 403
    assert saved(Submission)[0].state is State.PUBLISHED


def test_a_stranger_and_a_customer_find_no_desk(approved, as_stranger, as_ada, saved):
    quote = approved()
    for client in (as_stranger, as_ada):
        for answer in (
            client.get("/staff/published"),
            client.get(path(quote)),
            client.post(path(quote), data={}),
        ):
            assert answer.status_code == 302
            assert "/staff/sign-in" in answer.headers["Location"]
    assert saved(Asset) == []


@pytest.fixture
def desk_of(approved, as_rosa):
    """Rosa publishes Ada’s quote at the desk; the address of the desk."""
    address = f"/staff/submissions/{approved()}/publication"
    assert as_rosa.post(address, data={"headline": "Rosa’s headline"}).status_code == 303
    return address


@pytest.fixture
def subjects(post_mail, mailroom, wait):
    """What Ada has got by mail once the ten seconds are over."""

    def subjects() -> list[str]:
        wait(minutes=1)
        post_mail()
        return [mail["Subject"] for mail in mailroom.to("ada@analytical.example")]

    return subjects


def test_T26_of_words_gone_before_the_mail_leaves_it_says_nothing(
    desk_of, as_rosa, the_asset, subjects
):
    as_rosa.post(f"/staff/assets/{the_asset().id}/retirement", data={"note": ""})
    assert "Your quote is published" not in subjects()


def test_T26_nor_of_words_whose_author_withdrew_them(desk_of, act, ada, the_asset, subjects):
    def withdraw():
        receipt = db.session.get(Submission, the_asset().submission_id).receipt
        who = db.session.get(Advocate, ada)
        consent.withdraw(receipt, Purpose.WORDS, by=who, circumstances=Circumstances())

    act(withdraw)
    assert "Your quote is published" not in subjects()


def test_once_the_taking_down_is_undone_the_mail_leaves_even_if_its_time_had_come(
    desk_of, as_rosa, the_asset, subjects, monkeypatch
):
    asset = the_asset()
    monkeypatch.setattr(undo, "WINDOW", timedelta(days=9))
    as_rosa.post(f"/staff/assets/{asset.id}/retirement", data={"note": ""})
    assert "Your quote is published" not in subjects()
    back = as_rosa.post("/staff/undo", data={"items": f"submission:{asset.submission_id}"})
    assert back.status_code == 303
    assert subjects().count("Your quote is published") == 1


def test_the_second_of_two_publishers_is_told_and_keeps_what_they_typed(
    desk_of, as_rosa, browser_of, save, the_asset
):
    theo = browser_of(staff=save(Staff(email="t@acme.example", name="Theo", role=Role.EDITOR)))
    answer = theo.post(desk_of, data={"headline": "Theo’s headline"})
    assert answer.status_code == 409
    assert "Rosa published it at" in answer.text
    assert "Theo’s headline" in answer.text
    assert the_asset().headline == "Rosa’s headline"
    again = as_rosa.post(desk_of, data={"headline": "Rosa’s headline"})
    assert again.status_code == 303
