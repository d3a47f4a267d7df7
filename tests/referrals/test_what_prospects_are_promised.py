"""What a prospect was promised: due with the stage, given once or refused, read by them alone."""

import csv
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import clock, jobs
from portal.campaigns.models import Touch
from portal.db import db
from portal.errors import NotAllowed
from portal.history.models import Entry
from portal.incentives.models import Choice, Reward, RewardState
from portal.outbox.models import Message
from portal.referrals import (
    earlier,
    forgetting,
    prospect_books,
    prospect_rewards,
    queries,
    report,
)
from portal.referrals.models import Claim, Lead, LeadSignal, Severity, Stage, StageMove
from portal.referrals.prospect_ledger import ProspectReward, ProspectRewardEntry
from portal.staff.models import Role, Staff
from tests.referrals.conftest import SINA

C, Q = Stage.CONTACTED, Stage.QUALIFIED
PROMISE = "your first month free"
DUE, HELD, GIVEN = RewardState.ACCRUED, RewardState.HELD, RewardState.ISSUED
REFUSED, VOID = RewardState.DECLINED, RewardState.VOID


@pytest.fixture(autouse=True)
def promised(under):
    under(prospect_promise=PROMISE, prospect_cents=5000)


@pytest.fixture
def stands(saved):
    """How each promise stands, in the order they became due."""
    return lambda: [one.state for one in saved(ProspectReward)]


@pytest.fixture
def told(saved):
    """What the mails to prospects about it said."""
    return lambda: [
        one.context["state"] for one in saved(Message) if one.template == "prospect-reward"
    ]


@pytest.fixture
def status(lead, mailed_link) -> str:
    return mailed_link(SINA["email"])


def decide(client, act="give", reward=1, **more):
    form = {"act": act, "note": "Credited on invoice 2041", "seen": 1} | more
    return client.post(f"/staff/leads/rewards/{reward}/settlement", data=form)


def rule_on(client, lead, ruling):
    form = {"ruling": ruling, "note": "Looked at it"}
    assert client.post(f"/staff/leads/{lead}/ruling", data=form).status_code == 303


def words(text: str) -> str:
    return " ".join(text.split())


# ── Due ────────────────────────────────────────────────────────────────────────────────────


def test_it_becomes_due_with_the_stage_and_is_told_once_however_often_it_moves(
    lead, move, stands, told, saved
):
    move(lead, C)
    assert stands() == []
    move(lead, Q)
    assert stands() == [DUE]
    move(lead, C)
    assert stands() == [VOID]
    move(lead, Stage.MEETING, Stage.WON)
    assert [entry.state for entry in saved(ProspectRewardEntry)] == [DUE, VOID, DUE]
    assert told() == ["due"]


@pytest.mark.parametrize("choice", [Choice.DECLINED, Choice.DONATED])
def test_what_the_referrer_said_to_theirs_takes_nothing_from_the_prospect(lead, move, stands):
    move(lead, Q)
    assert stands() == [DUE]


def test_nobody_promised_nothing_is_due(under, come, move, stands):
    under(prospect_promise="")
    move(come(), Q)
    assert stands() == []


def test_T35_what_is_checked_waits_for_both_and_a_decision_counts_for_both(
    come, move, stands, told, as_rosa, saved
):
    lead = come(email="x@mailinator.com")
    move(lead, Q)
    assert (stands(), told()) == ([HELD], [])
    assert "Look at the lead first" in as_rosa.get("/staff/leads/rewards/1").text
    refused = decide(as_rosa, seen=2)
    assert refused.status_code == 409
    assert "Decide first about what stood out" in refused.text
    assert "Credited on invoice 2041" in refused.text  # nothing typed is lost
    rule_on(as_rosa, lead, "release")
    assert (stands(), told()) == ([DUE], ["due"])
    rule_on(as_rosa, lead, "refuse")
    assert stands() == [VOID]
    assert saved(Reward)[0].state is VOID


