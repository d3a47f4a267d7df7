"""What an advocate finds behind their link."""

import pytest

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns import inviting
from portal.campaigns.models import Action, Campaign, CampaignState, Invitation, InvitationState
from portal.consent.models import Receipt
from portal.db import db
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.incentives import actions as incentives
from portal.referrals.models import Referral
from portal.sessions.models import Session
from portal.submissions import actions as submissions
from portal.submissions.models import State, Submission


@pytest.fixture
def begin(act, invitation):
    """Start something for ada, and give back its id."""

    def begin(action: Action, **values) -> int:
        def start():
            found = db.session.get(Invitation, invitation)
            submission = submissions.start(found, action, by=found.advocate)
            for name, value in values.items():
                setattr(submission, name, value)
            db.session.flush()
            return submission.id

        return act(start)

    return begin


# ── Choosing ───────────────────────────────────────────────────────────────────────────────


def test_each_card_says_how_long_what_then_where_and_what_for(as_ada, invitation):
    page = as_ada.get(f"/me/invitations/{invitation}").text
    for words in (
        "What would you like to do?",
        "Give a quote",
        "5 minutes",
        "Someone on our team reads it",
        "On our stories pages, and wherever else you say yes to.",
        "Everyone invited gets a €25 gift card for a complete contribution",
        "for each person who comes through your link",
    ):
        assert words in page, words
    assert page.count("Not this one") == 5


def test_T13_where_gifts_are_forbidden_the_card_says_there_are_none(as_ada, act, invitation):
    def forbid():
        db.session.get(Invitation, invitation).no_offer_because = "no rewards in the public sector"

    act(forbid)
    page = as_ada.get(f"/me/invitations/{invitation}").text
    assert "gift card" not in page
    assert "gift rules in your line of work" in page


def test_the_button_starts_it(as_ada, invitation, saved):
    answer = as_ada.post(f"/me/invitations/{invitation}/submissions", data={"action": "quote"})
    assert answer.status_code == 303
    assert saved(Submission)[0].action is Action.QUOTE
    assert saved(Invitation)[0].state is InvitationState.ACCEPTED


def test_someone_who_returns_finds_a_task_list_first(as_ada, invitation, begin):
    begin(Action.QUOTE)
    page = as_ada.get(f"/me/invitations/{invitation}").text
    assert "Where you are" in page
    assert page.index("Not finished") < page.index("You could also")
    assert "None of these" not in page  # something was begun


def test_declining_one_leaves_the_others(as_ada, invitation, saved):
    url = f"/me/invitations/{invitation}"
    for _ in range(2):
        answer = as_ada.post(f"{url}/declined-actions", data={"action": "webinar"})
        assert (answer.status_code, answer.location) == (303, url)
    assert saved(Invitation)[0].declined_actions == ["webinar"]
    assert [entry.verb for entry in saved(Entry)] == ["declined one"]
    page = as_ada.get(url).text
    assert page.count("Not this one") == 5  # four buttons, and the one in the list
    assert "Changed your mind" in page


def test_declining_one_takes_a_reason_and_staff_read_it(as_ada, as_rosa, invitation, campaign):
    url = f"/me/invitations/{invitation}"
    said = {"action": "webinar", "webinar-reason": "I never speak in public"}
    as_ada.post(f"{url}/declined-actions", data=said)
    assert "“I never speak in public”" in as_rosa.get(f"/staff/campaigns/{campaign}").text
    answer = as_ada.post(
        f"{url}/declined-actions", data={"action": "quote", "quote-reason": "x" * 1001}
    )
    assert answer.status_code == 422
    assert 'href="#quote-reason"' in answer.text
    assert "x" * 1001 in answer.text


def test_declining_the_last_one_declines_the_invitation(as_ada, invitation, saved):
    for action in Action:
        as_ada.post(f"/me/invitations/{invitation}/declined-actions", data={"action": action})
    assert saved(Invitation)[0].state is InvitationState.DECLINED


def test_something_we_never_asked_for_cannot_be_declined(as_ada, invitation):
    url = f"/me/invitations/{invitation}/declined-actions"
    assert as_ada.post(url, data={"action": "tattoo"}).status_code == 404
    assert as_ada.post(url).status_code == 404


def test_declining_all_takes_a_reason_if_one_is_given(as_ada, invitation, saved):
    url = f"/me/invitations/{invitation}"
    for _ in range(2):
        assert as_ada.post(f"{url}/decline", data={"reason": "Not now"}).status_code == 303
    assert saved(Invitation)[0].state is InvitationState.DECLINED
    assert [(entry.verb, entry.note) for entry in saved(Entry)] == [("declined", "Not now")]
    assert "You said no to this invitation" in as_ada.get(url).text


def test_a_reason_too_long_is_kept_on_the_page(as_ada, invitation, saved):
    answer = as_ada.post(f"/me/invitations/{invitation}/decline", data={"reason": "word " * 300})
    assert answer.status_code == 422
    assert "Use 1,000 characters or fewer" in answer.text
    assert "word word" in answer.text
    assert saved(Invitation)[0].state is InvitationState.QUEUED


