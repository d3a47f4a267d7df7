"""How often we may ask, and “ask me later”: said once, obeyed everywhere."""

from datetime import timedelta

import pytest

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns import actions as campaigns
from portal.campaigns import eligibility, inviting
from portal.campaigns.models import Ask, Campaign, Invitation
from portal.db import db
from portal.history.models import Entry
from portal.outbox.models import Message, State
from portal.staff.models import Staff

ANY = {"pause": "none", "kinds": ["review", "quote", "case-study", "webinar", "referral"],
       "every": "60", "updates": "each", "ways": ["mail"]}  # fmt: skip


@pytest.fixture
def draft(act, rosa, ada):
    """A draft for everyone that asks for a quote and a webinar; its id."""

    def draft(*actions: str) -> int:
        def write():
            made = campaigns.draft(
                name="Winter", actions=actions or ["quote", "webinar"], audience={}, offer=None,
                referral_offer=None, rewarding_stage="won",
                deadline=clock.now().date() + timedelta(days=40), subject_line="A question",
                body="Dear {first_name}, …", why="", owner=db.session.get(Staff, rosa),
            )  # fmt: skip
            db.session.flush()
            return made.id

        return act(write)

    return draft


def preview(browser, campaign: int) -> str:
    return browser.get(f"/staff/campaigns/{campaign}").text


def test_a_pause_is_obeyed_and_shown_as_the_reason(as_ada, as_rosa, draft, wait, browser_of, rosa):
    saved = as_ada.post("/me/preferences", data=ANY | {"pause": "90"})
    assert saved.location == "/me/preferences"
    assert "as you said" in as_ada.get("/me/preferences").text
    number, until = draft(), clock.now() + timedelta(days=90)
    page = preview(as_rosa, number)
    assert "Nobody would get this now" in page
    assert f"{until.day} {until:%B %Y}" in page
    wait(days=91)
    assert "Nobody would get this now" not in preview(browser_of(staff=rosa), draft())


def test_only_the_kinds_she_wants(as_ada, as_rosa, draft):
    as_ada.post("/me/preferences", data=ANY | {"kinds": ["quote"]})
    assert "Wants to be asked only for" in preview(as_rosa, draft("webinar"))
    assert "Wants to be asked only for" not in preview(as_rosa, draft("quote"))


def test_a_campaign_that_asks_for_more_asks_her_for_that_alone(
    as_ada, as_rosa, draft, saved, post_mail, mailroom
):
    as_ada.post("/me/preferences", data=ANY | {"kinds": ["quote"]})
    as_rosa.post(f"/staff/campaigns/{draft()}/sending")
    [invitation] = saved(Invitation)
    assert invitation.declined_actions == ["webinar"]
    post_mail()
    text = mailroom.text(mailroom.to("ada@analytical.example")[0])
    assert "Give a quote" in text
    assert "webinar" not in text.lower()
    assert "Not this one" in as_ada.get(f"/me/invitations/{invitation.id}").text


def test_at_most_every_180_days(as_ada, ada, act, draft, wait, save):
    as_ada.post("/me/preferences", data=ANY | {"every": "180"})
    save(Ask(advocate_id=ada))
    wait(days=170)

    def eligible() -> list[int]:
        return [person.id for person in eligibility.sort({}).eligible]

    assert act(eligible) == []
    wait(days=181)
    assert act(eligible) == [ada]


def test_something_must_be_left_to_ask_for(as_ada):
    answer = as_ada.post("/me/preferences", data=ANY | {"kinds": []})
    assert answer.status_code == 422
    assert "Choose at least one" in answer.text


def test_news_that_needs_nothing_of_her_can_be_muted(
    as_ada, as_rosa, act, invitation, rosa, saved, post_mail, mailroom
):
    from portal.campaigns.models import Action
    from portal.review import actions as review
    from portal.submissions.models import Submission
    from tests.contributing import contribute

    number = act(lambda: contribute(invitation, Action.QUOTE).id)
    as_ada.post("/me/preferences", data=ANY | {"updates": "needed"})

    def approve():
        submission = db.session.get(Submission, number)
        review.approve(submission, seen=submission.version, by=db.session.get(Staff, rosa))

    act(approve)
    post_mail()
    subjects = [mail["Subject"] for mail in mailroom.to("ada@analytical.example")]
    assert len(subjects) == 1, subjects
    assert "receipt" in subjects[0]


# ── Ask me later ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def way_in(act, invitation) -> str:
    def path():
        url = inviting.link(db.session.get(Invitation, invitation))
        return url.removeprefix("http://localhost")

    return act(path)


def test_asked_later_the_invitation_comes_once_more_on_that_day(
    as_stranger, way_in, saved, post_mail, mailroom, wait, browser_of, ada
):
    assert "Ask me later" in as_stranger.get(way_in).text
    for _ in range(2):  # a double click
        answer = as_stranger.post(f"{way_in}/later", data={"days": 7})
        assert answer.location == f"{way_in}/later"
    page = as_stranger.get(f"{way_in}/later").text
    assert "Good. We will ask you later" in page
    assert "comes to a•••@analytical.example once more" in page
    assert post_mail() == []
    wait(days=8)
    post_mail()
    post_mail()
    assert len(mailroom.to("ada@analytical.example")) == 1