def test_T35_an_existing_customer_is_owed_nothing_unless_someone_says_so(
    come, move, save, stands, as_rosa
):
    lead = come()
    save(LeadSignal(lead_id=lead, rule="known", severity=Severity.NO_REWARD, reason="Known."))
    move(lead, Q)
    assert stands() == []
    rule_on(as_rosa, lead, "release")
    assert stands() == [DUE]


def test_it_can_be_given_only_after_the_days_it_has_to_wait(
    under, lead, move, as_rosa, act, rosa, wait
):
    under(hold_days=14)
    move(lead, Q)
    assert "It can be given from" in decide(as_rosa).text
    wait(days=14, seconds=5)

    def give():
        found, by = db.session.get(ProspectReward, 1), db.session.get(Staff, rosa)
        prospect_rewards.give(found, note="Done", seen=1, by=by)

    act(give)


# ── The budget ─────────────────────────────────────────────────────────────────────────────


def test_both_sides_count_in_the_budget_and_a_promise_beyond_it_waits_for_a_look(
    under, come, move, stands, saved, as_rosa, told
):
    under(budget_cents=9000)  # 50 and 25 euros, and not another 50
    first, second = come(), come(email="bo@nordbrot.example", company="Nordbrot")
    move(first, Q)
    move(second, Q)
    assert stands() == [DUE, HELD]
    assert [reward.reason for reward in saved(Reward)] == [f"lead:{first}"]
    assert saved(Lead)[1].no_reward == "budget"
    assert "it was promised all the same" in words(as_rosa.get("/staff/queue").text).lower()
    assert decide(as_rosa, reward=2, seen=2).status_code == 303  # somebody looked
    assert told() == ["due", "given"]


def test_one_refused_makes_room_in_the_budget(under, lead, move, as_rosa, monkeypatch):
    promised, enqueue = [], jobs.enqueue
    monkeypatch.setattr(
        jobs, "enqueue", lambda *a, **more: promised.append(a) or enqueue(*a, **more)
    )
    move(lead, Q)
    assert decide(as_rosa, "refuse", ground="terms").status_code == 303
    assert ("rewards.raised", 1) in promised


def test_it_is_in_the_cost_of_the_report_and_in_what_is_owed(lead, move, app, as_rosa):
    move(lead, Q)
    with app.app_context():
        assert [line.cost for line in report.lines("campaign")] == [{"EUR": 7500}]
    assert "€75" in as_rosa.get("/staff").text
    decide(as_rosa, "refuse", ground="terms")
    with app.app_context():
        assert [line.cost for line in report.lines("advocate")] == [{"EUR": 2500}]


# ── Given, refused ─────────────────────────────────────────────────────────────────────────


def test_it_waits_in_the_queue_and_is_given_once_with_who_when_and_how(
    lead, move, as_rosa, stands, saved, told
):
    move(lead, Q)
    assert "Promised to Sina Okoro" in as_rosa.get("/staff/queue").text
    assert "due since" in as_rosa.get(f"/staff/leads/{lead}").text
    assert decide(as_rosa, note="").status_code == 422
    assert decide(as_rosa).status_code == 303
    assert decide(as_rosa).status_code == 303  # twice is harmless
    assert stands() == [GIVEN]
    entry = saved(ProspectRewardEntry)[-1]
    assert (entry.by, entry.note) == ("staff:1", "Credited on invoice 2041")
    assert told() == ["due", "given"]
    assert "Promised to Sina Okoro" not in as_rosa.get("/staff/queue").text
    acts = [(one.about, one.verb) for one in saved(Entry)]
    assert ("prospect_reward:1", "issued") in acts
    move_back = decide(as_rosa, "refuse", ground="terms", seen=2)
    assert move_back.status_code == 409


def test_a_refusal_has_a_kind_of_reason_that_is_read_and_a_note_that_is_not(
    lead, move, as_rosa, status, as_stranger, stands, post_mail, mailroom, wait
):
    move(lead, Q)
    assert "Choose a reason" in decide(as_rosa, "refuse").text
    assert decide(as_rosa, "refuse", ground="liar").status_code == 422
    assert decide(as_rosa, "refuse", ground="known", note="Odd story").status_code == 303
    assert stands() == [REFUSED]
    wait(seconds=11)
    post_mail()
    mail = words(mailroom.text(mailroom.to(SINA["email"])[-1]))
    for text in (words(as_stranger.get(status).text), mail):
        assert "You were a customer, or in talks with us, before" in text
        assert "hello@acme.example" in text
        assert "Odd story" not in text


