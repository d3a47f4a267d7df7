"""Staff may suggest; only the author decides, and only exactly what they read is shown."""

import re

import pytest
import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.campaigns.models import Action
from portal.consent import actions as consent
from portal.consent.actions import Circumstances, first_broken_link
from portal.consent.models import ConsentEvent, Purpose
from portal.db import db
from portal.errors import NotAllowed
from portal.publishing import actions as publishing
from portal.publishing.models import Asset, Decision, Proposal
from portal.staff.models import Staff
from portal.submissions.models import State, Submission, Version
from tests.contributing import ANSWERS
from tests.proof.tampering import tamper

EDIT = "Planning was slow and hard. We would choose it again today. It is not perfect."
CUT = "We would choose it again."


def new(submission_id: int) -> str:
    return f"/staff/submissions/{submission_id}/proposals"


def theirs(submission_id: int, act: str = "") -> str:
    return f"/me/submissions/{submission_id}/signoff{act}"


def seal_on(page: str) -> str:
    return re.search(r'name="seen" value="(\w{64})"', page).group(1)


@pytest.fixture
def suggest(as_rosa, contribution):
    def suggest(submission_id: int, text: str = EDIT, note: str = "To be clearer.", **more):
        data = {"seen": contribution().version, "text_words": text, "note": note} | more
        return as_rosa.post(new(submission_id), data=data)

    return suggest


@pytest.fixture
def approve(as_ada):
    """Ada opens the page and approves what she reads there."""

    def approve(submission_id: int):
        page = as_ada.get(theirs(submission_id)).text
        return as_ada.post(theirs(submission_id, "/approval"), data={"seen": seal_on(page)})

    return approve


def test_T3_an_edit_is_only_a_proposal_until_its_author_says_yes(
    sent, suggest, as_rosa, as_ada, approve, contribution, saved, act, post_mail, mailroom, wait
):
    quote = sent()
    form = as_rosa.get(f"{new(quote)}/new").text
    assert ANSWERS["words"] in form
    assert ANSWERS["use"] not in form  # never shown to the world, so nothing to edit
    assert suggest(quote).status_code == 303
    assert contribution().state is State.SIGNOFF
    assert [version.number for version in saved(Version)] == [1]
    wait(seconds=11)  # it could have been undone
    post_mail()
    mail = mailroom.text(mailroom.to("ada@analytical.example")[-1])
    assert "To be clearer." in mail
    assert "/i/" in mail

    page = as_ada.get(theirs(quote)).text
    assert "[added: </span>today. <span" in page.replace("again ", "")
    assert "[removed: " in page
    assert f"<p>{EDIT}</p>" in page  # exactly this will appear
    assert "Ada Lovelace" in page
    assert "You approve exactly this" in page

    assert approve(quote).status_code == 303
    assert contribution().state is State.APPROVED
    first, second = saved(Version)
    [proposal] = saved(Proposal)
    assert (second.number, second.value("words")) == (2, EDIT)
    assert second.sha256 == proposal.sha256 != first.sha256
    assert first.value("words") == ANSWERS["words"]
    assert proposal.decision is Decision.APPROVED
    assert proposal.rendering["name"] == "Ada Lovelace"
    assert saved(ConsentEvent)[-1].text_sha256 == second.sha256  # the permission is for these
    assert act(first_broken_link) is None
    post_mail()
    assert mailroom.to("rosa@acme.example")[-1]["Subject"] == "Ada Lovelace approved your change"


def test_what_was_signed_off_is_published_word_for_word(
    sent, suggest, approve, as_rosa, as_stranger, wait
):
    quote = sent()
    suggest(quote)
    approve(quote)
    answer = as_rosa.post(f"/staff/submissions/{quote}/publication", data={})
    assert answer.status_code == 303
    wait(seconds=11)
    assert EDIT in as_stranger.get("/stories").text


def test_approving_twice_makes_one_version(sent, suggest, as_ada, saved):
    quote = sent()
    suggest(quote)
    seal = seal_on(as_ada.get(theirs(quote)).text)
    for _ in range(2):
        answer = as_ada.post(theirs(quote, "/approval"), data={"seen": seal})
        assert answer.status_code == 303
    assert len(saved(Version)) == 2


def test_T3_a_yes_is_bound_to_the_rendering_on_the_page(
    sent, suggest, as_ada, act, ada, contribution
):
    quote = sent()
    suggest(quote)
    seal = seal_on(as_ada.get(theirs(quote)).text)

    def promote():
        db.session.get(Advocate, ada).job_title = "Chief Operations Officer"

    act(promote)
    answer = as_ada.post(theirs(quote, "/approval"), data={"seen": seal})
    assert answer.status_code == 409
    assert "Look at it once more" in answer.text
    assert "Chief Operations Officer" in answer.text
    assert contribution().state is State.SIGNOFF


