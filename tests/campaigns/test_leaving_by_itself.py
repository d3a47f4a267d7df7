"""What the worker does with campaigns: mails at their rate, reminders, pauses, plans."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal import clock, worker
from portal.advocates import actions as advocates
from portal.advocates.models import Advocate, Company, Sector
from portal.campaigns import actions, inviting, sending
from portal.campaigns.later import snooze
from portal.campaigns.models import Ask, Campaign, CampaignState, Invitation
from portal.db import db
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.outbox import quiet
from portal.outbox.models import Message, State
from portal.platforms import queries as platforms
from portal.platforms.models import Answer, PlatformRule


@pytest.fixture
def crowd(save) -> None:
    """Twelve customers."""
    company = Company(name="Y", name_key="y")
    save(
        *(
            Advocate(company=company, first_name=f"P{n:02}", last_name="", email=f"p{n}@y.example",
                     email_key=f"p{n}@y.example")
            for n in range(10)
        )
    )  # fmt: skip


@pytest.fixture
def go_round(app):
    """One round of the worker."""

    def go_round() -> None:
        with app.app_context():
            worker.move_campaigns()

    return go_round


@pytest.fixture
def sent(act, draft, crowd):
    """The draft, sent, with other values: its id."""

    def sent(**values) -> int:
        def send():
            campaign = db.session.get(Campaign, draft)
            for name, value in values.items():
                setattr(campaign, name, value)
            actions.send(campaign, by=SYSTEM)

        act(send)
        return draft

    return sent


def mailed(mailroom) -> list[str]:
    return sorted(mail["To"] for mail in mailroom.mails)


# ── At its rate ────────────────────────────────────────────────────────────────────────────


def test_mails_leave_at_the_rate_of_the_campaign_each_once(
    sent, go_round, wait, post_mail, mailroom, saved
):
    sent(mails_per_minute=5)
    assert len(saved(Invitation)) == len(saved(Ask)) == 12  # all are asked; the mails take turns
    for expected in (5, 10, 12, 12):
        go_round()
        go_round()
        post_mail()
        assert len(mailroom.mails) == expected
        wait(minutes=2 * expected)
    assert len(set(mailed(mailroom))) == 12


def test_paused_nothing_leaves_and_resumed_it_goes_on(
    sent, go_round, wait, post_mail, mailroom, as_rosa, saved
):
    number = sent(mails_per_minute=5)
    as_rosa.post(f"/staff/campaigns/{number}/pause")
    assert "Paused on" in as_rosa.get(f"/staff/campaigns/{number}").text
    wait(minutes=5)
    go_round()
    post_mail()
    assert mailroom.mails == []
    as_rosa.post(f"/staff/campaigns/{number}/resumption")
    for minutes in (10, 20, 30):
        go_round()
        post_mail()
        wait(minutes=minutes)
    assert len(mailroom.mails) == len(set(mailed(mailroom))) == 12
    assert [entry.verb for entry in saved(Entry) if entry.about == f"campaign:{number}"] == [
        "drafted", "sent", "paused", "resumed",
    ]  # fmt: skip


def test_who_stops_while_waiting_for_a_turn_gets_no_mail(sent, act, go_round, wait, saved):
    sent(mails_per_minute=1)
    last = saved(Invitation)[-1]

    act(lambda: advocates.stop_inviting(db.session.get(Advocate, last.advocate_id), by=SYSTEM))
    for minutes in range(2, 60, 2):
        wait(minutes=minutes)
        go_round()
    assert len(saved(Message)) == 11
    assert any(entry.verb == "not mailed" for entry in saved(Entry))


def test_a_round_with_nothing_to_do_takes_no_writers_turn(app, sent, go_round, wait, saved):
    sent(mails_per_minute=5, reminders=[2])
    said = []
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda *a: said.append(a[2]))
    go_round()  # five were promised in this minute, and seven wait
    assert said
    assert not [one for one in said if "IMMEDIATE" in one or "FOR UPDATE" in one]
    wait(minutes=2)
    go_round()
    assert len(saved(Message)) == 10


def test_one_campaign_that_fails_holds_up_no_other(
    sent, go_round, wait, saved, monkeypatch, caplog
):
    number = sent(mails_per_minute=5)
    monkeypatch.setattr(sending, "on_their_way", lambda: [number + 1, number])  # the first: gone
    wait(minutes=2)
    go_round()
    assert len(saved(Message)) == 10
    assert "could not move on" in caplog.text


def test_a_plan_called_off_while_its_turn_came_is_not_kept(act, draft, saved):
    act(lambda: actions.send_scheduled(draft))
    assert saved(Campaign)[0].state is CampaignState.DRAFT


# ── Reminders ──────────────────────────────────────────────────────────────────────────────


def test_who_gives_no_answer_is_reminded_on_each_day_and_no_more(
    sent, go_round, wait, post_mail, mailroom
):
    sent(reminders=[2, 7, 14])
    post_mail()
    assert len(mailroom.mails) == 12
    for days, expected in ((1, 12), (1, 24), (4, 24), (1, 36), (7, 48), (11, 48)):
        wait(days=days)
        go_round()
        go_round()
        post_mail()
        assert len(mailroom.mails) == expected, days
    again = mailroom.to("p3@y.example")[-1]
    assert again["Subject"].startswith("Still open: ")
    assert "We wrote to you a while ago" in mailroom.text(again)
    assert again["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_after_an_absence_one_reminder_leaves_and_not_three(
    sent, go_round, wait, post_mail, mailroom
):
    sent(reminders=[2, 7, 14])
    post_mail()
    wait(days=20)
    go_round()
    go_round()
    post_mail()
    assert len(mailroom.mails) == 24


@pytest.mark.parametrize("answer", ["accept", "decline", "stop", "later", "revoke", "pause"])
def test_any_answer_ends_the_reminders(
    sent, act, go_round, wait, post_mail, mailroom, ada, saved, answer
):
    number = sent(reminders=[2, 7, 14])
    post_mail()
    one = next(i.id for i in saved(Invitation) if i.advocate_id == ada)

    def give():
        invitation = db.session.get(Invitation, one)
        person = invitation.advocate
        if answer == "accept":
            inviting.accept(invitation, by=person)
        elif answer == "decline":
            inviting.decline(invitation, by=person)
        elif answer == "stop":
            advocates.stop_inviting(person, by=person)
        elif answer == "later":
            snooze(invitation, 30, by=person)
        elif answer == "revoke":
            inviting.revoke(invitation, by=SYSTEM)
        else:
            actions.pause(db.session.get(Campaign, number), by=SYSTEM)

    act(give)
    for days in (2, 7, 14):
        wait(days=days)
        go_round()
        post_mail()
    assert len(mailroom.to("ada@analytical.example")) == 1


def test_mail_that_came_back_is_not_followed_by_a_reminder(
    sent, go_round, wait, post_mail, mailroom
):
    mailroom.refuse["ada@analytical.example"] = "550 no such user"
    sent(reminders=[2])
    post_mail()
    mailroom.refuse.clear()
    wait(days=3)
    go_round()
    post_mail()
    assert mailroom.to("ada@analytical.example") == []
    assert len(mailroom.mails) == 22


# ── Planned ────────────────────────────────────────────────────────────────────────────────


def test_a_planned_campaign_is_sent_at_its_moment(as_rosa, draft, crowd, go_round, wait, saved):
    soon = clock.now() + timedelta(days=2)
    typed = {"on": f"{soon:%Y-%m-%d}", "at": f"{soon:%H:%M}", "zone": "UTC", "seen": "1"}
    assert as_rosa.post(f"/staff/campaigns/{draft}/schedule", data=typed).status_code == 303
    assert "Planned for" in as_rosa.get(f"/staff/campaigns/{draft}").text
    go_round()
    assert saved(Campaign)[0].state is CampaignState.DRAFT
    wait(days=2, minutes=1)
    go_round()
    go_round()
    assert saved(Campaign)[0].state is CampaignState.SENT
    assert len(saved(Invitation)) == 12


def test_a_plan_nobody_can_keep_is_given_up_in_words(act, draft, go_round, wait, saved, ada):
    soon = clock.now() + timedelta(days=2)
    act(lambda: actions.schedule(db.session.get(Campaign, draft), soon, by=SYSTEM))

    def everyone_stops():
        for person in db.session.query(Advocate):
            advocates.stop_inviting(person, by=SYSTEM)

    act(everyone_stops)
    wait(days=3)
    go_round()
    campaign = saved(Campaign)[0]
    assert (campaign.state, campaign.scheduled_for) == (CampaignState.DRAFT, None)
    assert any("Nobody would get this" in entry.note for entry in saved(Entry))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"on": "2020-01-01"}, "Choose a moment from now"),
        ({"on": ""}, "Enter the last day"),
        ({"at": "later"}, "Enter a time"),
    ],
)
def test_a_moment_that_cannot_be_is_refused(as_rosa, draft, saved, change, says):
    soon = clock.now() + timedelta(days=2)
    typed = {"on": f"{soon:%Y-%m-%d}", "at": "09:00", "zone": "UTC", "seen": "1"} | change
    answer = as_rosa.post(f"/staff/campaigns/{draft}/schedule", data=typed)
    assert answer.status_code in {409, 422}
    assert says in answer.text
    assert saved(Campaign)[0].scheduled_for is None


# ── For one person alone ───────────────────────────────────────────────────────────────────


def test_a_line_for_one_person_reaches_that_person_alone(
    as_rosa, draft, ada, charlie, post_mail, mailroom
):
    url = f"/staff/campaigns/{draft}/lines/{ada}"
    line = "It was good to see you in Turin, {first_name}."
    assert as_rosa.post(url, data={"words": line}).status_code == 303
    assert "see you in Turin, Ada." in as_rosa.get(f"/staff/campaigns/{draft}?person={ada}").text
    as_rosa.post(f"/staff/campaigns/{draft}/sending")
    post_mail()
    [hers], [his] = mailroom.to("ada@analytical.example"), mailroom.to("charlie@difference.example")
    assert "see you in Turin, Ada." in mailroom.text(hers)
    assert "Turin" not in mailroom.text(his)


@pytest.mark.parametrize(
    ("words", "says"), [("Give us five stars", "five stars"), ("Hi {nickname}", "{nickname}")]
)
def test_T9_such_a_line_buys_no_praise_and_knows_its_placeholders(
    as_rosa, draft, ada, saved, words, says
):
    answer = as_rosa.post(f"/staff/campaigns/{draft}/lines/{ada}", data={"words": words})
    assert answer.status_code == 422
    assert says in answer.text
    assert saved(Campaign)[0].personal_lines == {}


def test_a_test_mail_goes_to_whoever_asks_and_opens_nothing(
    as_rosa, draft, ada, post_mail, mailroom, saved
):
    as_rosa.post(f"/staff/campaigns/{draft}/test-mail", data={"person": ada})
    [mail] = post_mail()
    assert mail["To"] == "rosa@acme.example"
    assert mail["Subject"] == "[Test] A question for Ada"
    assert "/i/" not in mailroom.text(mail)
    assert saved(Ask) == saved(Invitation) == []


# ── Quiet hours ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("now", "zone", "morning"),
    [
        ("2026-11-20T20:30", "Europe/Berlin", "2026-11-21T07:00"),  # 21:30 there
        ("2026-11-20T19:59", "Europe/Berlin", None),
        ("2026-11-21T06:59", "Europe/Berlin", "2026-11-21T07:00"),
        ("2026-11-21T07:00", "Europe/Berlin", None),
        ("2026-11-21T03:00", "America/New_York", "2026-11-21T13:00"),  # 22:00 the day before
        ("2026-11-20T12:00", "no such zone", None),
    ],
)
def test_quiet_hours_are_those_of_whoever_gets_the_mail(now, zone, morning):
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    expected = morning and datetime.fromisoformat(morning).replace(tzinfo=UTC)
    assert quiet.over(at, zone, "21-8") == expected
    assert quiet.over(at, zone, "0-0") is None


@pytest.mark.parametrize(
    ("country", "said", "zone"),
    [
        ("Germany", "UTC", "Europe/Berlin"),
        ("united  kingdom", "UTC", "Europe/London"),
        ("jp", "UTC", "Asia/Tokyo"),
        ("United States", "UTC", "Europe/Vienna"),  # several clocks: that of our team
        ("Atlantis", "UTC", "Europe/Vienna"),
        ("", "UTC", "Europe/Vienna"),
        ("Germany", "Asia/Tokyo", "Asia/Tokyo"),  # as they told us
    ],
)
def test_the_night_of_a_customer_nobody_asked_is_that_of_their_country(
    app, act, sent, ada, saved, monkeypatch, country, said, zone
):
    def lives():
        person = db.session.get(Advocate, ada)
        person.country, person.time_zone = country, said

    act(lives)
    monkeypatch.setattr(app.extensions["goodword"], "brand_time_zone", "Europe/Vienna")
    sent()
    [hers] = [one for one in saved(Message) if one.recipient.startswith("ada@")]
    assert hers.zone == zone


def test_mail_that_would_arrive_at_night_waits_for_the_morning(
    app, act, sent, ada, wait, post_mail, mailroom, saved, monkeypatch
):
    act(lambda: setattr(db.session.get(Advocate, ada), "time_zone", "Asia/Tokyo"))
    monkeypatch.setattr(app.extensions["goodword"], "quiet_hours", "21-8")
    at_night = datetime.now(UTC).replace(hour=14, minute=0) + timedelta(days=1)  # 23:00 in Tokyo
    wait(seconds=(at_night - datetime.now(UTC)).total_seconds())
    sent()
    post_mail()
    assert mailroom.to("ada@analytical.example") == []
    assert len(mailroom.mails) == 11  # it is the afternoon in UTC
    [hers] = [one for one in saved(Message) if one.recipient.startswith("ada@")]
    assert (hers.state, hers.not_before.hour) == (State.QUEUED, 23)  # 08:00 in Tokyo
    wait(hours=10)
    post_mail()
    assert len(mailroom.to("ada@analytical.example")) == 1


# ── What a platform no longer allows ───────────────────────────────────────────────────────


def test_T12_a_rule_that_changes_while_mails_wait_pauses_the_campaign(
    as_rosa, sent, go_round, wait, saved, save
):
    rule = {
        "platform": "barn", "name": "Review Barn", "may_ask": Answer.YES,
        "may_reward": Answer.YES, "may_prove": Answer.YES, "public_sector": Answer.YES,
        "source": "https://b.org", "disclosure": "", "checked_on": clock.now().date(), "by": "x",
    }  # fmt: skip
    save(PlatformRule(version=1, **rule))
    there = {"platform": "barn", "platform_url": "https://barn.example/write"}
    sent(mails_per_minute=3, reminders=[1], actions=["review"], **there)
    save(PlatformRule(version=2, **rule | {"may_reward": Answer.NO}))
    before = len(saved(Message))
    for _ in range(3):
        wait(minutes=2)
        go_round()
    assert [one for one in saved(Message) if one.state is State.QUEUED] == []
    assert len(saved(Message)) == before
    assert saved(Campaign)[0].paused_at
    [why] = [entry for entry in saved(Entry) if entry.verb == "paused"]
    assert "never allows a reward for a review" in why.note
    page = as_rosa.get(f"/staff/campaigns/{saved(Campaign)[0].id}").text
    assert "never allows a reward for a review" in page


def test_T12_nobody_is_reminded_to_post_where_they_may_not_any_more(
    act, sent, go_round, wait, saved, save, post_mail, mailroom, ada, monkeypatch
):
    rule = {
        "platform": "barn", "name": "Review Barn", "may_ask": Answer.YES,
        "may_reward": Answer.YES, "may_prove": Answer.YES, "public_sector": Answer.NO,
        "source": "https://b.org", "disclosure": "", "checked_on": clock.now().date(), "by": "x",
    }  # fmt: skip
    save(PlatformRule(version=1, **rule))
    there = {"platform": "barn", "platform_url": "https://barn.example/write"}
    asked = []
    monkeypatch.setattr(
        platforms, "current", lambda name, find=platforms.current: asked.append(name) or find(name)
    )
    sent(reminders=[2], actions=["review"], **there)
    post_mail()

    def join_the_state():
        db.session.get(Advocate, ada).company.sector = Sector.PUBLIC

    act(join_the_state)
    wait(days=3)
    asked.clear()
    go_round()
    assert len(asked) <= 3  # and not once for each mail
    post_mail()
    assert len(mailroom.mails) == 23
    assert len(mailroom.to("ada@analytical.example")) == 1
    one = next(i.id for i in saved(Invitation) if i.advocate_id == ada)
    with pytest.raises(NotAllowed, match="public bodies"):
        act(lambda: inviting.send_again(db.session.get(Invitation, one)))