def test_two_who_decide_at_once_decide_once(lead, move, as_rosa, stands):
    move(lead, Q)
    decide(as_rosa)
    late = decide(as_rosa, "refuse", ground="terms")
    assert late.status_code == 409
    assert "You were faster: it is given" in late.text
    assert stands() == [GIVEN]


def test_only_editors_and_owners_decide(lead, move, save, browser_of):
    move(lead, Q)
    viewer = browser_of(staff=save(Staff(email="v@v.example", name="Vic", role=Role.VIEWER)))
    assert "What became of it?" not in viewer.get("/staff/leads/rewards/1").text
    assert decide(viewer).status_code == 403
    assert viewer.post("/staff/leads/rewards/export").status_code == 403


def test_it_is_listed_by_how_it_stands_and_taken_along(come, move, as_rosa):
    lead, other = come(), come(email="bo@nordbrot.example", company="=Nordbrot")
    move(lead, Q)
    move(other, Q)
    decide(as_rosa)
    assert "Sina Okoro" in as_rosa.get("/staff/leads/rewards?state=issued").text
    assert "None of this kind" in as_rosa.get("/staff/leads/rewards?state=held").text
    rows = list(csv.DictReader(as_rosa.post("/staff/leads/rewards/export").text[1:].splitlines()))
    assert [(r["state"], r["value"], r["note"]) for r in rows] == [
        ("due", "50.00", ""),
        ("given", "50.00", "Credited on invoice 2041"),
    ]
    assert rows[0]["company"] == "'=Nordbrot"
    leads = list(csv.DictReader(as_rosa.post("/staff/leads/export").text[1:].splitlines()))
    assert [(r["they were promised"], r["it is"]) for r in leads] == [
        (PROMISE, "due"),
        (PROMISE, "given"),
    ]


def test_they_are_taken_along_by_the_same_number_of_statements_however_many_they_are(
    ada, charlie, sent_by, move, statements
):
    def taken(who: int) -> tuple[int, int]:
        move(sent_by(who, f"of{who}@k{who}.example", company=f"K{who}"), Q)
        found = []
        asked = statements(lambda: found.extend(prospect_books.lines(None)))
        return len(found), len(asked)

    one, few = taken(ada)
    assert (one, taken(charlie)) == (1, (2, few))


@pytest.mark.parametrize("what", ["give", "refuse"])
def test_a_decision_is_undone_by_a_line_more_and_nobody_heard_of_it(
    lead, move, as_rosa, stands, saved, told, post_mail, mailroom, what
):
    move(lead, Q)
    post_mail()
    decide(as_rosa, what, ground="terms")
    answer = as_rosa.post("/staff/undo", data={"items": "prospect_reward:1"})
    assert answer.status_code == 303
    assert stands() == [DUE]
    assert len(saved(ProspectRewardEntry)) == 3
    before = len(mailroom.to(SINA["email"]))
    post_mail()
    assert len(mailroom.to(SINA["email"])) == before
    assert "Promised to Sina Okoro" in as_rosa.get("/staff/queue").text


def test_a_refusal_undone_is_held_where_its_part_of_the_budget_is_somebody_elses_by_now(
    under, come, move, as_rosa, stands, saved
):
    """It was promised all the same, so it is not refused for good by a slip of ten seconds."""
    under(budget_cents=10_000, referral_offer_id=None)
    lead, other = come(), come(email="bo@nordbrot.example", company="Nordbrot")
    move(lead, Q)
    decide(as_rosa, "refuse", ground="terms")
    under(budget_cents=9_000)  # another one fits, both do not
    move(other, Q)
    answer = as_rosa.post("/staff/undo", data={"items": "prospect_reward:1"})
    assert "somebody else’s by now: it is held" in as_rosa.get(answer.location).text
    assert stands() == [HELD, DUE]
    assert saved(ProspectReward)[0].line.ground == "budget"
    assert "The campaign’s budget is used up" in as_rosa.get("/staff/queue").text


