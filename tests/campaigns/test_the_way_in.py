"""The landing page and what its buttons do."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import clock, create_app
from portal.advocates import signals
from portal.advocates.models import Advocate, Signal, SignalKind
from portal.campaigns import inviting
from portal.campaigns.models import Action, Campaign, CampaignState, Invitation, InvitationState
from portal.consent.actions import Circumstances, issue_receipt
from portal.consent.models import ConsentEvent, Purpose
from portal.db import be_patient, db
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.links import actions as links
from portal.links.models import Kind, Link
from portal.outbox.models import Message
from portal.sessions.models import Session
from portal.staff.models import Staff
from tests.conftest import settings
from tests.contributing import contribute


@pytest.fixture
def link(app, act, invitation):
    """A fresh way in for ada, as a path."""
    url = act(lambda: inviting.link(db.session.get(Invitation, invitation)))
    return url.removeprefix("http://localhost")


@pytest.fixture
def change(act):
    """Change columns of one row: ``change(Campaign, 1, state=…)``."""

    def change(model, id_, **values):
        act(lambda: [setattr(db.session.get(model, id_), k, v) for k, v in values.items()])

    return change


def test_the_page_says_who_invites_why_what_how_long_and_what_for(as_stranger, link):
    page = as_stranger.get(link).text
    for words in (
        "Ada, would you",
        "Rosa at Acme",
        "You have used us since the first day.",
        "Write a review",
        "6 minutes",
        "Everyone invited gets a €25 gift card",
        "for each person who comes through your link and turns out to be a good fit",
        "Stop inviting me",
        "Not Ada Lovelace?",
    ):
        assert words in page
    assert "password" not in page.lower()
    assert "account" not in page.lower()


def test_T37_a_scanner_that_opens_the_link_ten_times_changes_nothing(as_stranger, link, saved):
    before = [vars_of(row) for model in EVERYTHING for row in saved(model)]
    for _ in range(10):
        assert as_stranger.get(link).status_code == 200
        assert as_stranger.head(link).status_code == 200
    assert [vars_of(row) for model in EVERYTHING for row in saved(model)] == before
    assert saved(Session) == []
    assert as_stranger.get("/me").status_code == 303  # still nobody


EVERYTHING = [Invitation, Link, Advocate, Campaign, Entry]


def vars_of(row):
    return {column.key: getattr(row, column.key) for column in sa.inspect(type(row)).column_attrs}


def test_a_person_presses_the_button_and_is_in(as_stranger, link, invitation, saved):
    answer = as_stranger.post(link)
    assert (answer.status_code, answer.location) == (303, f"/me/invitations/{invitation}")
    assert "Give a quote" in as_stranger.get(answer.location).text
    assert saved(Invitation)[0].state is InvitationState.OPENED
    assert saved(Link)[0].used_at


def test_one_press_on_the_landing_page_begins_what_it_names(as_stranger, link, saved):
    page = as_stranger.get(link).text
    assert page.count(">Start</button>") == 5  # beside the one button to the whole choice
    answer = as_stranger.post(f"{link}/submissions", data={"action": "quote"})
    answer = as_stranger.get(answer.location)
    assert answer.location.endswith("/offer")  # T11: before the first question
    assert saved(Invitation)[0].state is InvitationState.ACCEPTED
    answer = as_stranger.post(f"{link}/submissions", data={"action": "referral"})
    assert answer.location.endswith("/referral")


def test_where_one_thing_is_asked_its_button_is_the_one_on_the_page(
    as_stranger, link, change, campaign
):
    change(Campaign, campaign, actions=["quote"])
    page = as_stranger.get(link).text
    assert "See what you can do" not in page
    assert re.search(r'submissions">.*?name="action" value="quote">\s*<button[^>]*>Give a quote<',
                     page, re.DOTALL)  # fmt: skip


def test_a_press_on_a_link_that_is_gone_shows_what_became_of_it(
    as_stranger, link, saved, change, campaign
):
    change(Campaign, campaign, state=CampaignState.CLOSED)
    answer = as_stranger.post(f"{link}/submissions", data={"action": "quote"})
    assert "has closed it" in as_stranger.get(answer.location).text
    as_stranger.post(f"{link}/not-me")
    answer = as_stranger.post(f"{link}/submissions", data={"action": "quote"})
    assert "This link was closed" in as_stranger.get(answer.location).text
    assert saved(Session) == []


def test_an_invitation_half_done_says_so_and_carries_on(as_stranger, link):
    as_stranger.post(f"{link}/submissions", data={"action": "quote"})
    page = as_stranger.get(link).text
    assert "Welcome back, Ada" in page
    assert "Not finished" in page
    assert page.count('class="gw-button"') == 1  # one way on
    assert "Carry on" in page
    [way] = re.findall(r'action="([^"]+/submissions)"', page)  # straight to the next question
    answer = as_stranger.post(way, data={"action": "quote"})
    assert answer.location == "/me/submissions/1/next"
    assert "Where you are" in as_stranger.get(as_stranger.post(link).location).text


def test_an_invitation_all_done_says_so(as_stranger, link, act, invitation):
    act(lambda: contribute(invitation, Action.QUOTE))
    page = as_stranger.get(link).text
    assert "You have done this. Thank you" in page
    assert "There is more you could do" in page
    assert "See where it stands" in page
    assert "Not Ada Lovelace?" in page


def test_an_invitation_declined_says_so_and_can_be_seen_again(as_stranger, link, invitation):
    as_stranger.post(link)
    as_stranger.post(f"/me/invitations/{invitation}/decline", data={"reason": "No time"})
    page = as_stranger.get(link).text
    assert "You said no to this invitation" in page
    assert "See it again" in page


def test_the_link_works_again_and_on_another_device(app, link):
    for _ in range(3):
        assert app.test_client().post(link).status_code == 303


def test_mail_programs_may_glue_a_dot_to_the_link(as_stranger, link):
    assert as_stranger.get(f"{link}.").status_code == 200


def test_after_the_deadline_the_link_still_opens_ones_own_page(as_stranger, link, wait):
    wait(days=31)
    page = as_stranger.get(link)
    assert page.status_code == 200
    assert "This invitation has ended" in page.text
    assert as_stranger.post(link).location == "/me"


def test_nothing_new_begins_after_the_end(act, app, change, invitation, campaign):
    change(Campaign, campaign, state=CampaignState.CLOSED)
    with app.app_context():
        found = db.session.get(Invitation, invitation)
        with pytest.raises(NotAllowed, match="has ended"):
            inviting.accept(found, by=found.advocate)


def test_links_outlive_the_deadline_by_sixty_days(link, saved):
    campaign = saved(Campaign)[0]
    lives = saved(Link)[0].expires_at.date() - campaign.deadline
    assert lives >= timedelta(days=60)


def test_a_closed_campaign_says_who_closed_it(as_stranger, link, change, campaign):
    change(Campaign, campaign, state=CampaignState.CLOSED)
    assert "Rosa at Acme has closed it" in as_stranger.get(link).text


def test_an_expired_link_offers_a_new_one_to_the_same_address(
    as_stranger, link, wait, post_mail, mailroom
):
    wait(days=100)
    page = as_stranger.get(link)
    assert page.status_code == 410
    assert "This link has expired" in page.text
    assert "a•••@analytical.example" in page.text
    assert "ada@analytical.example" not in page.text
    answer = as_stranger.post(f"{link}/renewal")
    assert answer.status_code == 303
    assert "a new link is on its way" in as_stranger.get(answer.location).text
    post_mail()
    (mail,) = mailroom.to("ada@analytical.example")
    fresh = re.search(r"http://localhost(/i/\S+)", mailroom.text(mail))[1]
    assert as_stranger.get(fresh).status_code == 200


def test_an_old_link_names_the_newer_one(as_stranger, link, wait, post_mail, mailroom):
    wait(days=100)
    as_stranger.post(f"{link}/renewal")
    assert "This link has expired" in as_stranger.get(link).text  # nothing has left yet
    post_mail()
    page = as_stranger.get(link)
    assert page.status_code == 410
    assert "There is a newer link" in page.text
    assert "a•••@analytical.example" in page.text
    assert "Send me a new link" in page.text


def test_asking_again_at_once_sends_no_second_mail(as_stranger, link, post_mail):
    for _ in range(3):
        as_stranger.post(f"{link}/renewal")
    assert len(post_mail()) == 1


def test_a_link_that_was_never_ours_gets_the_same_answer(as_stranger, post_mail):
    answer = as_stranger.post("/i/nonsense/renewal")
    page = as_stranger.get(answer.location)
    assert page.status_code == 404
    assert "We do not know this link" in page.text
    assert "a new link is on its way" in page.text
    assert post_mail() == []


@pytest.fixture
def as_served(database):
    """A browser at the app with its guards on: CSRF tokens and rate limits."""
    app = create_app(settings(database), TESTING=True, RATELIMIT_ENABLED=True)
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


def test_new_links_are_limited(as_served):
    as_served.application.config["WTF_CSRF_ENABLED"] = False
    answers = [as_served.post("/i/nonsense/renewal").status_code for _ in range(7)]
    assert answers == [303] * 6 + [429]


def test_someone_else_closes_the_link_and_staff_can_read_why(as_stranger, link, saved, act):
    answer = as_stranger.post(f"{link}/not-me")
    page = as_stranger.get(answer.location)
    assert page.status_code == 410
    assert "This link was closed" in page.text
    assert as_stranger.post(link).status_code == 410
    assert "said to be for someone else" in [entry.verb for entry in saved(Entry)]
    assert saved(Session) == []


def test_an_invitation_taken_back_says_so_and_offers_no_new_link(
    as_stranger, link, act, invitation, rosa, post_mail
):
    act(
        lambda: inviting.revoke(
            db.session.get(Invitation, invitation), by=db.session.get(Staff, rosa)
        )
    )
    page = as_stranger.get(link)
    assert page.status_code == 410
    assert "This invitation was taken back" in page.text
    assert "Send me a new link" not in page.text
    as_stranger.post(f"{link}/renewal")
    assert post_mail() == []


# ── Stop inviting me ───────────────────────────────────────────────────────────────────────


def test_stopping_is_one_step_and_can_be_undone(as_stranger, link, saved):
    answer = as_stranger.post(f"{link}/stop")
    assert answer.status_code == 303
    stop = answer.location.removeprefix("http://localhost")
    assert "We will not invite you again" in as_stranger.get(stop).text
    assert saved(Advocate)[0].stopped_at
    answer = as_stranger.post(f"{stop}/undo")
    assert "Stop inviting you?" in as_stranger.get(answer.location).text
    assert saved(Advocate)[0].stopped_at is None


@pytest.fixture
def stop(app, act, ada):
    url = act(lambda: links.mint(Kind.STOP, db.session.get(Advocate, ada)))
    return url.removeprefix("http://localhost")


def test_T37_opening_the_stop_page_stops_nothing(as_stranger, stop, saved):
    for _ in range(10):
        assert "Stop inviting you?" in as_stranger.get(stop).text
        as_stranger.head(stop)
    assert saved(Advocate)[0].stopped_at is None


def test_T38_a_mail_program_stops_with_one_post_without_cookie_or_token(as_served, stop, saved):
    answer = as_served.post(
        stop,
        data={"List-Unsubscribe": "One-Click"},
        headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 200  # RFC 8058: no redirect
    assert saved(Advocate)[0].stopped_at


def test_T38_the_address_in_the_mail_as_delivered_stops_by_that_one_post(
    as_served, act, invitation, post_mail, mailroom, saved
):
    act(lambda: inviting.send_again(db.session.get(Invitation, invitation), by=SYSTEM))
    post_mail()
    (sent,) = mailroom.to("ada@analytical.example")
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.fullmatch(r"<http://localhost(/\S+)>", sent["List-Unsubscribe"])[1]
    answer = as_served.post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200  # RFC 8058: no redirect
    assert saved(Advocate)[0].stopped_at


def test_T38_stopping_touches_no_permission(as_stranger, stop, saved, act, ada):
    act(
        lambda: issue_receipt(
            db.session.get(Advocate, ada),
            "quote",
            {Purpose.WORDS: True},
            circumstances=Circumstances(),
        )
    )
    before = [event.hash for event in saved(ConsentEvent)]
    as_stranger.post(stop)
    assert [event.hash for event in saved(ConsentEvent)] == before


def test_the_invitation_mail_stops_too_when_it_has_not_left(
    as_stranger, act, invitation, stop, post_mail
):
    act(lambda: inviting.send_again(db.session.get(Invitation, invitation), by=SYSTEM))
    as_stranger.post(stop)
    assert post_mail() == []


# ── At the same moment ─────────────────────────────────────────────────────────────────────


def at_once(app, what) -> list:
    """Eight do the same at once, each in a transaction of their own."""

    def one(_):
        with app.app_context():
            found = what()
            db.session.commit()
            return getattr(found, "id", None)

    with app.app_context():
        be_patient(db.engine)
    with ThreadPoolExecutor(8) as many:
        return list(many.map(one, range(8)))


def test_whoever_asks_for_a_new_link_many_times_at_once_gets_one(app, invitation, saved):
    at_once(app, lambda: inviting.renew(db.session.get(Invitation, invitation)))
    assert len(saved(Message)) == 1


def test_whoever_is_let_in_many_times_at_once_has_one_invitation(app, campaign, charlie, saved):
    def let_in():
        person = db.session.get(Advocate, charlie)
        return inviting.invite(db.session.get(Campaign, campaign), person, by=SYSTEM)

    assert len(set(at_once(app, let_in))) == len(saved(Invitation)) == 1


def test_a_fact_noted_many_times_at_once_is_one(app, ada, saved):
    def note():
        person, at = db.session.get(Advocate, ada), clock.now().date()
        signals.note(person, SignalKind.NOTE, value=None, words="Moved.", at=at, by=SYSTEM)

    at_once(app, note)
    assert len(saved(Signal)) == 1
