"""Staff choose which of our own pages a quote stands on, and in which order on the front page."""

import re

import pytest

from portal import clock
from portal.campaigns.models import Action
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.consent.models import Purpose
from portal.db import db
from portal.history.models import Entry
from portal.publishing import actions as publishing
from portal.publishing import queries, signoff
from portal.publishing.models import Asset
from portal.review import actions as review
from portal.staff.models import Role, Staff
from portal.submissions.models import Submission
from tests.contributing import ANSWERS, contribute, invited

WORDS = ANSWERS["words"]
FORM = {"pages_asked": "yes"}


@pytest.fixture
def choose(as_rosa):
    def choose(*pages: str, asset: int = 1):
        return as_rosa.post(f"/staff/assets/{asset}/pages", data=FORM | {"pages": list(pages)})

    return choose


def chosen(saved) -> tuple:
    one = saved(Asset)[0]
    return one.on_home, one.on_stories, one.on_referrals


def test_without_a_choice_it_stands_everywhere_as_before(published, as_stranger, saved):
    address = published()
    for path in ("/", "/stories", address):
        assert WORDS in as_stranger.get(path).text
    assert chosen(saved) == (True, True, True)


def test_the_choice_of_staff_is_obeyed_on_the_next_request_and_in_the_history(
    published, as_rosa, as_stranger, choose, saved
):
    address = published()
    assert choose("stories").status_code == 303
    assert WORDS not in as_stranger.get("/").text
    assert WORDS in as_stranger.get("/stories").text
    page = as_rosa.get("/staff/assets/1/uses").text
    assert page.count("Not chosen") == 2
    entry = saved(Entry)[-1]
    assert (entry.verb, entry.note, entry.by) == ("pages chosen", "Stories", "staff:1")
    assert choose("home").status_code == 303
    assert WORDS in as_stranger.get("/").text
    assert WORDS not in as_stranger.get("/stories").text
    choose()
    assert WORDS not in as_stranger.get("/").text
    assert WORDS in as_stranger.get(address).text  # its own page stays
    before = len(saved(Entry))
    choose()
    assert len(saved(Entry)) == before


def test_what_did_not_ask_about_pages_takes_it_off_none(published, as_rosa, saved):
    published()
    answer = as_rosa.post("/staff/assets/1/pages", data={"pages": []})
    assert (answer.status_code, "Nothing was changed" in answer.text) == (422, True)
    assert chosen(saved) == (True, True, True)


def seen_on(page: str) -> str:
    return re.search(r'name="seen"[^>]*value="(\d+)"', page)[1]


def test_the_second_of_two_who_choose_is_told_and_keeps_the_ticks(
    published, as_rosa, browser_of, save, saved
):
    published()
    theo = Staff(email="theo@acme.example", name="Theo", role=Role.EDITOR, password_hash="x")
    as_theo, where = browser_of(staff=save(theo)), "/staff/assets/1"
    sent = FORM | {"seen": seen_on(as_rosa.get(f"{where}/uses").text)}
    assert as_theo.post(f"{where}/pages", data=sent | {"pages": ["home"]}).status_code == 303
    late = as_rosa.post(f"{where}/pages", data=sent | {"pages": ["stories"]})
    assert late.status_code == 409
    assert "Theo " in late.text
    assert re.search(r'<input checked[^>]*value="stories"', late.text)
    assert not re.search(r'<input checked[^>]*value="home"', late.text)
    assert chosen(saved) == (True, False, False)
    again = sent | {"seen": seen_on(late.text), "pages": ["stories"]}
    assert as_rosa.post(f"{where}/pages", data=again).status_code == 303
    assert chosen(saved) == (False, True, False)


def test_saved_says_where_it_stands_now(published, as_rosa, choose):
    published()
    choose("home", "stories")
    page = as_rosa.get("/staff/assets/1/uses").text
    assert "Beside its own page, it stands on: Front page, Stories, for as long as" in page
    choose()
    page = as_rosa.get("/staff/assets/1/uses").text
    assert "Of our pages, it stands on its own alone." in page


def test_chosen_while_publishing_and_nothing_chosen_is_a_choice(
    approved, as_rosa, as_stranger, saved, wait
):
    approved()
    path = "/staff/submissions/1/publication"
    assert as_rosa.get(path).text.count(" checked ") == 3
    wrong = as_rosa.post(path, data=FORM | {"pages": ["moon"]})
    assert wrong.status_code == 422
    assert as_rosa.post(path, data=FORM | {"pages": ["stories"]}).status_code == 303
    wait(seconds=11)
    assert chosen(saved) == (False, True, False)
    assert WORDS in as_stranger.get("/stories").text
    assert WORDS not in as_stranger.get("/").text


def test_T3_a_cut_appears_where_it_was_to_after_its_authors_yes(
    approved, as_rosa, act, saved, as_stranger
):
    approved()
    piece = WORDS.split(".")[0] + "."
    data = FORM | {"pages": ["home"], "excerpt": piece, "fair_cut": "y"}
    as_rosa.post("/staff/submissions/1/publication", data=data)

    def say_yes():
        found = signoff.pending(db.session.get(Submission, 1))
        seen = found.seal(signoff.rendering.proposed(found))
        who = found.submission.advocate
        signoff.approve(found, seen=seen, by=who, circumstances=Circumstances())

    act(say_yes)
    assert chosen(saved) == (True, False, False)
    assert piece in as_stranger.get("/").text