def test_refusing_keeps_the_original_and_goes_back_to_the_team(
    sent, suggest, as_ada, as_rosa, contribution, saved
):
    quote = sent()
    suggest(quote)
    answer = as_ada.post(theirs(quote, "/refusal"), data={"note": "It is fine as it is."})
    assert answer.status_code == 303
    assert contribution().state is State.SUBMITTED
    assert len(saved(Version)) == 1
    page = as_rosa.get(f"/staff/submissions/{quote}").text
    assert "It is fine as it is." in page
    assert "Ada said no to your wording" in page


def test_another_wording_is_a_new_version_of_theirs_and_is_read_again(
    sent, suggest, as_ada, as_rosa, contribution, saved
):
    quote = sent()
    suggest(quote)
    same = {"text_words": ANSWERS["words"]}
    assert as_ada.post(theirs(quote, "/wording"), data=same).status_code == 409
    mine = "Planning was slow. We would choose it again, and it is not perfect."
    data = {"text_words": mine, "note": "Closer to how I speak."}
    assert as_ada.post(theirs(quote, "/wording"), data=data).status_code == 303
    assert contribution().state is State.SUBMITTED
    assert saved(Version)[-1].value("words") == mine
    assert saved(Proposal)[0].decision is Decision.REWORDED
    page = as_rosa.get(f"/staff/submissions/{quote}").text
    assert mine in page
    assert "Closer to how I speak." in page


def test_T4_an_edit_that_drops_a_not_must_be_looked_at(sent, suggest, contribution):
    quote = sent()
    edit = "Planning was slow and hard. We would choose it again."
    answer = suggest(quote, edit)
    assert answer.status_code == 422
    assert "drops “not”" in answer.text
    assert edit in answer.text
    assert contribution().state is State.SUBMITTED
    assert suggest(quote, edit, fair_edit="y").status_code == 303


def test_a_review_is_never_edited(sent, suggest, as_rosa, contribution):
    review = sent(Action.REVIEW)
    data = {"text_worked": "Everything works.", "text_lacking": "Nothing."}
    assert suggest(review, **data).status_code == 409
    assert contribution().state is State.SUBMITTED
    assert f"{new(review)}/new" not in as_rosa.get(f"/staff/submissions/{review}").text


def test_a_proposal_needs_a_reason_and_a_change(sent, suggest, contribution):
    quote = sent()
    assert suggest(quote, note=" ").status_code == 422
    assert suggest(quote, ANSWERS["words"]).status_code == 409
    assert contribution().state is State.SUBMITTED


def test_T3_a_cut_waits_for_its_author_and_is_published_by_their_yes(
    approved, as_rosa, as_ada, as_stranger, approve, saved, contribution
):
    quote = approved()
    data = {"excerpt": CUT, "fair_cut": "y", "headline": "Again"}
    for _ in range(2):  # twice is once
        answer = as_rosa.post(f"/staff/submissions/{quote}/publication", data=data)
        assert answer.status_code == 303
    assert saved(Asset) == []
    assert len(saved(Proposal)) == 1
    assert contribution().state is State.SIGNOFF
    page = as_ada.get(theirs(quote)).text
    assert f"… {CUT} …" in page
    assert "[removed: </span>Planning was slow and hard. " in page
    assert "“Again”" in page
    assert approve(quote).status_code == 303
    assert contribution().state is State.PUBLISHED
    assert f"… {CUT} …" in as_stranger.get("/stories").text


def test_T3_a_refused_cut_leaves_the_whole_to_be_published(
    approved, as_rosa, as_ada, as_stranger, contribution, wait
):
    quote = approved()
    publication = f"/staff/submissions/{quote}/publication"
    as_rosa.post(publication, data={"excerpt": CUT, "fair_cut": "y"})
    assert as_ada.post(theirs(quote, "/refusal"), data={}).status_code == 303
    assert contribution().state is State.APPROVED
    as_rosa.post(publication, data={})
    wait(seconds=11)
    assert ANSWERS["words"] in as_stranger.get("/stories").text


def test_T3_no_other_cut_than_the_one_signed_off_is_published(
    approved, as_rosa, approve, act, rosa, the_asset, saved
):
    quote = approved()
    as_rosa.post(f"/staff/submissions/{quote}/publication", data={"excerpt": CUT, "fair_cut": "y"})
    approve(quote)
    as_rosa.post(f"/staff/assets/{the_asset().id}/retirement")

    def publish():
        submission = db.session.get(Submission, quote)
        staff = db.session.get(Staff, rosa)
        publishing.publish(submission, excerpt="It is not perfect.", fair_cut=True, by=staff)

    with pytest.raises(publishing.Unsigned):
        act(publish)