def test_meanwhile_nobody_asks_her_for_anything(as_stranger, way_in, act, as_rosa, draft):
    as_stranger.post(f"{way_in}/later", data={"days": 7})
    assert "Nobody would get this now" in preview(as_rosa, draft())


@pytest.mark.parametrize("end", ["decline", "accept", "close", "stop"])
def test_the_later_mail_is_called_off_by_an_answer_or_an_end(
    as_ada, way_in, invitation, end, act, campaign, rosa, wait, post_mail, mailroom, ada
):
    answer = as_ada.post(f"/me/invitations/{invitation}/later", data={"days": 7})
    assert "We will ask you later" in as_ada.get(answer.location).text

    def finish():
        one, person = db.session.get(Invitation, invitation), db.session.get(Advocate, ada)
        if end == "decline":
            inviting.decline(one, by=person)
        elif end == "accept":
            inviting.accept(one, by=person)
        elif end == "close":
            campaigns.close(db.session.get(Campaign, campaign), by=db.session.get(Staff, rosa))

    if end == "stop":
        as_ada.post("/me/no-more-invitations")
    act(finish)
    wait(days=8)
    post_mail()
    assert mailroom.to("ada@analytical.example") == []


def test_later_than_the_deadline_it_does_not_come_again(as_stranger, way_in, saved):
    as_stranger.post(f"{way_in}/later", data={"days": 91})
    page = as_stranger.get(f"{way_in}/later").text
    assert "it does not come again" in page
    assert [m for m in saved(Message) if m.state is State.QUEUED] == []
    assert saved(Advocate)[0].paused_until


def test_the_waiting_job_is_delayed_until_that_day(app, as_stranger, way_in):
    as_stranger.post(f"{way_in}/later", data={"days": 7})
    from dbos import DBOSClient

    with app.app_context():
        client = DBOSClient(system_database_url=app.extensions["goodword"].database_url)
        [job] = client.list_workflows()
        client.destroy()
    assert job.status == "DELAYED"


def test_only_the_offered_days_and_open_invitations(as_stranger, way_in):
    assert as_stranger.post(f"{way_in}/later", data={"days": 3650}).status_code == 409


# ── By which way ───────────────────────────────────────────────────────────────────────────


def test_on_her_page_only_the_invitation_waits_there_and_no_mail_goes(
    as_ada, as_rosa, draft, saved, post_mail, mailroom
):
    as_ada.post("/me/preferences", data=ANY | {"ways": ["page"]})
    number = draft()
    assert "No mail: it waits on their page" in preview(as_rosa, number)
    as_rosa.post(f"/staff/campaigns/{number}/sending")
    post_mail()
    assert mailroom.to("ada@analytical.example") == []
    [invitation] = saved(Invitation)
    assert "Invitation from Rosa" in as_ada.get("/me").text
    assert "Takes no mail: it waits on their page" in preview(as_rosa, number)
    answer = as_rosa.post(f"/staff/invitations/{invitation.id}/mails")
    assert answer.status_code == 409
    assert "wants no invitations by mail" in answer.text


def test_by_phone_staff_see_the_number_to_call(as_ada, as_rosa, draft, post_mail):
    refused = as_ada.post("/me/preferences", data=ANY | {"ways": ["phone"], "phone": "soon"})
    assert refused.status_code == 422
    assert "Enter the number to call" in refused.text
    as_ada.post("/me/preferences", data=ANY | {"ways": ["phone"], "phone": "+44 20 7946 0018"})
    number = draft()
    assert "call +44 20 7946 0018" in preview(as_rosa, number)
    as_rosa.post(f"/staff/campaigns/{number}/sending")
    assert post_mail() == []
    assert "Wants a call instead of mail: +44 20 7946 0018" in preview(as_rosa, number)


def test_who_wants_no_mail_still_gets_a_link_they_ask_for(as_ada, way_in, post_mail, as_stranger):
    as_ada.post("/me/preferences", data=ANY | {"ways": ["page"]})
    as_stranger.post(f"{way_in}/renewal")
    assert len(post_mail()) == 1


def test_asked_later_without_mail_it_waits_on_her_page(
    as_ada, way_in, as_stranger, wait, post_mail
):
    as_ada.post("/me/preferences", data=ANY | {"ways": ["page"]})
    as_stranger.post(f"{way_in}/later", data={"days": 7})
    assert "It waits on your page" in as_stranger.get(f"{way_in}/later").text
    wait(days=8)
    assert post_mail() == []


def test_a_reminder_nobody_gets_is_no_ask_and_no_history(as_ada, act, invitation, saved, post_mail):
    as_ada.post("/me/preferences", data=ANY | {"ways": ["page"]})
    act(lambda: inviting.remind(db.session.get(Invitation, invitation), 1))
    assert post_mail() == []
    assert saved(Ask) == []
    assert "reminded" not in [entry.verb for entry in saved(Entry)]
    assert saved(Invitation)[0].reminded == 1  # so that it is not tried again each day


def test_one_way_at_least_must_be_left(as_ada):
    answer = as_ada.post("/me/preferences", data=ANY | {"ways": []})
    assert answer.status_code == 422
    assert "Choose at least one way" in answer.text