def test_a_refusal_is_undone_whoever_came_meanwhile_where_the_budget_does_for_both(
    under, come, move, as_rosa, stands
):
    under(budget_cents=100_000)
    lead, other = come(), come(email="bo@nordbrot.example", company="Nordbrot")
    move(lead, Q)
    decide(as_rosa, "refuse", ground="terms")
    move(other, Q)
    as_rosa.post("/staff/undo", data={"items": "prospect_reward:1"})
    assert stands() == [DUE, DUE]


def test_undone_it_stands_where_it_stood_since_the_day_it_did(
    lead, move, as_rosa, status, as_stranger, act, wait
):
    wait(days=-20)
    move(lead, Q)
    since = act(clock.now)
    wait(days=20)
    decide(as_rosa)
    as_rosa.post("/staff/undo", data={"items": "prospect_reward:1"})
    day = f"{since.day} {since:%B}"
    for page in ("/staff/leads/rewards", f"/staff/leads/{lead}"):
        assert day in as_rosa.get(page).text, page
    assert f"since {day}" in words(as_stranger.get(status).text)
    (row,) = csv.DictReader(as_rosa.post("/staff/leads/rewards/export").text[1:].splitlines())
    assert (row["since"], row["note"]) == (f"{since:%Y-%m-%d}", "")
    assert "Undone: due again" in as_rosa.get("/staff/leads/rewards/1").text
    assert "They were told “You get your first month free”" in as_rosa.get("/staff/queue").text


def test_an_undo_brings_nothing_back_for_a_lead_that_is_no_longer_there(
    lead, move, as_rosa, stands
):
    move(lead, Q)
    decide(as_rosa)
    move(lead, C)
    as_rosa.post("/staff/undo", data={"items": "prospect_reward:1"})
    assert stands() == [VOID]


# ── From before it was kept here ───────────────────────────────────────────────────────────


@pytest.fixture
def moved_before(act, rosa):
    """A lead came to a stage while no ledger of what prospects are promised was kept."""

    def moved(lead_id: int, stage: Stage) -> None:
        def move():
            found = db.session.get(Lead, lead_id)
            found.stage = stage
            db.session.add(StageMove(lead=found, stage=stage, by=f"staff:{rosa}"))

        act(move)

    return moved


@pytest.mark.parametrize("stage", [Q, Stage.WON])
def test_what_was_due_before_it_was_kept_waits_for_a_person_at_once_and_nobody_is_told(
    app, lead, moved_before, move, as_rosa, status, as_stranger, stands, told, saved, stage
):
    """It may have been given long ago; and a lead that is won never moves again."""
    moved_before(lead, stage)
    for _ in range(2):  # as often as it is started
        assert app.test_cli_runner().invoke(args=["migrate"]).exit_code == 0
    assert stands() == [HELD]
    assert len(saved(ProspectRewardEntry)) == 2
    for page in ("/staff/queue", "/staff/leads/rewards/1"):
        assert "Due before this was kept here. Look whether it was given already." in (
            as_rosa.get(page).text
        )
    assert "<strong>Being looked at</strong>" in as_stranger.get(status).text
    if stage is Q:
        move(lead, Stage.MEETING)
        assert stands() == [HELD]
    assert told() == []
    decide(as_rosa, seen=2)
    assert (stands(), told()) == ([GIVEN], ["given"])


def test_only_what_was_due_and_stands_nowhere_is_written_down_after_an_upgrade(
    app, come, moved_before, move, as_rosa, saved, stands
):
    def come_to(stage: Stage, number: int) -> int:
        found = come(email=f"p{number}@k{number}.example", company=f"K{number}")
        moved_before(found, stage)
        return found

    move(come(), Q)  # since it is kept
    come_to(C, 1)
    come_to(Stage.LOST, 2)
    rule_on(as_rosa, come_to(Q, 3), "refuse")
    with app.app_context():
        earlier.catch_up()
    assert stands() == [DUE]


