"""Who said what, when, in which words, for which uses, until when; and the same to take away."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile

import pytest

from portal.campaigns.models import Action
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.consent.models import Purpose, Receipt
from portal.db import db
from portal.incentives.models import Choice
from portal.staff.models import Role, Staff
from portal.submissions.models import Version
from tests.contributing import ANSWERS, contribute, invited


@pytest.fixture
def record(published, the_asset):
    """Publish a quote for a reward; the path of its record."""
    published(Action.QUOTE, choice=Choice.ACCEPTED)
    return f"/staff/assets/{the_asset().id}"


@pytest.fixture
def unpacked(record, as_rosa, tmp_path):
    """The evidence of it, unpacked into a folder."""
    folder = tmp_path / "evidence"
    with zipfile.ZipFile(io.BytesIO(as_rosa.get(f"{record}/evidence.zip").data)) as archive:
        archive.extractall(folder)
    return folder


def verify(folder, **more) -> subprocess.CompletedProcess:
    """As VERIFY.txt says, with a Python that knows nothing of this portal."""
    command = [sys.executable, "-I", "-S", "verify.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, **more)


def flip(path) -> None:
    """Change one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


# ── The pages ──────────────────────────────────────────────────────────────────────────────


def test_one_page_answers_who_what_when_which_words_which_uses_until_when(record, as_rosa, saved):
    page = as_rosa.get(record).text
    for said in (
        "Ada Lovelace, Head of Operations, Analytical Engines",
        ANSWERS["words"],
        saved(Version)[0].sha256,
        saved(Receipt)[0].reference,
        "Name me, the way I chose",
        "Name, wording en@1",
        "for sales, ads",
        "Rosa (staff)",
        "a €25 gift card, worth €25, terms version 1",
        "Acme promised this customer a €25 gift card for taking part.",
    ):
        assert said in page, said


def test_the_record_tells_when_a_permission_was_taken_back(record, as_rosa, act, saved):
    def withdraw():
        receipt = db.session.get(Receipt, saved(Receipt)[0].id)
        consent.withdraw(receipt, Purpose.WORDS, by=receipt.advocate, circumstances=Circumstances())

    act(withdraw)
    page = as_rosa.get(record).text
    assert "No: permission withdrawn" in page
    assert "Permission withdrawn" in page  # in the history, with the moment


def test_a_customers_record_holds_everything_they_sent(record, as_rosa, act, ada, campaign):
    page = as_rosa.get(f"/staff/customers/{ada}/record").text
    assert ANSWERS["words"] in page
    assert "Quote, sent" in page


def test_T16_an_undecided_review_keeps_its_rating_to_itself(as_rosa, act, invitation, ada, saved):
    act(lambda: contribute(invitation, Action.REVIEW, rating=2).id)
    assert "waits for a decision" in as_rosa.get(f"/staff/customers/{ada}/record").text
    data = as_rosa.get(f"/staff/customers/{ada}/evidence.zip").data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not [name for name in archive.namelist() if name.startswith("words/")]


def test_the_record_is_one_link_from_where_staff_work(record, as_rosa, ada, saved):
    submission = saved(Version)[0].submission_id
    assert f'href="{record}"' in as_rosa.get(f"/staff/submissions/{submission}").text
    assert f'href="{record}"' in as_rosa.get("/staff/published").text
    assert f'href="/staff/customers/{ada}/record"' in as_rosa.get(f"/staff/customers/{ada}").text


def test_someone_with_nothing_on_record_is_said_to_have_none(as_rosa, charlie):
    page = as_rosa.get(f"/staff/customers/{charlie}/record").text
    assert "Nothing on record" in page
    assert "evidence.zip" not in page


def test_a_viewer_reads_the_record_and_takes_nothing_away(record, browser_of, save):
    vera = save(Staff(email="vera@acme.example", name="Vera", role=Role.VIEWER))
    browser = browser_of(staff=vera)
    page = browser.get(record)
    assert page.status_code == 200
    assert "evidence.zip" not in page.text
    assert browser.get(f"{record}/evidence.zip").status_code == 403


