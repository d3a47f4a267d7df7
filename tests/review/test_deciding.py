"""Approve, ask for a change, decline: blind to the rating, once, and told to the customer."""

import re
import threading

import pytest

from portal.campaigns.models import Action, Invitation
from portal.consent.models import Purpose
from portal.db import db
from portal.errors import NotAllowed
from portal.history.models import Entry
from portal.publishing.grounds import FOR_REVIEWS, Ground
from portal.publishing.models import Asset
from portal.review import actions as decisions
from portal.staff.models import Staff
from portal.submissions import actions
from portal.submissions.models import State, Submission
from tests.contributing import ANSWERS, EVERYTHING, invited


def path(submission_id: int, act: str = "") -> str:
    return f"/staff/submissions/{submission_id}{act}"


def test_one_page_shows_words_permissions_offer_and_history(sent, as_rosa):
    page = as_rosa.get(path(sent())).text
    for piece in (
        ANSWERS["words"],
        ANSWERS["use"],  # never shown to the world, but to whoever decides
        "Name me, the way I chose",
        "words@1",
        "a €25 gift card, worth €25",
        "Ada Lovelace: submitted",
    ):
        assert piece in page


@pytest.mark.parametrize("rating", [1, 5])
def test_T16_the_rating_is_nowhere_on_the_page_before_the_decision(
    sent, as_rosa, contribution, rating
):
    review = sent(Action.REVIEW, rating=rating)
    page = as_rosa.get(path(review)).text
    queue = as_rosa.get("/staff/queue").text
    assert ANSWERS["worked"] in page
    for text in (page, queue):
        assert "gw-stars" not in text
        assert "out of 5" not in text
    as_rosa.post(path(review, "/approval"), data={"seen": contribution().version})
    assert f"{rating} out of 5 stars" in as_rosa.get(path(review)).text


def test_T16_the_page_of_an_undecided_review_is_the_same_for_every_rating(
    sent, as_rosa, act, campaign
):
    pages = set()
    for number, rating in enumerate([1, 3, 5]):
        invitation_id = act(lambda number=number: invited(campaign, number))
        review = sent(Action.REVIEW, invitation_id=invitation_id, rating=rating)
        main = as_rosa.get(path(review)).text.partition('id="appear"')[2]
        words = main.partition("</article>")[0]
        pages.add(re.sub(rf"(No |C){number}", "", words))  # their name and initials
    assert len(pages) == 1


def test_an_approved_review_is_published_by_it(
    sent, as_rosa, as_stranger, contribution, post_mail, mailroom, wait
):
    review = sent(Action.REVIEW)
    answer = as_rosa.post(path(review, "/approval"), data={"seen": contribution().version})
    assert answer.status_code == 303
    assert contribution().state is State.PUBLISHED
    assert ANSWERS["worked"] not in as_stranger.get("/reviews").text  # it may still be undone
    wait(seconds=11)
    assert ANSWERS["worked"] in as_stranger.get("/reviews").text
    post_mail()
    assert mailroom.mails[-1]["Subject"] == "Your review is published"


def test_an_approved_review_that_may_not_be_shown_is_thanked_for_and_kept_private(
    sent, as_rosa, as_stranger, contribution, post_mail, mailroom, wait
):
    review = sent(Action.REVIEW, allows=EVERYTHING - {Purpose.WORDS})
    as_rosa.post(path(review, "/approval"), data={"seen": contribution().version})
    assert contribution().state is State.APPROVED
    assert ANSWERS["worked"] not in as_stranger.get("/reviews").text
    wait(seconds=11)
    post_mail()
    assert mailroom.mails[-1]["Subject"] == "Thank you: your review is accepted"


def test_an_approved_quote_waits_for_being_published(sent, as_rosa, contribution, saved):
    quote = sent()
    as_rosa.post(path(quote, "/approval"), data={"seen": contribution().version})
    assert contribution().state is State.APPROVED
    assert saved(Asset) == []
    assert "To publish" in as_rosa.get("/staff/queue").text
    assert 'name="excerpt"' in as_rosa.get(path(quote)).text


def test_asking_for_a_change_sends_the_note_and_a_way_back_in(
    sent, as_rosa, contribution, post_mail, mailroom, wait
):
    quote = sent()
    seen = contribution().version
    answer = as_rosa.post(path(quote, "/change-request"), data={"seen": seen, "note": " "})
    assert answer.status_code == 422
    assert "Write what should change" in answer.text
    note = "Leave out the name of your supplier."
    answer = as_rosa.post(path(quote, "/change-request"), data={"seen": seen, "note": note})
    assert answer.status_code == 303
    assert contribution().state is State.CHANGES
    assert contribution().note == note
    wait(seconds=11)
    post_mail()
    mail = mailroom.text(mailroom.mails[-1])
    assert note in mail
    assert "/i/" in mail


def test_declining_needs_a_ground_and_a_note_and_says_both(
    sent, as_rosa, contribution, post_mail, mailroom, wait
):
    quote = sent()
    seen = contribution().version
    for incomplete in ({"note": "Why"}, {"ground": "abuse"}, {"ground": "x", "note": "Why"}):
        answer = as_rosa.post(path(quote, "/decline"), data={"seen": seen} | incomplete)
        assert answer.status_code == 422
    complete = {"seen": seen, "ground": "confidential", "note": "It names your contract price."}
    assert as_rosa.post(path(quote, "/decline"), data=complete).status_code == 303
    assert contribution().state is State.DECLINED
    assert contribution().ground == "confidential"
    wait(seconds=11)
    post_mail()
    mail = mailroom.text(mailroom.mails[-1])
    assert "It contains confidential information." in mail
    assert "It names your contract price." in mail


