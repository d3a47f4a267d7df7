"""T17: reviews do not wait for ever, and what is published does not depend on the rating."""

from datetime import timedelta

import pytest

from portal import clock
from portal.campaigns.models import Action
from portal.db import db
from portal.outbox.models import Message
from portal.publishing.grounds import Ground
from portal.review import actions, escalating, report
from portal.staff.models import Role, Staff
from portal.submissions.models import Submission
from tests.contributing import contribute, invited


@pytest.fixture
def review_since(act, sent):
    """Ada’s review, sent so many days ago."""

    def review_since(days: int, action=Action.REVIEW) -> int:
        id = sent(action)

        def age():
            db.session.get(Submission, id).submitted_at = clock.now() - timedelta(days=days)

        act(age)
        return id

    return review_since


def test_T17_ten_working_days_and_one_and_every_owner_is_told_once(
    act, review_since, rosa, save, saved, as_rosa, post_mail, mailroom
):
    save(Staff(email="theo@acme.example", name="Theo", role=Role.EDITOR, password_hash="x"))
    review_since(16)  # at least eleven working days whatever today is
    assert act(escalating.escalate) == 1
    assert act(escalating.escalate) == 0
    told = [mail for mail in saved(Message) if mail.template == "reviews-overdue"]
    assert [mail.recipient for mail in told] == ["rosa@acme.example"]
    post_mail()
    (mail,) = [m for m in mailroom.to("rosa@acme.example") if "longer" in m["Subject"]]
    assert mail["Subject"] == "A review waits longer than we promise"
    text = mailroom.text(mail)
    assert "Ada Lovelace" in text
    assert "Fridays are ours" not in text  # no word of it, and no rating
    assert "star" not in text
    assert "Overdue" in as_rosa.get("/staff/queue").text


def test_T17_within_the_time_and_other_contributions_nobody_is_told(act, review_since, rosa):
    review_since(9)
    assert act(escalating.escalate) == 0


def test_T17_the_clock_is_for_reviews(act, review_since, rosa):
    review_since(40, Action.QUOTE)
    assert act(escalating.escalate) == 0


def test_T17_sent_again_after_a_change_the_clock_starts_again(act, review_since, rosa):
    id = review_since(40)
    assert act(escalating.escalate) == 1

    def again():
        submission = db.session.get(Submission, id)
        submission.submitted_at = clock.now()

    act(again)
    assert act(escalating.escalate) == 0


@pytest.fixture
def decided(act, campaign, rosa, ada):
    """A review with this rating, approved or declined, shown or kept private."""
    numbers = iter(range(1, 99))

    def decided(rating: int, approve: bool = True, allows=("words",)):
        def go():
            invitation = invited(campaign, next(numbers))
            submission = contribute(invitation, Action.REVIEW, rating=rating, allows=allows)
            boss, seen = db.session.get(Staff, rosa), submission.version
            if approve:
                actions.approve(submission, seen=seen, by=boss)
            else:
                actions.decline(submission, seen=seen, ground=Ground.ABUSE, note="No", by=boss)

        act(go)

    return decided


def test_T17_the_report_shows_the_publish_rate_of_each_band(app, as_rosa, decided):
    decided(1)
    decided(2, approve=False)
    decided(3)
    decided(5)
    decided(4)
    decided(5, allows=())
    with app.app_context():
        bands = {b.name: (b.decided, b.published, b.private, b.rate) for b in report.bands()}
    assert bands == {
        "1 or 2 stars": (2, 1, 0, 50),
        "3 stars": (1, 1, 0, 100),
        "4 or 5 stars": (3, 2, 1, 100),
    }
    page = as_rosa.get("/staff/reviews/by-rating").text
    assert "50 %" in page


def test_T16_the_report_says_nothing_of_what_still_waits(app, as_rosa, sent):
    with app.app_context():
        before = report.bands()
    sent(Action.REVIEW)
    with app.app_context():
        assert report.bands() == before
    assert "50 %" not in as_rosa.get("/staff/reviews/by-rating").text
