"""Words that appear by themselves on a day staff chose: not before, and only if they still may."""

from datetime import timedelta

import pytest

from portal import clock, worker
from portal.campaigns.models import Action
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.consent.models import Purpose
from portal.db import db
from portal.history.models import Entry
from portal.publishing import signoff
from portal.publishing.models import Asset
from portal.submissions.models import State, Submission
from tests.contributing import ANSWERS


@pytest.fixture
def day():
    """A week from now, on the hour."""
    return (clock.now() + timedelta(days=7)).replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def plan(approved, as_rosa, day):
    """A quote that Rosa plans for that day; the answer she gets."""

    def plan(**more):
        words = {"on": day.strftime("%Y-%m-%d"), "at": day.strftime("%H:%M"), "zone": "UTC"}
        path = f"/staff/submissions/{approved()}/publication"
        return as_rosa.post(path, data=words | more)

    return plan


@pytest.fixture
def look(app):
    """What the worker does every few seconds."""

    def look() -> None:
        with app.app_context():
            worker.look_around()

    return look


def verbs(saved) -> list[str]:
    return [entry.verb for entry in saved(Entry) if entry.about.startswith("submission")]


def test_a_planned_quote_appears_on_its_day_and_its_author_hears_of_it_then(
    plan, as_rosa, as_ada, as_stranger, the_asset, look, wait, post_mail, mailroom, saved, day
):
    answer = plan()
    assert answer.status_code == 303
    address = f"/stories/{the_asset().slug}"
    look()
    assert ANSWERS["words"] not in as_stranger.get("/stories").text
    assert as_stranger.get(address).status_code == 410
    assert not [m for m in post_mail() if "is published" in m["Subject"]]
    planned = as_rosa.get(answer.location).text
    assert f"Appears {day:%A} {day.day} {day:%B %Y, %H:%M} UTC" in planned
    assert "Not any more" in planned
    assert the_asset().slug not in as_rosa.get("/staff/published?show=off").text
    assert "appears on our pages on" in as_ada.get("/me/submissions/1").text
    wait(days=7, hours=1)
    assert ANSWERS["words"] in as_stranger.get(address).text  # with or without the worker
    for _ in range(2):
        look()
    mails = [m for m in post_mail() if "is published" in m["Subject"]]
    assert [m["To"] for m in mails] == ["ada@analytical.example"]
    assert address in mailroom.text(mails[0])
    assert verbs(saved)[-2:] == ["publication planned", "published"]


def test_what_may_not_be_seen_on_its_day_stays_off_and_nobody_is_told(
    plan, act, ada, as_stranger, the_asset, look, wait, post_mail, saved
):
    plan()

    def change_of_mind():
        mine = db.session.get(Submission, 1)
        who, how = mine.advocate, Circumstances()
        consent.withdraw(mine.receipt, Purpose.WORDS, by=who, circumstances=how)

    act(change_of_mind)
    wait(days=8)
    look()
    assert as_stranger.get(f"/stories/{the_asset().slug}").status_code == 410
    assert not [m for m in post_mail() if "is published" in m["Subject"]]
    assert saved(Asset)[0].announce_at is None
    assert "published" not in verbs(saved)


def test_it_can_be_called_off_and_published_at_once(
    plan, as_rosa, as_stranger, the_asset, look, wait, post_mail, saved
):
    plan()
    as_rosa.post("/staff/assets/1/retirement")
    assert saved(Submission)[0].state is State.RETIRED
    as_rosa.post("/staff/submissions/1/publication", data={})
    wait(seconds=11)
    assert ANSWERS["words"] in as_stranger.get(f"/stories/{the_asset().slug}").text
    assert the_asset().published_at <= clock.now()
    wait(days=8)
    look()
    assert len([m for m in post_mail() if "is published" in m["Subject"]]) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"on": "2026-01-31"}, "Choose a moment still to come"),
        ({"on": "2031-01-31"}, "within 180 days"),
        ({"at": ""}, "Enter the time"),
        ({"on": ""}, "Enter the day"),
        ({"on": "the first of May"}, "Enter the day"),
    ],
)
def test_a_moment_that_cannot_be_is_said_and_publishes_nothing(plan, saved, change, says):
    answer = plan(headline="An hour a day", **change)
    assert answer.status_code == 422
    assert says in answer.text
    assert "An hour a day" in answer.text
    assert '<details class="gw-details" open' in answer.text
    assert saved(Asset) == []


def test_T18_nobody_chooses_the_day_of_a_review(approved, as_rosa, saved, day):
    approved(Action.REVIEW)
    as_rosa.post("/staff/assets/1/retirement")
    sent = {"on": day.strftime("%Y-%m-%d"), "at": "09:00"}
    answer = as_rosa.post("/staff/submissions/1/publication", data=sent)
    assert answer.status_code == 422
    assert "Nobody chooses its day" in answer.text
    assert saved(Submission)[0].state is State.RETIRED


def test_T3_a_cut_waits_for_its_author_and_then_for_its_day(
    plan, act, ada, as_stranger, the_asset, saved, day, wait, look, post_mail
):
    piece = ANSWERS["words"].split(".")[0] + "."
    assert plan(excerpt=piece, fair_cut="y").status_code == 303
    assert saved(Asset) == []

    def say_yes():
        found = signoff.pending(db.session.get(Submission, 1))
        seen = found.seal(signoff.rendering.proposed(found))
        signoff.approve(
            found, seen=seen, by=found.submission.advocate, circumstances=Circumstances()
        )

    act(say_yes)
    assert the_asset().published_at == day
    assert as_stranger.get(f"/stories/{the_asset().slug}").status_code == 410
    wait(days=8)
    look()
    assert as_stranger.get(f"/stories/{the_asset().slug}").status_code == 200
    assert [m for m in post_mail() if "is published" in m["Subject"]]