def test_T18_nobody_picks_the_pages_of_a_review(published, choose, as_rosa, as_stranger, saved):
    published(Action.REVIEW)
    answer = choose()
    assert answer.status_code == 409
    assert "Nobody picks the pages of a review" in answer.text
    assert ANSWERS["worked"] in as_stranger.get("/reviews").text
    assert "/staff/assets/1/pages" not in as_rosa.get("/staff/assets/1/uses").text


def test_T26_a_chosen_page_gives_no_permission(published, choose, act, as_stranger):
    published()

    def change_of_mind():
        mine = db.session.get(Submission, 1)
        who, how = mine.advocate, Circumstances()
        consent.withdraw(mine.receipt, Purpose.WORDS, by=who, circumstances=how)

    act(change_of_mind)
    answer = choose("home", "stories")
    assert answer.status_code == 409
    assert "does not allow these words on our own pages just now" in answer.text
    assert WORDS not in as_stranger.get("/").text


def test_off_the_pages_behind_referral_links_it_is_drawn_there_no_more(published, choose, act):
    published()
    assert act(lambda: publishing_quote()) == 1
    choose("home", "stories")
    assert act(lambda: publishing_quote()) is None


def publishing_quote():
    found = queries.newest_quote()
    return found and found[0]


@pytest.fixture
def as_vera(browser_of, save):
    vera = Staff(email="vera@acme.example", name="Vera", role=Role.VIEWER, password_hash="x")
    return browser_of(staff=save(vera))


@pytest.fixture
def three(act, campaign, published, rosa):
    """Three quotes on the front page, the newest first: 3, 2, 1."""
    published(title="First")

    def more():
        staff = db.session.get(Staff, rosa)
        for number, title in ((2, "Second"), (3, "Third")):
            one = contribute(invited(campaign, number), Action.QUOTE)
            review.approve(one, seen=one.version, by=staff)
            publishing.publish(one, headline=title, by=staff)

    act(more)


def order(client) -> list[str]:
    page = client.get("/").text
    return sorted(("First", "Second", "Third"), key=lambda one: page.index(f"{one.lower()}-"))


def test_staff_put_the_front_page_in_order_without_a_script(three, as_rosa, as_stranger, saved):
    assert order(as_stranger) == ["Third", "Second", "First"]
    page = as_rosa.get("/staff/front-page").text
    assert page.count("Move up: ") == 2
    for _ in range(2):
        assert as_rosa.post("/staff/front-page/1/place").status_code == 303
    assert order(as_stranger) == ["First", "Third", "Second"]
    as_rosa.post("/staff/front-page/1/place")  # the first stays
    assert order(as_stranger) == ["First", "Third", "Second"]
    assert [e.verb for e in saved(Entry)].count("moved up on the front page") == 2
    assert "First" in as_stranger.get("/stories").text
    as_rosa.post("/staff/front-page/newest-first")
    assert order(as_stranger) == ["Third", "Second", "First"]


def test_what_is_hidden_for_now_comes_back_to_its_place(three, act, as_rosa, as_stranger):
    as_rosa.post("/staff/front-page/2/place")
    assert order(as_stranger) == ["Second", "Third", "First"]

    def hide(hidden: bool) -> None:
        author = db.session.get(Asset, 2).submission.advocate
        author.restricted_at = clock.now() if hidden else None

    act(lambda: hide(True))
    assert as_rosa.post("/staff/front-page/1/place").status_code == 303
    act(lambda: hide(False))
    assert order(as_stranger) == ["Second", "First", "Third"]


def test_a_second_click_on_one_button_moves_nothing(three, as_rosa, as_stranger):
    page = as_rosa.get("/staff/front-page").text
    seen = re.findall(r'name="seen" value="(\d+)"', page)
    assert seen == ["1", "2"]
    for _ in range(2):
        answer = as_rosa.post("/staff/front-page/1/place", data={"seen": seen[-1]})
        assert answer.status_code == 303
    assert order(as_stranger) == ["Third", "First", "Second"]


def focused(page: str) -> str:
    """What the keyboard stands on once the page has come."""
    [found] = re.findall(r"<(?:a|button)[^>]* autofocus[^>]*>", page)
    return found


def test_after_a_move_the_keyboard_stands_on_what_moved_and_the_page_says_what(three, as_rosa):
    page = as_rosa.post("/staff/front-page/1/place", follow_redirects=True).text
    assert re.search(r"Moved up: [^.<]+, Ada Lovelace\.", page)
    assert "/staff/assets/1/" not in focused(page)
    assert 'aria-label="Move up: ' in focused(page)
    page = as_rosa.post("/staff/front-page/1/place", follow_redirects=True).text
    assert "/staff/assets/1/" in focused(page)  # the first has no button any more
    assert "autofocus" not in as_rosa.get("/staff/front-page").text


def test_what_does_not_stand_there_cannot_be_moved(three, as_rosa, choose, as_vera):
    choose("stories", asset=1)
    assert as_rosa.post("/staff/front-page/1/place").status_code == 404
    assert as_vera.post("/staff/front-page/3/place").status_code == 403
    assert "Move up" not in as_vera.get("/staff/front-page").text