def test_T16_a_review_is_declined_only_on_neutral_grounds(sent, as_rosa, contribution):
    review = sent(Action.REVIEW)
    page = as_rosa.get(path(review)).text
    assert all(ground.sentence in page for ground in FOR_REVIEWS)
    assert Ground.NO_ROOM.sentence not in page
    data = {"seen": contribution().version, "ground": "no-room", "note": "Not nice enough"}
    assert as_rosa.post(path(review, "/decline"), data=data).status_code == 422
    assert contribution().state is State.SUBMITTED


def test_T16_nor_does_the_action_itself_take_another_ground(sent, act, contribution, rosa):
    review, seen = sent(Action.REVIEW), contribution().version

    def decline():
        words = {"ground": Ground.NO_ROOM, "note": "Not nice enough"}
        by = db.session.get(Staff, rosa)
        decisions.decline(db.session.get(Submission, review), seen=seen, by=by, **words)

    with pytest.raises(NotAllowed, match="neutral grounds"):
        act(decline)


def test_doing_it_twice_changes_nothing_and_answers_the_same(sent, as_rosa, contribution, saved):
    quote = sent()
    seen = contribution().version
    answers = [as_rosa.post(path(quote, "/approval"), data={"seen": seen}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert [entry.verb for entry in saved(Entry)].count("approved") == 1


def test_whoever_is_slower_learns_who_and_when_and_keeps_the_note(
    sent, as_rosa, as_sam, contribution
):
    quote = sent()
    seen = contribution().version
    as_sam.post(path(quote, "/approval"), data={"seen": seen})
    note = "A note that took me ten minutes."
    for act, more in (("/change-request", {}), ("/decline", {"ground": "abuse"})):
        answer = as_rosa.post(path(quote, act), data={"seen": seen, "note": note} | more)
        assert answer.status_code == 409
        assert "Sam approved it at " in answer.text
        assert note in answer.text
    assert contribution().state is State.APPROVED


def test_a_decision_on_words_that_changed_meanwhile_is_refused(sent, as_rosa, contribution):
    quote = sent()
    answer = as_rosa.post(path(quote, "/approval"), data={"seen": contribution().version - 1})
    assert answer.status_code == 409
    assert contribution().state is State.SUBMITTED


def test_a_form_without_the_version_is_refused(sent, as_rosa, contribution):
    quote = sent()
    assert as_rosa.post(path(quote, "/approval"), data={}).status_code == 422
    assert contribution().state is State.SUBMITTED


def test_of_two_who_decide_at_once_one_wins(sent, as_rosa, as_sam, contribution, saved):
    review = sent(Action.REVIEW)
    seen = contribution().version
    start, statuses = threading.Barrier(2), []

    def decide(client, act, more):
        start.wait()
        answer = client.post(path(review, act), data={"seen": seen} | more)
        statuses.append(answer.status_code)

    acts = [
        (as_rosa, "/approval", {}),
        (as_sam, "/decline", {"ground": "abuse", "note": "It insults a colleague."}),
    ]
    both = [threading.Thread(target=decide, args=one) for one in acts]
    for one in both:
        one.start()
    for one in both:
        one.join(20)
    assert sorted(statuses) == [303, 409]
    decisions = [entry.verb for entry in saved(Entry) if entry.verb in ("approved", "declined")]
    assert len(decisions) == 1
    assert len(saved(Asset)) == (1 if decisions == ["approved"] else 0)


def test_after_one_comes_the_next_and_then_the_queue(
    sent, as_rosa, act, campaign, contribution, saved
):
    first = sent()
    second = sent(Action.REVIEW, invitation_id=act(lambda: invited(campaign, 1)))
    answer = as_rosa.post(path(first, "/approval"), data={"seen": contribution().version})
    assert as_rosa.get(answer.location).location == path(second) + "?via=queue"
    page = as_rosa.get(path(second))
    assert "Approved. Ada gets a mail." in page.text
    seen = saved(Submission)[1].version
    data = {"seen": seen, "ground": "abuse", "note": "It insults."}
    answer = as_rosa.post(path(second, "/decline"), data=data)
    assert (
        as_rosa.get(answer.location).location == path(first) + "?via=queue"
    )  # which waits to be published


def test_a_viewer_reads_and_cannot_decide(sent, as_vera, contribution):
    quote = sent()
    page = as_vera.get(path(quote))
    assert page.status_code == 200
    assert path(quote, "/approval") not in page.text
    data = {"seen": contribution().version, "note": "x", "ground": "abuse"}
    for act in ("/approval", "/change-request", "/decline"):
        assert as_vera.post(path(quote, act), data=data).status_code == 403
    assert contribution().state is State.SUBMITTED


def test_strangers_and_customers_stand_before_the_door(sent, as_stranger, as_ada, contribution):
    quote = sent()
    for client in (as_stranger, as_ada):
        assert client.get(path(quote)).status_code == 302
        answer = client.post(path(quote, "/approval"), data={"seen": contribution().version})
        assert answer.status_code == 302
        assert "/staff/sign-in" in answer.headers["Location"]
    assert contribution().state is State.SUBMITTED


def test_a_draft_is_nobodys_to_read_but_its_authors(as_rosa, act, invitation):
    def begin():
        mine = db.session.get(Invitation, invitation)
        started = actions.start(mine, Action.QUOTE, by=mine.advocate)
        db.session.flush()
        return started.id

    assert as_rosa.get(path(act(begin))).status_code == 404
    assert as_rosa.get(path(999)).status_code == 404
