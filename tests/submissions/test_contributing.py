"""From the first question to the receipt."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from portal.campaigns.models import Campaign, CampaignState, Invitation, InvitationState
from portal.consent.models import ConsentEvent, Purpose, Receipt, Verdict
from portal.db import db
from portal.incentives.models import Reward
from portal.outbox.models import Message
from portal.submissions import actions, queries
from portal.submissions.models import Action, Answer, State, Submission, Version
from tests.submissions.way import ANSWERS, WORDS, Way

KINDS = list(ANSWERS)


@pytest.mark.parametrize("action", KINDS)
def test_each_kind_goes_from_start_to_sent(way, saved, action):
    one = way(action).prepare("words", "name", "company")
    answer = one.send()
    assert answer.status_code == 303
    assert answer.location == f"{one.url}/sent"
    (submission,), (version,), (receipt,) = saved(Submission), saved(Version), saved(Receipt)
    assert submission.state is State.SUBMITTED
    assert submission.attested_at
    assert len(version.sha256) == 64
    assert [a["value"] for a in version.answers if a["kind"] in {"long", "short", "choice"}] == [
        value for value in ANSWERS[action] if isinstance(value, str) and not value.isdigit()
    ]
    page = one.text("sent")
    assert receipt.reference in page
    assert saved(Invitation)[0].state is InvitationState.ACCEPTED


def test_a_rating_and_measured_results_are_kept_as_figures(way, saved):
    way("review").prepare().send()
    way("case-study").prepare().send()
    review, story = saved(Version)
    assert review.rating == 4
    assert story.value("results") == [
        {
            "metric": "Calls per day",
            "before": "60",
            "after": "14",
            "period": "March to September",
            "how": "Counted by the phone system",
        }
    ]


def test_a_referral_is_not_a_contribution(as_ada, invitation, saved):
    answer = as_ada.post(f"/me/invitations/{invitation}/submissions", data={"action": "referral"})
    assert answer.status_code == 409
    assert saved(Submission) == []


def test_starting_twice_is_one_contribution(way, saved):
    assert way().id == way().id
    assert len(saved(Submission)) == 1


def test_the_person_is_led_through_what_is_missing(way):
    one = way()
    steps = []
    for act in (one.take, lambda: one.say(1, "x"), lambda: one.say(2, "y"), one.introduce):
        steps.append(one.browser.get(f"{one.url}/next").location)
        assert one.browser.get(f"{one.url}/check").location == steps[-1]
        act()
    steps.append(one.browser.get(f"{one.url}/next").location)
    one.allow()
    steps.append(one.browser.get(f"{one.url}/next").location)
    ends = ["offer", "questions/1", "questions/2", "you", "consent", "check"]
    assert steps == [f"{one.url}/{end}" for end in ends]


def test_a_question_nobody_asked_is_not_found(way):
    one = way()
    assert one.browser.get(f"{one.url}/questions/99").status_code == 404


def test_change_links_lead_back_to_the_check_page(way):
    one = way().prepare()
    page = one.text("check")
    assert f"{one.url}/questions/2?to=check" in page
    answer = one.browser.post(
        f"{one.url}/questions/2?to=check", data={"value": "Other words", "seen": 1}
    )
    assert answer.location == f"{one.url}/check"
    assert "Other words" in one.text("check")


# ── The offer ──────────────────────────────────────────────────────────────────────────────


def test_T11_the_offer_and_its_disclosure_come_before_the_first_question(way):
    page = way().text("offer")
    assert "honest experience, good or bad" in page
    assert "Acme promised this customer a €25 gift card for taking part." in page
    assert "One per person and action." in page


def test_T13_a_gift_needs_an_employer_who_allows_it(way, the_submission):
    one = way()
    answer = one.take("accepted", employer_allows="")
    assert answer.status_code == 422
    assert "Confirm that your employer allows this" in answer.text
    assert the_submission().choice is None
    assert one.take("declined").status_code == 303


def test_T15_terms_changed_later_do_not_change_what_was_promised(way, act, offer):
    from portal.incentives.models import Offer

    one = way()
    act(lambda: setattr(db.session.get(Offer, offer), "terms", "Nothing for anyone."))
    assert "One per person and action." in one.text("offer")


@pytest.mark.parametrize("choice", ["accepted", "donated"])
def test_T23_refusing_everything_still_sends_and_earns_the_same(way, saved, choice):
    way().prepare(choice=choice).send()
    way("review").prepare("words", "name", "company", "photo", choice=choice).send()
    plain, generous = saved(Reward)
    assert [s.state for s in saved(Submission)] == [State.SUBMITTED] * 2
    same = ("value_cents", "currency", "reward", "terms_version")
    assert [plain.promise[k] for k in same] == [generous.promise[k] for k in same]
    assert plain.donated == generous.donated == (choice == "donated")


def test_T8_the_reward_knows_neither_words_nor_rating(way, saved):
    one = way("review").prepare()
    one.say(1, "1", seen=1)
    one.send()
    (reward,) = saved(Reward)
    assert reward.reason == f"submission:{one.id}"
    assert WORDS not in str(vars(reward))
    assert "rating" not in str(reward.promise)


def test_a_declined_offer_owes_nothing(way, saved):
    way().prepare(choice="declined").send()
    assert saved(Reward) == []


# ── Sending ────────────────────────────────────────────────────────────────────────────────


def test_sending_twice_sends_once(way, saved):
    one = way().prepare("words")
    data = {"own_words": "y", "seen": one.seen()}
    assert [one.post("sending", **data).status_code for _ in range(2)] == [303, 303]
    assert len(saved(Version)) == len(saved(Receipt)) == len(saved(Reward)) == 1
    assert len([m for m in saved(Message) if m.template == "received"]) == 1


def test_many_presses_at_once_send_once(app, way, saved, browser_of, ada):
    one = way().prepare("words")
    data = {"own_words": "y", "seen": one.seen()}
    browsers = [browser_of(advocate=ada) for _ in range(12)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda b: b.post(f"{one.url}/sending", data=data), browsers))
    assert {answer.status_code for answer in answers} == {303}
    assert len(saved(Version)) == len(saved(Receipt)) == len(saved(Reward)) == 1


def test_T2_nothing_is_sent_without_saying_the_words_are_ones_own(way, the_submission):
    one = way().prepare()
    answer = one.post("sending", seen=one.seen())
    assert answer.status_code == 422
    assert "Confirm that these are your own words" in answer.text
    assert the_submission().state is State.DRAFT


def test_what_changed_after_the_check_page_opened_is_shown_before_it_is_sent(way, the_submission):
    one = way().prepare()
    seen = one.seen()
    one.say(2, "Typed in another window", seen=1)
    answer = one.post("sending", own_words="y", seen=seen)
    assert answer.status_code == 409
    assert the_submission().state is State.DRAFT


def test_T27_the_receipt_leaves_by_mail_with_every_yes_and_no(way, post_mail, mailroom):
    way().prepare("words", "name").send()
    (mail,) = [m for m in post_mail() if "receipt" in m["Subject"]]
    text = mailroom.text(mail)
    assert "exactly as I wrote them, on Acme’s web pages: yes, until" in text
    assert "Name my company, too: no" in text
    assert "http://localhost/c/" in text


def test_after_sending_the_steps_lead_to_its_page(way):
    one = way().prepare()
    one.send()
    for step in ("offer", "questions/1", "you", "consent", "check", "next"):
        assert one.browser.get(f"{one.url}/{step}").location == one.url
    assert one.say(2, "Something else", seen=1).status_code == 409


def test_T3_the_words_on_its_page_are_the_words_sent_and_no_one_can_change_them(app, way):
    one = way().prepare("words")
    one.send()
    assert WORDS in one.text()
    with app.app_context(), pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(
            sa.update(Version).values(answers=[{"key": "words", "value": "Superb."}])
        )


# ── Whose, and until when ──────────────────────────────────────────────────────────────────


def test_a_stranger_finds_nothing_of_it(way, as_charlie):
    one = way().prepare()
    pages = ["", "/next", "/offer", "/questions/1", "/you", "/consent", "/check", "/sent"]
    assert {as_charlie.get(one.url + page).status_code for page in pages} == {404}
    acts = ["/offer", "/questions/1", "/you", "/consent", "/sending", "/withdrawal"]
    assert {as_charlie.post(one.url + act).status_code for act in acts} == {404}


def test_nobody_else_can_start_with_adas_invitation(as_charlie, invitation, saved):
    answer = as_charlie.post(f"/me/invitations/{invitation}/submissions", data={"action": "quote"})
    assert answer.status_code == 404
    assert saved(Submission) == []


def test_a_draft_outlives_the_deadline_but_nothing_new_begins(way, act, campaign, as_ada):
    one = way().prepare()
    act(lambda: setattr(db.session.get(Campaign, campaign), "deadline", date(2020, 1, 1)))
    new = as_ada.post("/me/invitations/1/submissions", data={"action": "review"})
    assert new.status_code == 409
    assert one.send().status_code == 303


def test_a_closed_campaign_takes_no_more_drafts_and_says_so(way, act, campaign, the_submission):
    one = way().prepare()
    act(lambda: setattr(db.session.get(Campaign, campaign), "state", CampaignState.CLOSED))
    assert one.browser.get(f"{one.url}/next").location == one.url
    assert "This invitation has closed" in one.text()
    assert one.post("sending", own_words="y").status_code == 409
    assert the_submission().state is State.DRAFT


def test_reading_pages_changes_nothing(way, saved):
    one = way().prepare()
    before = [(s.version, s.updated_at) for s in saved(Submission)]
    for page in ("", "/next", "/offer", "/questions/1", "/you", "/consent", "/check"):
        one.browser.get(one.url + page)
    assert [(s.version, s.updated_at) for s in saved(Submission)] == before
    assert len(saved(Answer)) == 2


# ── A change asked, and taking it back ─────────────────────────────────────────────────────


def ask_for_change(act, way: Way, note: str = "Leave out the client’s name."):
    def change():
        submission = db.session.get(Submission, way.id)
        submission.move("ask for a change")
        submission.note = note

    act(change)


def test_a_change_asked_makes_a_new_version_on_the_same_receipt(way, act, saved):
    one = way().prepare("words", "name")
    one.send()
    ask_for_change(act, one)
    assert "Leave out the client’s name." in one.text()
    assert one.say(2, "Now the office plans.", seen=1).status_code == 303
    assert one.send().status_code == 303
    first, second = saved(Version)
    assert (first.number, second.number) == (1, 2)
    assert second.value("words") == "Now the office plans."
    assert first.value("words") == WORDS
    assert len(saved(Receipt)) == len(saved(Reward)) == 1
    said_again = [e for e in saved(ConsentEvent) if e.verdict is Verdict.RECONFIRMED]
    assert {e.purpose for e in said_again} == {Purpose.WORDS, Purpose.NAME}
    assert {e.text_sha256 for e in said_again} == {second.sha256}


def test_T25_sending_again_never_revives_what_was_withdrawn_meanwhile(way, act, saved):
    one = way().prepare("words", "name")
    one.send()
    ask_for_change(act, one)
    (receipt,) = saved(Receipt)
    one.browser.post(f"/me/permissions/{receipt.reference}/name/withdrawal")
    one.say(2, "Now the office plans.", seen=1)
    one.send()
    newest = {e.purpose: e.verdict for e in saved(ConsentEvent)}
    assert newest[Purpose.WORDS] is Verdict.RECONFIRMED
    assert newest[Purpose.NAME] is Verdict.WITHDRAWN


def test_T26_taking_it_back_ends_every_permission_and_keeps_the_reward(way, saved):
    one = way().prepare("words", "name")
    one.send()
    assert one.browser.get(f"{one.url}/withdrawal").status_code == 200
    assert [one.post("withdrawal").status_code for _ in range(2)] == [303, 303]
    (submission,) = saved(Submission)
    assert submission.state is State.WITHDRAWN
    newest = {e.purpose: e.verdict for e in saved(ConsentEvent)}
    assert newest[Purpose.WORDS] is newest[Purpose.NAME] is Verdict.WITHDRAWN
    assert [r.state for r in saved(Reward)] == ["accrued"]
    assert "You took it back" in one.text()


def test_the_actions_alone_tell_the_same_story(app, act, invitation, ada):
    """What the demo and a shell use, without a browser."""

    def tell():
        from portal.consent.actions import Circumstances
        from portal.incentives.models import Choice
        from portal.submissions.models import Relationship

        ours = db.session.get(Invitation, invitation)
        by = ours.advocate
        one = actions.start(ours, Action.QUOTE, by=by)
        actions.take_offer(one, Choice.DECLINED, False, by=by)
        for prompt in queries.prompt_set(Action.QUOTE).prompts:
            actions.answer(one, prompt, "In these words.", seen=None, by=by)
        actions.choose(one, {Purpose.WORDS: True}, by=by)
        actions.submit(one, relation=Relationship.NONE, circumstances=Circumstances(), by=by)
        return one.state

    assert act(tell) is State.SUBMITTED