# ── The prospect, and nobody else ──────────────────────────────────────────────────────────


def test_they_read_how_it_stands_and_since_when(lead, move, status, as_stranger, as_rosa, saved):
    assert "It is due if it turns out that we can help you." in as_stranger.get(status).text
    move(lead, Q)
    day = saved(ProspectRewardEntry)[0].at
    assert f"<strong>Due</strong>, since {day.day} {day:%B %Y}" in as_stranger.get(status).text
    decide(as_rosa)
    text = as_stranger.get(status).text
    assert "<strong>Given</strong> on" in text
    assert "invoice 2041" not in text


def test_pages_and_mail_name_the_same_days_and_promise_nothing_too_early(
    under, lead, move, status, as_stranger, as_rosa, post_mail, mailroom, act, wait
):
    under(hold_days=2)
    wait(days=-4)
    move(lead, Q)
    since = act(clock.now)
    post_mail()
    mail = mailroom.to(SINA["email"])[-1]
    wait(days=4)
    due, given_from = (f"{one.day} {one:%B %Y}" for one in (since, since + timedelta(days=2)))
    ours = words(as_rosa.get("/staff/leads/rewards/1").text)
    assert f"Since {due}; may be given from {given_from} on" in ours
    theirs = words(as_stranger.get(status).text)
    assert f"Due</strong>, since {due}; under the terms it may be given from {given_from} on" in (
        theirs
    )
    assert f"is due from {given_from} on: {PROMISE}" in words(mail["Subject"])
    assert f"it may be given from {given_from} on" in words(mailroom.text(mail))
    for text in (mail["Subject"], mailroom.text(mail), theirs):
        assert "yours" not in text.lower()


@pytest.mark.parametrize("stops", [False, True])
def test_staff_read_how_the_prospect_hears_of_it(lead, move, status, as_stranger, as_rosa, stops):
    move(lead, Stage.WON)
    if stops:
        as_stranger.post(f"{status}/stop")
    said = as_rosa.get(decide(as_rosa).location).text
    assert "They read it on their own page" in said
    assert ("on their own page and in a mail." in said) is not stops


def test_T31_whoever_came_so_far_reads_what_was_promised_for_it_and_not_if(
    lead, move, status, as_stranger
):
    move(lead, C)
    assert "may receive a €25 gift card if it turns out" in as_stranger.get(status).text
    move(lead, Q)
    page = as_stranger.get(status).text
    assert "was promised a €25 gift card if it turned out that we can help you, and it did" in page
    assert "may receive" not in page


def test_a_name_keeps_its_capital_for_whoever_listens_to_the_page(
    lead, status, as_stranger, monkeypatch
):
    monkeypatch.setattr(queries, "sender", lambda referral: "Ada")
    page = as_stranger.get(status).text
    assert '<span class="visually-hidden"> whether Ada sees your name</span>' in page


def test_nobody_mails_a_prospect_who_said_stop(lead, move, status, as_stranger, as_rosa, post_mail,
                                               mailroom):  # fmt: skip
    move(lead, Q)  # told, and not yet on its way
    before = len(mailroom.to(SINA["email"]))
    as_stranger.post(f"{status}/stop")
    post_mail()
    assert len(mailroom.to(SINA["email"])) == before


def test_who_stops_as_a_customer_reads_it_on_the_page_alone(
    lead, move, status, as_stranger, as_rosa, post_mail, mailroom, wait
):
    move(lead, Stage.WON)
    post_mail()
    before = len(mailroom.to(SINA["email"]))
    as_stranger.post(f"{status}/stop")
    assert decide(as_rosa).status_code == 303
    wait(seconds=11)
    post_mail()
    assert len(mailroom.to(SINA["email"])) == before
    assert "<strong>Given</strong>" in as_stranger.get(status).text


