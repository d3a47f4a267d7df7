"""Erasing a person: nothing of theirs is left anywhere, and what must stay stays whole (T36)."""

import hashlib

import pytest
import sqlalchemy as sa

from portal.advocates import actions as advocates
from portal.advocates import importing
from portal.advocates.models import Advocate
from portal.advocates.planning import Outcome
from portal.consent import actions as consent
from portal.consent.models import ConsentEvent
from portal.db import Model, db
from portal.history.models import Entry
from portal.incentives.models import RewardEntry, RewardState
from portal.links.models import Link
from portal.media.models import Photo
from portal.outbox.models import Message, State, Suppression
from portal.privacy.holdings import GOES, STAYS, tables
from portal.publishing.models import Asset
from portal.referrals.models import ReferralLink
from portal.sessions.models import Session, Who
from portal.submissions.models import Answer, Submission, Version
from portal.submissions.models import State as SubmissionState
from tests.privacy.conftest import HERS


def everything(app) -> str:
    """Every value of every table, as text."""
    with app.app_context():
        return "\n".join(
            f"{table.name}: {row}"
            for table in Model.metadata.sorted_tables
            for row in db.session.execute(sa.select(table)).all()
        )


def test_T36_after_erasure_no_table_holds_the_person_or_a_word_of_theirs(app, life, erase):
    before = everything(app)
    assert [mark for mark in HERS if mark not in before] == [], "the story must hold them first"
    erase()
    after = everything(app)
    assert [mark for mark in HERS if mark in after] == []


def test_T36_she_erases_herself_by_typing_one_word(app, as_ada, life, ada, saved, tmp_path):
    page = as_ada.get("/me/data/erasure").text
    for one in [*GOES, *STAYS]:
        assert one.name in page
        assert one.erased in page
    refused = as_ada.post("/me/data/erasure", data={"word": "yes"})
    assert refused.status_code == 422
    assert "Type the word “erase” to go on" in refused.text
    assert saved(Advocate)[0].erased_at is None
    assert list((tmp_path / "media").rglob("?" * 32))

    done = as_ada.post("/me/data/erasure", data={"word": " Erase "})
    assert (done.status_code, done.location) == (303, "/data-erased")
    assert "Your data is erased" in as_ada.get("/data-erased").text
    assert as_ada.get("/me").location == "/session-over"
    assert saved(Photo) == []
    assert not list((tmp_path / "media").rglob("?" * 32))
    assert [s for s in saved(Session) if s.who is Who.ADVOCATE] == []


def stored(tmp_path) -> list:
    return [path for path in (tmp_path / "media").rglob("*") if path.is_file()]


def test_T36_the_words_are_gone_from_every_page_and_the_hash_stays(
    app, as_stranger, life, erase, saved
):
    slug, before = saved(Asset)[0].slug, {v.id: v.sha256 for v in saved(Version)}
    assert "It is not perfect." in as_stranger.get("/stories").text
    erase()
    assert as_stranger.get(f"/stories/{slug}").status_code == 410
    assert "perfect" not in as_stranger.get("/stories").text
    assert saved(Answer) == []
    assert {v.id: v.sha256 for v in saved(Version)} == before
    assert [v.answers for v in saved(Version)] == [[]]
    assert {s.state for s in saved(Submission)} == {SubmissionState.WITHDRAWN}
    assert (saved(Asset)[0].headline, saved(Asset)[0].excerpt) == ("", "")


def test_T24_the_consent_log_stays_whole_with_every_yes_withdrawn(app, life, erase, saved):
    before = [event.hash for event in saved(ConsentEvent)]
    erase()
    events = saved(ConsentEvent)
    assert [event.hash for event in events][: len(before)] == before
    assert "withdrawn" in {event.verdict.value for event in events[len(before) :]}
    with app.app_context():
        assert consent.first_broken_link() is None


def test_T36_the_ledger_stays_and_what_was_not_sent_is_void(issued, life, erase, saved):
    before = [(e.id, e.state) for e in saved(RewardEntry)]
    erase()
    assert [(e.id, e.state) for e in saved(RewardEntry)] == before
    assert before[-1][1] is RewardState.ISSUED