def test_staff_may_take_a_proposal_back(sent, suggest, as_rosa, as_ada, contribution, saved):
    quote = sent()
    suggest(quote)
    for _ in range(2):
        assert as_rosa.post(f"{new(quote)}/withdrawal").status_code == 303
    assert contribution().state is State.SUBMITTED
    assert saved(Proposal)[0].decision is Decision.SUPERSEDED
    assert as_ada.get(theirs(quote)).status_code == 303


def test_a_newer_proposal_replaces_the_one_on_the_page(sent, suggest, as_ada, contribution, saved):
    quote = sent()
    suggest(quote)
    first = saved(Proposal)[0].id
    suggest(quote, "Planning was hard. We would choose it again. It is not perfect.")
    answer = as_ada.post(theirs(quote, "/refusal"), data={"proposal": first})
    assert answer.status_code == 409
    assert contribution().state is State.SIGNOFF


def test_nobody_else_decides(sent, suggest, as_charlie, as_rosa, as_stranger, contribution):
    quote = sent()
    suggest(quote)
    for act in ("/approval", "/refusal", "/wording"):
        assert as_charlie.post(theirs(quote, act), data={"seen": "x"}).status_code == 404
        assert as_rosa.post(theirs(quote, act)).status_code == 303  # to "your visit is over"
        assert as_stranger.post(theirs(quote, act)).status_code == 303
    assert contribution().state is State.SIGNOFF


def test_a_viewer_proposes_nothing(sent, as_vera):
    quote = sent()
    assert as_vera.get(f"{new(quote)}/new").status_code == 403
    assert as_vera.post(new(quote), data={}).status_code == 403


# ── One changed character ──────────────────────────────────────────────────────────────────


@pytest.fixture
def public_cut(approved, as_rosa, approve, the_asset):
    """A cut on the page, signed off; its address."""
    quote = approved()
    as_rosa.post(f"/staff/submissions/{quote}/publication", data={"excerpt": CUT, "fair_cut": "y"})
    approve(quote)
    return f"/stories/{the_asset().slug}"


def changed(model, **values):
    return sa.update(model).values(**values)


def test_T3_one_changed_character_takes_the_page_down(app, public_cut, as_stranger, as_rosa, saved):
    assert as_stranger.get(public_cut).status_code == 200
    answers = saved(Version)[0].answers
    altered = [a | {"value": a["value"].replace("perfect.", "perfect!")} for a in answers]
    tamper(app, "version", changed(Version, answers=altered))
    assert as_stranger.get(public_cut).status_code == 410
    assert CUT not in as_stranger.get("/stories").text
    assert "Not as its author agreed: the words" in as_rosa.get("/staff/published").text


@pytest.mark.parametrize(
    "change", [{"excerpt": "It is not perfect."}, {"headline": "Perfect"}, {"excerpt": "x"}]
)
def test_T3_another_piece_or_headline_takes_the_page_down(
    app, public_cut, as_stranger, act, change
):
    act(lambda: db.session.execute(changed(Asset, **change)))
    assert as_stranger.get(public_cut).status_code == 410
    assert "choose it again" not in as_stranger.get("/stories").text


def test_T3_a_rewritten_version_under_a_hash_of_its_own_is_shown_nowhere(
    app, public_cut, as_stranger, saved
):
    from portal import seeds

    answers = [a | {"value": f"{a['value']} Great!"} for a in saved(Version)[0].answers]
    rewritten = changed(Version, answers=answers, sha256=seeds.digest(answers))
    tamper(app, "version", rewritten)
    assert as_stranger.get(public_cut).status_code == 410
    assert "Great!" not in as_stranger.get("/stories").text


def test_T3_another_credit_than_the_one_signed_off_takes_the_page_down(
    public_cut, as_stranger, as_rosa, act, ada
):
    def rename():
        db.session.get(Advocate, ada).job_title = "Intern"

    act(rename)
    assert as_stranger.get(public_cut).status_code == 410
    assert "Not as its author agreed: title" in as_rosa.get("/staff/published").text


def test_a_part_of_the_credit_may_fall_away_with_its_permission(
    public_cut, as_stranger, act, ada, saved
):
    def withdraw():
        receipt = db.session.get(Submission, saved(Submission)[0].id).receipt
        person = db.session.get(Advocate, ada)
        consent.withdraw(receipt, Purpose.NAME, by=person, circumstances=Circumstances())

    act(withdraw)
    page = as_stranger.get(public_cut)
    assert page.status_code == 200
    assert "Lovelace" not in page.text


def test_T3_words_nobody_sent_or_signed_cannot_be_published(app, approved, act, rosa, saved):
    quote = approved()
    answers = [a | {"value": f"{a['value']} Great!"} for a in saved(Version)[0].answers]
    tamper(app, "version", changed(Version, answers=answers))

    def publish():
        submission = db.session.get(Submission, quote)
        publishing.publish(submission, by=db.session.get(Staff, rosa))

    with pytest.raises(NotAllowed, match="not the words Ada Lovelace sent"):
        act(publish)