def test_T33_the_referrer_reads_nothing_of_it(lead, move, as_ada, as_rosa, post_mail, mailroom):
    move(lead, Q)
    decide(as_rosa)
    post_mail()
    seen = [as_ada.get(path).text for path in ("/me/referrals/1", "/me/rewards", "/me")]
    seen.append(as_ada.get("/me/data/everything.json").text)
    seen += [mailroom.text(mail) for mail in mailroom.to("ada@analytical.example")]
    for text in seen:
        assert "Sina" not in text
        assert "invoice 2041" not in text
        assert PROMISE not in text


def test_T36_they_take_it_along_and_it_goes_with_their_details(
    lead, move, status, as_stranger, as_rosa, stands, saved, app
):
    move(lead, Q)
    taken = json.loads(as_stranger.get(f"{status}/everything.json").text)
    assert taken["details"]["email"] == SINA["email"]
    assert taken["you_were_promised"] == PROMISE
    assert [one["state"] for one in taken["what_became_of_it"]] == ["due"]
    assert "not due any more" in as_stranger.get(f"{status}/deletion").text
    as_stranger.post(f"{status}/deletion")
    assert stands() == [VOID]


def test_T36_what_was_noted_goes_and_that_it_was_given_stays(
    lead, move, status, as_stranger, as_rosa, stands, saved
):
    move(lead, Q)
    decide(as_rosa, note="Sent to sina@kestrel.example")
    as_stranger.post(f"{status}/deletion")
    assert stands() == [GIVEN]
    kinds = (ProspectReward, ProspectRewardEntry, Entry, Message)
    assert "kestrel" not in str([vars(row) for kind in kinds for row in saved(kind)])


def test_T36_who_is_still_owed_something_is_not_let_go_of_before_it_is_settled(
    lead, move, wait, act, saved, as_rosa
):
    from datetime import timedelta

    from portal import clock

    move(lead, Q)
    later = clock.now() + timedelta(days=400)
    act(lambda: forgetting.purge(later))
    assert saved(Lead)[0].email
    decide(as_rosa)
    act(lambda: forgetting.purge(later))
    assert saved(Lead)[0].email == ""


def test_its_lines_are_never_changed(lead, move, act, as_rosa):
    move(lead, Q)
    decide(as_rosa)
    for change in (
        "UPDATE {} SET state = 'void'",
        "UPDATE {} SET note = 'other'",
        "DELETE FROM {}",
    ):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            act(lambda c=change: db.session.execute(sa.text(c.format("prospect_reward_entry"))))


def test_it_is_due_once_whichever_link_comes_to_count(
    lead, sent_by, charlie, move, stands, as_rosa
):
    sent_by(charlie, "other@other.example", company="Other")
    move(lead, Q)
    decide(as_rosa)
    form = {"link": "2", "note": "Said so"}
    assert as_rosa.post(f"/staff/leads/{lead}/attribution", data=form).status_code == 303
    move(lead, C, Q)
    assert stands() == [GIVEN]


@pytest.mark.parametrize("choice", [Choice.DECLINED, Choice.ACCEPTED])
def test_what_they_were_told_is_theirs_stays_so_when_they_come_through_another_link(
    lead, under, sent_by, charlie, move, stands, told, saved
):
    """The terms of the other link would give it for a later step only."""
    under(touch=Touch.LAST, rewarding_stage="won")
    move(lead, Q)
    assert sent_by(charlie, SINA["email"]) == lead
    move(lead, Stage.MEETING)
    assert [claim.rule for claim in saved(Claim)] == ["came", "settled"]
    assert (stands(), told()) == ([DUE], ["due"])


@pytest.mark.parametrize("choice", [Choice.DECLINED])
def test_before_that_step_another_link_still_counts(lead, under, sent_by, charlie, move, saved):
    under(touch=Touch.LAST)
    move(lead, C)
    sent_by(charlie, SINA["email"])
    assert [claim.rule for claim in saved(Claim)] == ["came", "last"]


def test_nothing_that_was_not_owed_can_be_given(lead, move, act, rosa):
    move(lead, Q, C)

    def give():
        found, by = db.session.get(ProspectReward, 1), db.session.get(Staff, rosa)
        prospect_rewards.give(found, note="Done", seen=2, by=by)

    with pytest.raises(NotAllowed):
        act(give)
