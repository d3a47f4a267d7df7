"""My data: seen, corrected, taken along, held back; and what follows from a new job."""

import csv
import io
import json
import zipfile

import pytest

from portal.advocates.models import Advocate
from portal.db import db
from portal.history.models import Entry
from portal.incentives.models import GiftException
from portal.outbox.models import Message, State
from portal.publishing import actions as publishing
from portal.referrals import actions as referrals
from portal.referrals.models import ReferralLink
from portal.staff.models import Role, Staff
from portal.submissions.models import Submission

CORRECT = {
    "first_name": "Augusta Ada",
    "last_name": "King",
    "job_title": "Countess",
    "phone": "",
    "language": "de",
    "other": "",
}


def test_she_sees_what_we_hold_in_words(as_ada, life):
    page = as_ada.get("/me/data").text
    for words in ("Ada Lovelace", "Ockham Park", "Analytical Engines", "Your words (2)"):
        assert words in page
    assert 'href="/me/data"' in as_ada.get("/me").text


def test_the_empty_account_claims_nothing(as_charlie):
    page = as_charlie.get("/me/data").text
    assert "Your words" not in page
    assert "Your photo" not in page


def test_T36_she_corrects_herself_and_the_old_is_kept_nowhere(as_ada, ada, saved):
    assert as_ada.post("/me/data/correction", data=CORRECT).location == "/me/data"
    [person] = saved(Advocate)
    assert (person.name, person.job_title, person.language) == (
        "Augusta Ada King",
        "Countess",
        "de",
    )
    [entry] = [entry for entry in saved(Entry) if entry.verb == "corrected"]
    assert "Lovelace" not in str(vars(entry))


def test_a_name_cannot_be_empty(as_ada, ada, saved):
    answer = as_ada.post("/me/data/correction", data=CORRECT | {"first_name": " "})
    assert answer.status_code == 422
    assert "Enter your first name" in answer.text
    assert saved(Advocate)[0].first_name == "Ada"


def test_what_only_the_team_can_change_reaches_the_owner(as_ada, rosa, mailroom, post_mail):
    as_ada.post("/me/data/correction", data=CORRECT | {"other": "We are called Engines now."})
    post_mail()
    [mail] = mailroom.to("rosa@acme.example")
    assert "We are called Engines now." in mailroom.text(mail)


# ── A new job ──────────────────────────────────────────────────────────────────────────────


def test_T29_a_new_job_takes_everything_off_the_page_and_tells_the_team(
    as_ada, as_stranger, life, mailroom, post_mail
):
    assert "It is not perfect." in as_stranger.get("/stories").text
    assert "leaves our pages at once" in as_ada.get("/me/data/departure").text
    for _ in range(2):
        assert as_ada.post("/me/data/departure").location == "/me/data"
    assert "It is not perfect." not in as_stranger.get("/stories").text
    post_mail()
    told = [mail["Subject"] for mail in mailroom.to("rosa@acme.example")]
    assert told.count("Ada Lovelace has left Analytical Engines") == 1
    as_ada.post("/me/data/return")
    assert "It is not perfect." in as_stranger.get("/stories").text


# ── Take it along ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def came(act, life):
    """Two came through her link; one let her know who they are."""

    def come():
        link = db.session.query(ReferralLink).first()
        for name, tells in (("Sina Okoro", True), ("Paul Silent", False)):
            referrals.receive(
                link,
                name=name,
                email=f"{name[:4].lower()}@kestrel.example",
                company="Kestrel",
                message="",
                wants_marketing=False,
                tells_referrer=tells,
            )

    act(come)


