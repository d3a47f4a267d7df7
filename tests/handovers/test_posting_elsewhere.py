"""A reviewer may post their own words on another site too: the same page for every rating."""

import inspect
import io
import re
from datetime import date

import pytest
from PIL import Image

from portal.advocates.models import Advocate
from portal.campaigns.models import Action, Campaign, Invitation
from portal.consent.actions import Circumstances
from portal.db import db
from portal.errors import NotAllowed
from portal.handovers import actions, forms, queries, views
from portal.handovers.models import HandOver, Said
from portal.history.actions import SYSTEM
from portal.incentives.copylint import objection
from portal.incentives.models import Choice, Reward
from portal.media.models import Upload
from portal.platforms.models import Answer, PlatformRule
from portal.privacy import actions as privacy
from portal.publishing.grounds import Ground
from portal.review import actions as review
from portal.staff.models import Staff
from portal.submissions.models import Submission
from tests.contributing import contribute, invited

YES = Answer.YES
PAGE = "https://barn.example/write/acme"


@pytest.fixture
def barn(save):
    """A platform where more is allowed than anywhere in the table; its newest version."""
    numbers = iter(range(1, 99))

    def barn(**changes):
        values = {
            "platform": "barn", "version": next(numbers), "name": "Review Barn", "may_ask": YES,
            "may_reward": YES, "may_prove": YES, "public_sector": YES, "source": "https://b.org",
            "disclosure": "Tick “I received something”.", "checked_on": date(2026, 11, 1),
            "by": "x",
        }  # fmt: skip
        save(PlatformRule(**values | changes))

    barn()
    return barn


@pytest.fixture
def sends_there(act, campaign, barn):
    def go(proof=False, offer=True):
        found = db.session.get(Campaign, campaign)
        found.platform, found.platform_url, found.platform_proof = "barn", PAGE, proof
        if not offer:
            found.offer_id = None

    def sends_there(**more):
        act(lambda: go(**more))

    sends_there()
    return sends_there


@pytest.fixture
def reviewed(act, sends_there, invitation):
    """Ada’s review, sent; its id."""

    def reviewed(invitation_id=invitation, **more) -> int:
        return act(lambda: contribute(invitation_id, Action.REVIEW, **more).id)

    return reviewed


def page_of(client, id: int) -> str:
    return client.get(f"/me/submissions/{id}/elsewhere").text


def plain(page: str) -> str:
    """Without the numbers and the token that differ between any two visits."""
    return re.sub(r"\d+", "N", re.sub(r'name="csrf_token" value="[^"]+"', "", page))


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(file, "PNG")
    return file.getvalue()


def test_T19_the_page_is_the_same_sign_for_sign_whatever_the_rating(
    act, browser_of, reviewed, campaign, saved, ada
):
    pages, ways_there = set(), set()
    for rating in (1, 2, 3, 4, 5):
        id = reviewed(act(lambda n=rating: invited(campaign, n)), rating=rating)
        who = browser_of(advocate=saved(Invitation)[-1].advocate_id)
        pages.add(plain(page_of(who, id)))
        sent = who.get(f"/me/submissions/{id}/sent").text
        ways_there.add(plain(re.search(r"<h2[^>]*>Post it.*?</section>", sent, re.S)[0]))
    assert len(pages) == len(ways_there) == 1


def test_T19_nothing_that_hands_over_even_names_a_rating():
    for code in (actions, queries, forms, views):
        source = inspect.getsource(code).replace("Neither knows a rating (T19)", "")
        assert not re.search(r"rating|sentiment|stars|\bscore\b|ground\b", source), code


def test_T19_a_declined_review_is_handed_over_like_any_other(act, as_ada, reviewed, rosa):
    id = reviewed(rating=1)

    def decline():
        submission = db.session.get(Submission, id)
        review.decline(
            submission, seen=submission.version, ground=Ground.ABUSE, note="No.",
            by=db.session.get(Staff, rosa),
        )  # fmt: skip

    act(decline)
    assert "Copy your own words" in page_of(as_ada, id)


def test_T9_every_word_of_the_page_is_neutral(as_ada, reviewed):
    text = re.sub(r"<[^>]+>", " ", page_of(as_ada, reviewed(choice=Choice.ACCEPTED)))
    assert objection(text) == ""


def test_it_works_without_script_and_leads_out_without_a_trace(as_ada, reviewed):
    text = page_of(as_ada, reviewed())
    box = re.search(r"<textarea[^>]*readonly[^>]*>([^<]*)</textarea>", text)
    assert "Fridays are ours again" in box[1]
    assert "Reports can only be exported one at a time." in box[1]
    assert re.search(rf'href="{PAGE}"[^>]*rel="noopener noreferrer"', text)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice.ACCEPTED, "I was promised a €25 gift card by Acme for leaving a review, whatever"),
        (Choice.DONATED, "Acme promised a €25 gift card to Médecins Sans Frontières for my"),
        (Choice.DECLINED, ""),
    ],
)
def test_T10_the_reward_is_said_in_the_text_that_is_copied(app, as_ada, reviewed, choice, said):
    id = reviewed(choice=choice)
    with app.app_context():
        text = queries.text_of(db.session.get(Submission, id))
    assert said in text
    assert ("whatever I said" in text) == bool(said)
    assert ("Tick “I received something”." in page_of(as_ada, id)) == bool(said)