def test_who_declined_may_still_change_their_mind(as_ada, invitation, saved):
    as_ada.post(f"/me/invitations/{invitation}/decline")
    as_ada.post(f"/me/invitations/{invitation}/submissions", data={"action": "quote"})
    assert saved(Invitation)[0].state is InvitationState.ACCEPTED


def test_after_the_end_nothing_can_be_started(as_ada, act, invitation, campaign):
    act(lambda: setattr(db.session.get(Campaign, campaign), "state", CampaignState.CLOSED))
    page = as_ada.get(f"/me/invitations/{invitation}").text
    assert "Nothing new can be started" in page
    assert "/submissions" not in page


def test_someone_elses_invitation_is_not_there(as_charlie, invitation):
    url = f"/me/invitations/{invitation}"
    assert as_charlie.get(url).status_code == 404
    assert as_charlie.post(f"{url}/decline").status_code == 404
    assert as_charlie.post(f"{url}/declined-actions", data={"action": "quote"}).status_code == 404


def test_one_taken_back_is_not_there_either(as_ada, act, invitation):
    act(lambda: inviting.revoke(db.session.get(Invitation, invitation), by=SYSTEM))
    assert as_ada.get(f"/me/invitations/{invitation}").status_code == 404


# ── My page ────────────────────────────────────────────────────────────────────────────────


def test_an_invitation_not_answered_needs_me(as_ada, invitation):
    page = as_ada.get("/me").text
    assert "Hello, Ada" in page
    assert "Invitation from Rosa" in page
    assert "To answer" in page


def test_with_nothing_to_do_the_page_says_so(as_charlie):
    page = as_charlie.get("/me").text
    assert "Nothing. We write to you when something does." in page
    assert "At most once in 60 days." in page


@pytest.mark.parametrize(
    ("state", "section", "words"),
    [
        (State.DRAFT, "What needs you", "Carry on where you stopped"),
        (State.CHANGES, "What needs you", "Could you name the tool?"),
        (State.SUBMITTED, "With the team at Acme", "Being read"),
        (State.APPROVED, "With the team at Acme", "It is published next"),
        (State.PUBLISHED, "Published", "Not shown"),
        (State.RETIRED, "Earlier", "Off the page"),
        (State.DECLINED, "Earlier", "Could you name the tool?"),
        (State.WITHDRAWN, "Earlier", "You took it back"),
    ],
)
def test_each_contribution_says_where_it_is(as_ada, begin, state, section, words):
    begin(
        Action.QUOTE,
        state=state,
        submitted_at=clock.now(),
        decided_at=clock.now(),
        note="Could you name the tool?",
    )
    page = as_ada.get("/me").text
    assert section in page
    assert words in page


def test_what_is_live_has_its_link(as_ada, published):
    story = published()
    page = as_ada.get("/me").text
    assert f'href="{story}"' in page
    assert "Live" in page
    assert "Not shown" not in page


def test_rewards_and_recommendations_are_summed_up(as_ada, save, act, ada, invitation):
    def earn():
        person = db.session.get(Advocate, ada)
        promise = db.session.get(Invitation, invitation).offer.promise()
        incentives.accrue(
            person, reason="submission:1", explanation="Your quote", promise=promise, by=person
        )
        receipt = Receipt(reference="GW-1", advocate=person, contribution="referral")
        db.session.add(
            Referral(
                invitation_id=invitation, advocate=person, rewarding_stage="won", receipt=receipt
            )
        )

    act(earn)
    page = as_ada.get("/me").text
    assert "€25 on its way." in page
    assert "Nobody came yet" in page
    assert "To answer" not in page  # the invitation was taken up


def test_i_stop_invitations_and_start_them_again_from_my_page(as_ada, saved):
    for _ in range(2):
        assert as_ada.post("/me/no-more-invitations").status_code == 303
    assert saved(Advocate)[0].stopped_at
    assert "Never: you stopped our invitations" in as_ada.get("/me").text
    assert as_ada.post("/me/no-more-invitations/undo").status_code == 303
    assert saved(Advocate)[0].stopped_at is None


# ── Leaving ────────────────────────────────────────────────────────────────────────────────


def test_signing_out_ends_the_visit(as_ada, saved):
    answer = as_ada.post("/me/sign-out")
    assert "You are signed out" in as_ada.get(answer.location).text
    assert saved(Session)[0].ended_at
    assert as_ada.get("/me").location == "/session-over"


def test_after_two_hours_the_visit_has_ended_and_nothing_is_lost(as_ada, wait):
    wait(hours=2, minutes=1)
    answer = as_ada.get("/me")
    assert answer.location == "/session-over"
    page = as_ada.get(answer.location).text
    assert "Your visit has ended" in page
    assert "open the link in your mail again" in page