# ── The evidence ───────────────────────────────────────────────────────────────────────────


def test_the_evidence_verifies_itself(unpacked):
    ran = verify(unpacked)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "every file is as it was packed" in ran.stdout
    assert "signed with key" in ran.stdout


def test_the_evidence_answers_the_same_questions(unpacked, saved):
    (told,) = json.loads((unpacked / "account.json").read_text())
    assert told["said_by"]["name"] == "Ada Lovelace"
    assert told["disclosure"].startswith("Acme promised this customer")
    assert told["published"]["words_sha256"] == saved(Version)[0].sha256
    receipt = json.loads((unpacked / f"receipts/{told['receipt']}.json").read_text())
    assert {p["purpose"] for p in receipt["permissions"]} >= {"words", "name", "sales"}
    (words,) = (unpacked / "words").iterdir()
    assert hashlib.sha256(words.read_bytes()).hexdigest() == words.stem


def test_one_changed_byte_is_named_whichever_file_it_is_in(unpacked):
    for file in sorted(path for path in unpacked.rglob("*") if path.is_file()):
        if file.name == "verify.py":
            continue  # the checker itself: its fingerprint is in the manifest for other tools
        before = file.read_bytes()
        flip(file)
        ran = verify(unpacked)
        assert ran.returncode == 1, file
        name = file.relative_to(unpacked).as_posix().replace("public-key.pem", "manifest")
        assert name.removesuffix(".sig") in ran.stdout, (file, ran.stdout)
        file.write_bytes(before)
    assert verify(unpacked).returncode == 0


def test_a_file_left_out_or_slipped_in_is_named(unpacked):
    next((unpacked / "receipts").iterdir()).unlink()
    (unpacked / "receipts" / "other.json").write_text("{}")
    ran = verify(unpacked)
    assert "it is missing" in ran.stdout
    assert "receipts/other.json: it was added" in ran.stdout


def test_T24_a_forger_who_mends_the_fingerprints_is_found_by_ledger_and_signature(unpacked):
    path = unpacked / "consent" / "events.json"
    events = json.loads(path.read_text())
    events[0]["facts"]["verdict"] = "refused"
    path.write_text(json.dumps(events))
    manifest = json.loads((unpacked / "manifest.json").read_text())
    manifest["files"]["consent/events.json"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (unpacked / "manifest.json").write_text(json.dumps(manifest))
    said = verify(unpacked).stdout
    assert f"consent event {events[0]['id']}: it does not hash" in said
    assert "manifest.json: it is not what was signed" in said


def test_without_openssl_the_rest_is_checked_and_the_gap_is_said(unpacked):
    ran = verify(unpacked, env={"PATH": "/nowhere"})
    assert ran.returncode == 2
    assert "signature was not checked" in ran.stdout


def test_the_same_records_make_the_same_file(record, as_rosa, wait):
    first = as_rosa.get(f"{record}/evidence.zip").data
    wait(seconds=10)
    assert as_rosa.get(f"{record}/evidence.zip").data == first


def test_other_peoples_choices_are_in_no_evidence_but_as_links(record, as_rosa, act, campaign, ada):
    act(lambda: contribute(invited(campaign, 7), Action.QUOTE).id)

    def again():
        receipt = db.session.query(Receipt).first()
        consent.withdraw(receipt, Purpose.NAME, by=receipt.advocate, circumstances=Circumstances())

    act(again)
    data = as_rosa.get(f"/staff/customers/{ada}/evidence.zip").data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        chain = json.loads(archive.read("consent/chain.json"))
        events = json.loads(archive.read("consent/events.json"))
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert len(chain) > len(events)
    assert b"No 7" not in everything
    assert {set(link) == {"id", "hash", "previous"} for link in chain} == {True}