@pytest.mark.parametrize("said", ["posted", "not"])
def test_T8_what_they_say_changes_no_reward_and_staff_read_it(
    as_ada, as_rosa, reviewed, saved, said
):
    id = reviewed(choice=Choice.ACCEPTED)
    before = [(r.reason, [e.state for e in r.entries]) for r in saved(Reward)]
    answer = as_ada.post(f"/me/submissions/{id}/elsewhere", data={"said": said})
    assert answer.status_code == 303
    assert [(r.reason, [e.state for e in r.entries]) for r in saved(Reward)] == before
    assert saved(HandOver)[0].said == said
    page = as_rosa.get(f"/staff/submissions/{id}").text
    assert ("says it is posted on" if said == "posted" else "chose not to post it on") in page
    again = as_ada.post(f"/me/submissions/{id}/elsewhere", data={"said": "not"})
    assert again.status_code == 303
    assert len(saved(HandOver)) == 1


def test_nothing_chosen_is_named(as_ada, reviewed, saved):
    answer = as_ada.post(f"/me/submissions/{reviewed()}/elsewhere", data={})
    assert answer.status_code == 422
    assert "Choose one of the two" in answer.text
    assert saved(HandOver) == []


def test_T12_proof_is_asked_and_taken_only_where_the_row_allows_it(
    as_ada, as_rosa, reviewed, sends_there, barn, saved, act
):
    id = reviewed()
    assert "Address of your review" not in page_of(as_ada, id)
    url = "https://barn.example/r/1"
    as_ada.post(f"/me/submissions/{id}/elsewhere", data={"said": "posted", "url": url})
    assert saved(HandOver)[0].url == ""
    sends_there(proof=True)
    assert "Address of your review" in page_of(as_ada, id)
    bad = as_ada.post(
        f"/me/submissions/{id}/elsewhere", data={"said": "posted", "url": "javascript:alert(1)"}
    )
    assert bad.status_code == 422
    file = (io.BytesIO(picture()), "there.png")
    as_ada.post(
        f"/me/submissions/{id}/elsewhere", data={"said": "posted", "url": url, "picture": file}
    )
    assert saved(HandOver)[0].url == url
    assert as_rosa.get(f"/staff/submissions/{id}/proof-elsewhere").mimetype == "image/webp"
    assert url in as_rosa.get(f"/staff/submissions/{id}").text
    barn(may_prove=Answer.UNKNOWN)
    assert "Address of your review" not in page_of(as_ada, id)
    with pytest.raises(NotAllowed, match="does not let us ask for proof"):
        act(
            lambda: actions.declare(
                db.session.get(Submission, id), Said.POSTED, url="https://x.example", by=SYSTEM
            )
        )


def test_a_picture_that_is_none_is_refused_and_the_rest_kept(as_ada, reviewed, sends_there, saved):
    id = reviewed()
    sends_there(proof=True)
    url = "https://barn.example/r/1"
    data = {"said": "posted", "url": url, "picture": (io.BytesIO(b"MZ"), "x.png")}
    answer = as_ada.post(f"/me/submissions/{id}/elsewhere", data=data)
    assert answer.status_code == 422
    assert url in answer.text
    assert saved(Upload) == []


@pytest.mark.parametrize(
    "change",
    [
        {"may_ask": Answer.NO},
        {"may_reward": Answer.UNKNOWN},
        {"most_cents": 2499, "currency": "EUR"},
        {"most_cents": 9999, "currency": "USD"},
    ],
)
def test_T12_what_a_row_forbids_since_then_is_not_asked_any_more(as_ada, reviewed, barn, change):
    id = reviewed(choice=Choice.ACCEPTED)
    assert as_ada.get(f"/me/submissions/{id}/elsewhere").status_code == 200
    barn(**change)
    assert as_ada.get(f"/me/submissions/{id}/elsewhere").status_code == 404
    assert as_ada.post(f"/me/submissions/{id}/elsewhere", data={"said": "not"}).status_code == 404
    assert "elsewhere" not in as_ada.get(f"/me/submissions/{id}").text


def test_who_took_no_reward_may_still_post_where_rewards_are_not_allowed(as_ada, reviewed, barn):
    id = reviewed(choice=Choice.DECLINED)
    barn(may_reward=Answer.NO)
    assert as_ada.get(f"/me/submissions/{id}/elsewhere").status_code == 200


def test_nobody_else_sees_it_and_nothing_but_a_review_has_it(
    act, as_ada, as_charlie, reviewed, invitation
):
    id = reviewed()
    assert as_charlie.get(f"/me/submissions/{id}/elsewhere").status_code == 404
    quote = act(lambda: contribute(invitation, Action.QUOTE).id)
    assert as_ada.get(f"/me/submissions/{quote}/elsewhere").status_code == 404


def test_T36_what_they_said_is_exported(as_ada, reviewed):
    id = reviewed()
    as_ada.post(f"/me/submissions/{id}/elsewhere", data={"said": "posted"})
    assert '"platform": "barn"' in as_ada.get("/me/data/everything.json").text


def test_T36_what_they_said_goes_when_they_are_erased(act, as_ada, reviewed, ada, saved):
    as_ada.post(f"/me/submissions/{reviewed()}/elsewhere", data={"said": "posted"})

    def erase():
        person = db.session.get(Advocate, ada)
        privacy.erase(person, by=person, circumstances=Circumstances())

    act(erase)
    assert saved(HandOver) == []
