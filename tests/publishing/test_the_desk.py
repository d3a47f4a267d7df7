"""Publishing by staff: permission first, exact words, a second look where one is due."""

import threading
import time

import pytest

from portal.advocates.models import Advocate
from portal.campaigns.models import Action
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.consent.models import Purpose
from portal.db import db
from portal.errors import NotAllowed
from portal.history.models import Entry
from portal.publishing import actions as publishing
from portal.publishing.models import Asset
from portal.staff.models import Role, Staff
from portal.submissions.models import State, Submission
from tests.contributing import ANSWERS, EVERYTHING


def path(submission_id: int) -> str:
    return f"/staff/submissions/{submission_id}/publication"


def test_an_approved_quote_is_published_and_its_author_hears_of_it(
    approved, as_rosa, as_stranger, the_asset, post_mail, mailroom
):
    quote = approved()
    answer = as_rosa.post(path(quote), data={"headline": "", "excerpt": ""})
    assert answer.status_code == 303
    address = f"/stories/{the_asset().slug}"
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


def test_T5_figures_need_a_ground_and_results_may_vary_is_none(approved, as_rosa, saved):
    quote = approved(words="We saved 30% of the time we spent on planning. It is simple.")
    assert "30%" in as_rosa.get(path(quote)).text
    for nothing in ("", "Results may vary."):
        data = {"substantiation": nothing, "excerpt": "It is simple."}  # the whole stays public
        answer = as_rosa.post(path(quote), data=data)
        assert answer.status_code == 422
        assert saved(Asset) == []
    ground = "Time sheets, seen by Rosa on 3 November"
    assert as_rosa.post(path(quote), data={"substantiation": ground}).status_code == 303
    assert saved(Entry)[-1].data["substantiation"] == ground


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