def test_a_reward_still_due_becomes_void(life, erase, saved):
    erase()
    assert saved(RewardEntry)[-1].state is RewardState.VOID


def test_no_link_of_hers_opens_and_no_mail_leaves(
    app, as_stranger, life, erase, saved, act, ada, post_mail
):
    code = saved(ReferralLink)[0].code
    erase()
    assert [link for link in saved(Link) if link.about.startswith(("advocate", "invit"))] == []
    assert "does not lead anywhere" in as_stranger.get(f"/r/{code}").text
    assert {message.recipient for message in saved(Message)} == {""}
    assert State.QUEUED not in {message.state for message in saved(Message)}


def test_only_a_hash_keeps_an_import_from_bringing_her_back(app, act, life, erase, saved):
    erase()
    digest = hashlib.sha256(b"ada@analytical.example").hexdigest()
    assert [(s.address_hash, s.reason) for s in saved(Suppression)] == [(digest, "erased")]
    csv = b"First Name,Last Name,Email,Company\nAda,Lovelace,Ada@Analytical.example,Analytical\n"

    def plan():
        return advocates.plan_import(importing.read(csv, "customers.csv"))

    [row] = act(plan)
    assert row.outcome is Outcome.REFUSED
    assert "asked us to erase them" in row.sentence


def test_erasing_twice_changes_nothing(life, erase, saved):
    erase()
    before = len(saved(Entry))
    erase()
    assert len(saved(Entry)) == before


def test_staff_pages_of_what_is_left_open_and_name_nobody(as_rosa, life, erase, ada):
    erase()
    staff = ("rewards", "rewards/1", "leads", "mail", "campaigns/1", "queue", "published")
    theirs = (f"customers/{ada}", f"submissions/{life}")
    for path in ["/staff", *(f"/staff/{name}" for name in (*staff, *theirs))]:
        answer = as_rosa.get(path)
        assert answer.status_code == 200, path
        assert "Lovelace" not in answer.text, path
    assert "Erased" not in as_rosa.get("/staff/customers").text


def test_the_owner_erases_on_request_by_typing_the_name(as_rosa, life, ada, saved):
    page = f"/staff/customers/{ada}/erasure"
    assert "What stays, and why" in as_rosa.get(page).text
    assert as_rosa.post(page, data={"name": "Ada"}).status_code == 422
    assert as_rosa.post(page, data={"name": "ada lovelace"}).status_code == 303
    assert saved(Advocate)[0].erased_at
    assert [e.by for e in saved(Entry) if e.verb == "erased"] == ["staff:1"]


def test_charlie_is_untouched(app, charlie, life, erase, saved):
    erase()
    other = next(person for person in saved(Advocate) if person.id == charlie)
    assert (other.name, other.erased_at) == ("Charlie Babbage", None)


def test_every_table_has_a_place_in_the_account_of_what_we_hold(app):
    """A new table is somebody’s data until its author says otherwise in holdings.py."""
    assert set(Model.metadata.tables) - tables() == set()


# ── The database lets words be emptied, and nothing else ───────────────────────────────────


TAMPERING = [
    "UPDATE version SET answers = '[\"mine\"]'",
    "UPDATE version SET sha256 = 'x'",
    "UPDATE version SET answers = '[]', rating = NULL, sha256 = 'x'",
    "UPDATE version SET answers = '[]', rating = NULL, number = 9",
    "UPDATE version SET rating = NULL",
    "UPDATE history SET note = 'x'",
    "UPDATE history SET note = '', data = '{}', by = 'x'",
    "DELETE FROM version",
    "DELETE FROM history",
]


def test_T3_any_other_change_than_emptying_is_still_refused(app, life):
    for change in TAMPERING:
        with app.app_context(), pytest.raises(sa.exc.DatabaseError, match="append-only"):
            db.session.execute(sa.text(change))


def test_T3_what_was_emptied_cannot_be_filled_or_changed_again(app, life, erase):
    erase()
    for change in ("SET answers = '[1]'", "SET id = id", "SET sha256 = ''"):
        with app.app_context(), pytest.raises(sa.exc.DatabaseError, match="append-only"):
            db.session.execute(sa.text(f"UPDATE version {change}"))