def test_T36_the_export_holds_everything_of_hers(as_ada, came):
    answer = as_ada.get("/me/data/everything.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    data = json.loads(answer.data)
    quote = data["contributions"][0]
    assert data["profile"]["phone"] == "+44 1815"
    assert any("It is not perfect" in a["value"] for a in quote["versions"][0]["answers"])
    assert quote["versions"][0]["sha256"]
    assert quote["published"]["headline"] == "Poetical planning"
    assert data["contributions"][1]["answers_now"][0]["value"] == "Unfinished"
    assert {"Maya from the club", ""} == {
        link["your_note"] for link in data["recommendations"][0]["links"]
    }
    assert data["permissions"][0]["permissions"][0]["events"]
    assert data["rewards"][0]["ledger"][0]["state"] == "due"
    assert "Your quote is published" in {mail["subject"] for mail in data["mails"]}
    assert data["visits"]
    assert "No time for Babbage" in {entry["note"] for entry in data["history"]}


def test_T33_it_names_no_prospect_who_did_not_say_so(as_ada, came):
    text = as_ada.get("/me/data/everything.json").text
    assert "Sina Okoro" in text
    for secret in ("Paul", "kestrel.example", "Kestrel"):
        assert secret not in text


def test_T36_the_zip_holds_tables_the_json_and_the_photo(as_ada, life):
    answer = as_ada.get("/me/data/everything.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    names = set(archive.namelist())
    assert {"README.txt", "everything.json", "photo.webp", "answers.csv", "mails.csv"} <= names
    rows = list(csv.DictReader(io.StringIO(archive.read("answers.csv").decode("utf-8-sig"))))
    assert any("It is not perfect" in row["answer"] for row in rows)
    assert archive.read("photo.webp")[:4] == b"RIFF"


def test_a_spreadsheet_takes_nothing_in_it_for_a_formula(as_ada, ada, act):
    def rename():
        db.session.get(Advocate, ada).job_title = '=HYPERLINK("https://evil.example")'

    act(rename)
    archive = zipfile.ZipFile(io.BytesIO(as_ada.get("/me/data/everything.zip").data))
    [row] = csv.DictReader(io.StringIO(archive.read("profile.csv").decode("utf-8-sig")))
    assert row["job_title"].startswith("'=")


def test_T36_exceptions_to_gift_rules_made_for_her_are_in_it(as_ada, rosa, ada, save):
    save(GiftException(company_id=1, reason="Charlie asked.", asked_by_id=rosa))
    save(GiftException(advocate_id=ada, reason="Her ministry agreed.", asked_by_id=rosa))
    [one] = as_ada.get("/me/data/everything.json").json["exceptions_to_gift_rules"]
    assert (one["reason"], one["allowed"]) == ("Her ministry agreed.", None)
    archive = zipfile.ZipFile(io.BytesIO(as_ada.get("/me/data/everything.zip").data))
    assert b"Her ministry agreed." in archive.read("exceptions_to_gift_rules.csv")


def test_charlie_gets_only_his_own(as_charlie, life):
    text = as_charlie.get("/me/data/everything.json").text
    assert "Babbage" in text
    assert "Lovelace" not in text


def test_the_owner_hands_over_what_was_asked_for_and_it_is_written_down(
    as_rosa, browser_of, save, life, ada, saved
):
    theo = save(Staff(email="theo@acme.example", name="Theo", role=Role.EDITOR))
    path = f"/staff/customers/{ada}/export"
    assert browser_of(staff=theo).post(path).status_code == 403
    assert "Their data" not in browser_of(staff=theo).get(f"/staff/customers/{ada}").text
    assert "Their data" in as_rosa.get(f"/staff/customers/{ada}").text
    assert zipfile.ZipFile(io.BytesIO(as_rosa.post(path).data)).testzip() is None
    assert [entry.by for entry in saved(Entry) if entry.verb == "data handed over"] == ["staff:1"]


# ── Hold it back ───────────────────────────────────────────────────────────────────────────


def test_T36_held_back_nothing_is_shown_and_no_mail_leaves(
    as_ada, as_stranger, life, saved, post_mail, mailroom, act, rosa
):
    assert as_ada.post("/me/data/restriction").location == "/me/data"
    assert "It is not perfect." not in as_stranger.get("/stories").text
    code = saved(ReferralLink)[0].code
    assert as_stranger.get(f"/r/{code}").status_code == 410
    before = len(mailroom.mails)

    def tell():  # someone presses the button all the same
        publishing.tell(db.session.get(Submission, life), saved_asset())

    def saved_asset():
        return publishing.queries.asset_of(db.session.get(Submission, life))

    act(tell)
    post_mail()
    assert len(mailroom.mails) == before
    assert saved(Message)[-1].state is State.STOPPED

    as_ada.post("/me/data/restriction/lift")
    assert "It is not perfect." in as_stranger.get("/stories").text


def test_held_back_staff_can_decide_nothing(as_ada, as_rosa, act, invitation, rosa, saved):
    from portal.campaigns.models import Action
    from tests.contributing import contribute

    number = act(lambda: contribute(invitation, Action.QUOTE).id)
    as_ada.post("/me/data/restriction")
    form = {"seen": saved(Submission)[0].version, "note": ""}
    answer = as_rosa.post(f"/staff/submissions/{number}/approval", data=form)
    assert answer.status_code == 409
    assert "do nothing with their data" in answer.text


def test_held_back_she_can_still_ask_for_a_new_link(
    app, as_ada, as_stranger, act, ada, invitation, mailroom, post_mail
):
    from portal.campaigns import inviting
    from portal.campaigns.models import Invitation

    as_ada.post("/me/data/restriction")
    act(lambda: inviting.renew(db.session.get(Invitation, invitation)))
    post_mail()
    assert [m["Subject"] for m in mailroom.to("ada@analytical.example")] == [
        "Your new link to Acme"
    ]
