"""Publishing, taking down and asking for a cut: each can be undone, and then nobody heard of it."""

import pytest

from portal import clock
from portal.db import db
from portal.placements.models import Kind, Placement
from portal.publishing.models import Asset, Proposal
from portal.submissions.models import State, Submission
from tests.contributing import ANSWERS

PATH = "/staff/submissions/1/publication"


@pytest.fixture
def told(post_mail):
    """The mails that say something is published."""

    def told() -> list:
        return [mail for mail in post_mail() if "is published" in mail["Subject"]]

    return told


def test_what_is_published_is_told_and_seen_only_when_nobody_undid_it(
    approved, as_rosa, as_stranger, the_asset, told, wait
):
    approved()
    answer = as_rosa.post(PATH)
    page = as_rosa.get(answer.location).text
    assert 'action="/staff/undo' in page
    assert 'value="submission:1"' in page
    assert "About to appear" in page
    assert told() == []
    assert ANSWERS["words"] not in as_stranger.get("/stories").text
    wait(seconds=11)
    assert ANSWERS["words"] in as_stranger.get("/stories").text
    assert len(told()) == 1


def test_undone_it_was_never_public_and_can_be_published_again(
    approved, as_rosa, as_stranger, saved, told, wait, take_back
):
    approved()
    as_rosa.post(PATH, data={"headline": "An hour a day"})
    answer = take_back(as_rosa, "submission:1")
    assert answer.location == "/staff/submissions/1"
    assert saved(Asset) == []
    assert saved(Submission)[0].state is State.APPROVED
    wait(minutes=5)
    assert told() == []
    assert ANSWERS["words"] not in as_stranger.get("/stories").text
    as_rosa.post(PATH)
    wait(minutes=5)
    assert len(told()) == 1


def test_after_ten_seconds_it_stays_public(approved, as_rosa, told, wait, take_back, saved):
    approved()
    as_rosa.post(PATH)
    wait(seconds=10)
    answer = take_back(as_rosa, "submission:1")
    assert answer.status_code == 409
    assert "Ten seconds are over" in answer.text
    assert saved(Submission)[0].state is State.PUBLISHED
    assert len(told()) == 1


def test_something_taken_down_by_mistake_is_back_as_it_was(
    published, as_rosa, as_stranger, saved, take_back
):
    address = published(title="An hour a day")
    before = saved(Asset)[0].published_at
    as_rosa.post("/staff/assets/1/retirement")
    assert as_stranger.get(address).status_code == 410
    take_back(as_rosa, "submission:1")
    assert "An hour a day" in as_stranger.get(address).text
    assert saved(Asset)[0].published_at == before


def test_pages_a_colleague_chose_meanwhile_are_not_overwritten(
    published, as_rosa, saved, act, take_back
):
    published()
    as_rosa.post("/staff/assets/1/retirement")

    def choose():
        db.session.get(Asset, 1).on_home = False

    act(choose)
    answer = take_back(as_rosa, "submission:1")
    assert "Something else happened since" in answer.text
    assert saved(Asset)[0].on_home is False


def test_what_a_colleague_has_written_down_as_used_stays(
    approved, as_rosa, rosa, act, saved, take_back
):
    approved()
    as_rosa.post(PATH)

    def use():
        where = {"kind": Kind.DECK, "place": "Pitch deck", "since": clock.now().date()}
        db.session.add(Placement(asset_id=1, owner_id=rosa, **where))

    act(use)
    answer = take_back(as_rosa, "submission:1")
    assert (answer.status_code, "used it elsewhere meanwhile" in answer.text) == (409, True)
    assert saved(Submission)[0].state is State.PUBLISHED


def test_published_again_by_mistake_it_is_off_the_page_as_before(
    published, as_rosa, as_stranger, saved, take_back
):
    address = published(title="An hour a day")
    as_rosa.post("/staff/assets/1/retirement")
    as_rosa.post(PATH, data={"headline": "Another headline"})
    take_back(as_rosa, "submission:1")
    assert as_stranger.get(address).status_code == 410
    assert saved(Asset)[0].headline == "An hour a day"
    assert saved(Submission)[0].state is State.RETIRED


def test_T3_a_cut_that_was_sent_by_mistake_reaches_nobody(
    approved, as_rosa, saved, post_mail, wait, take_back
):
    approved()
    before = len(post_mail())
    piece = ANSWERS["words"].split(".")[0] + "."
    as_rosa.post(PATH, data={"excerpt": piece, "fair_cut": "y"})
    assert saved(Submission)[0].state is State.SIGNOFF
    assert take_back(as_rosa, "submission:1").status_code == 303
    assert saved(Proposal) == []
    assert saved(Submission)[0].state is State.APPROVED
    wait(minutes=5)
    assert len(post_mail()) == before


def test_the_record_for_legal_counts_no_approval_that_was_undone(
    approved, as_rosa, the_asset, wait, take_back
):
    approved()
    wait(minutes=1)
    as_rosa.post(PATH)
    take_back(as_rosa, "submission:1")
    page = as_rosa.get("/staff/customers/1/record").text
    yes = page.partition("Approvals")[2].partition("</dl>")[0]
    assert "Published" not in yes
    assert "Approved" in yes


def test_several_are_published_whole_each_with_its_own_outcome(
    act, campaign, rosa, as_rosa, as_stranger, saved, told, wait, approved, take_back
):
    approved()
    page = as_rosa.get("/staff/queue?kind=publish").text
    assert 'form="several-publications"' in page
    one = saved(Submission)[0]
    items = {"items": [f"1:{one.version}", "99:1"]}
    answer = as_rosa.post("/staff/queue/decisions/publications", data=items)
    assert "1 of 1 done" in answer.text
    wait(seconds=11)
    assert ANSWERS["words"] in as_stranger.get("/stories").text
    assert len(told()) == 1
    again = as_rosa.post("/staff/queue/decisions/publications", data=items)
    assert "You approved it at " in again.text
