"""Anyone checks what we published, with tools of their own; nobody can after it was taken back."""

import hashlib
import json
import re
import shlex
import subprocess
from html import unescape

import pytest
import sqlalchemy as sa

from portal.campaigns.models import Action
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.consent.models import ConsentEvent, Purpose, Receipt, Statement
from portal.db import db
from portal.incentives.models import Choice
from portal.publishing import actions as publishing
from portal.publishing.models import Asset
from portal.staff.models import Staff
from portal.submissions.models import Relationship, Submission, Version
from tests.contributing import ANSWERS
from tests.proof.tampering import tamper

EVERYWHERE = ["", ".json", ".json.sig", ".words.json"]


@pytest.fixture
def certificate(published, the_asset):
    """Publish something; the path of its certificate."""

    def certificate(action=Action.QUOTE, **more) -> str:
        published(action, **more)
        return f"/verify/{the_asset().slug}"

    return certificate


@pytest.fixture
def take_back(act, saved):
    def take_back(purpose: Purpose) -> None:
        def go():
            receipt = db.session.get(Receipt, saved(Receipt)[0].id)
            consent.withdraw(receipt, purpose, by=receipt.advocate, circumstances=Circumstances())

        act(go)

    return take_back


def follow(page: str, client, folder) -> dict[str, subprocess.CompletedProcess]:
    """Do what the page says, word for word; only curl is ours, for the pages are served here."""
    recipe = unescape(re.search(r"<pre[^>]*><code>(.*?)</code>", page, re.DOTALL).group(1))
    ran = {}
    for line in recipe.splitlines():
        command, *arguments = shlex.split(line)
        if command == "curl":
            _, name, url = arguments
            (folder / name).write_bytes(client.get(url.removeprefix("http://localhost")).data)
        else:
            ran[command] = subprocess.run(
                [command, *arguments], cwd=folder, capture_output=True, text=True
            )
    return ran


@pytest.mark.parametrize("action", [Action.QUOTE, Action.REVIEW, Action.CASE_STUDY])
def test_the_recipe_on_the_page_works_with_openssl_and_sha256sum(
    certificate, as_stranger, tmp_path, action
):
    path = certificate(action, headline="Fridays are ours")
    ran = follow(as_stranger.get(path).text, as_stranger, tmp_path)
    assert "Signature Verified Successfully" in ran["openssl"].stdout
    facts = json.loads((tmp_path / "proof.json").read_bytes())
    assert ran["sha256sum"].stdout.split()[0] == facts["words"]["sha256"]
    assert facts["words"]["sha256"] in as_stranger.get(path).text


@pytest.mark.parametrize("name", ["proof.json", "proof.sig", "key.pem"])
def test_one_byte_changed_in_a_manifest_is_found(certificate, as_stranger, tmp_path, name):
    path = certificate()
    recipe = as_stranger.get(path).text
    follow(recipe, as_stranger, tmp_path)
    data = bytearray((tmp_path / name).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / name).write_bytes(data)
    check = "openssl pkeyutl -verify -rawin -pubin -inkey key.pem -in proof.json -sigfile proof.sig"
    assert check in recipe
    assert subprocess.run(shlex.split(check), cwd=tmp_path, capture_output=True).returncode != 0


def test_the_fingerprint_is_the_receipts_own_when_all_that_was_sent_is_public(
    certificate, as_stranger, saved
):
    facts = as_stranger.get(certificate(Action.REVIEW) + ".json").json
    assert facts["words"]["is_all_that_was_sent"]
    assert facts["words"]["sha256"] == saved(Version)[0].sha256


def test_what_was_told_to_us_alone_cannot_be_guessed_from_a_fingerprint(
    certificate, as_stranger, saved
):
    path = certificate(Action.QUOTE)
    facts = as_stranger.get(path + ".json").json
    assert not facts["words"]["is_all_that_was_sent"]
    for suffix in ("", ".json", ".words.json"):
        text = as_stranger.get(path + suffix).text
        assert ANSWERS["use"] not in text
        assert saved(Version)[0].sha256 not in text


def test_a_certificate_says_what_it_vouches_for(certificate, as_stranger, saved):
    path = certificate(choice=Choice.ACCEPTED, relation=Relationship.PARTNER)
    page, facts = as_stranger.get(path).text, as_stranger.get(path + ".json").json
    assert facts["status"] == "permitted"
    assert facts["customer"]["name"] == "Ada Lovelace"
    assert facts["customer"]["company"] == "Analytical Engines"
    assert facts["relationship"] == {"tie": "partner", "label": "Business partner of Acme"}
    assert facts["reward"]["disclosure"].startswith("Acme promised this customer a €25 gift card")
    assert facts["ledger"]["newest_event"] == saved(ConsentEvent)[-1].hash
    assert facts["permission"]["wording_sha256"] == saved(Statement)[0].sha256
    for said in (ANSWERS["words"], "Ada Lovelace", "Business partner of Acme", "€25 gift card"):
        assert said in page


def test_T23_a_customer_is_named_only_as_far_as_they_allow(certificate, as_stranger, take_back):
    path = certificate()
    take_back(Purpose.NAME)
    page, facts = as_stranger.get(path).text, as_stranger.get(path + ".json").json
    assert facts["customer"]["name"] is facts["customer"]["title"] is None
    assert "Lovelace" not in page
    assert "Analytical Engines" in page


def test_T26_what_was_taken_back_answers_410_signed_and_without_the_words(
    certificate, as_stranger, take_back, tmp_path, saved
):
    path = certificate()
    recipe = as_stranger.get(path).text
    take_back(Purpose.WORDS)
    for suffix in EVERYWHERE:
        answer = as_stranger.get(path + suffix)
        assert answer.status_code == 410, suffix
        for kept in (ANSWERS["words"], "Lovelace", saved(Version)[0].sha256):
            assert kept.encode() not in answer.data, suffix
    assert "No longer permitted" in as_stranger.get(path).text
    ran = follow(recipe, as_stranger, tmp_path)
    assert "Signature Verified Successfully" in ran["openssl"].stdout
    facts = json.loads((tmp_path / "proof.json").read_bytes())
    assert (facts["status"], facts["words"]) == ("withdrawn", None)


@pytest.mark.parametrize("days", [400, 800])
def test_T6_a_certificate_ends_with_its_confirmation(certificate, as_stranger, wait, days):
    path = certificate()
    wait(days=days)
    assert as_stranger.get(path).status_code == 410


def test_something_retired_by_us_is_no_longer_vouched_for(
    certificate, as_stranger, act, the_asset, rosa
):
    path = certificate()

    def retire():
        asset = db.session.get(Asset, the_asset().id)
        publishing.retire(asset, by=db.session.get(Staff, rosa))

    act(retire)
    assert as_stranger.get(path).status_code == 410


@pytest.mark.parametrize("suffix", EVERYWHERE)
def test_what_never_was_is_not_found(as_stranger, suffix):
    assert as_stranger.get(f"/verify/quote-nowhere{suffix}").status_code == 404


def changed(answers, key, value):
    return [a | {"value": value} if a["key"] == key else a for a in answers]


@pytest.fixture
def doctor(app):
    return lambda: app.test_cli_runner().invoke(args=["doctor"])


def test_T3_one_character_changed_in_the_words_is_found_and_named(
    app, certificate, as_stranger, saved, doctor, the_asset
):
    path = certificate()
    assert doctor().exit_code == 0, doctor().output
    version = saved(Version)[0]
    answers = changed(version.answers, "words", ANSWERS["words"].replace("hard", "Hard"))
    tamper(app, "version", sa.update(Version).values(answers=answers))
    for suffix in EVERYWHERE:
        assert as_stranger.get(path + suffix).status_code == 410
    facts = as_stranger.get(path + ".json").json
    assert (facts["status"], facts["fault"]) == (
        "altered",
        "the words are not the ones that were sent",
    )
    assert "We cannot vouch" in as_stranger.get(path).text
    found = doctor()
    assert found.exit_code == 1
    assert f"FAIL published words: {the_asset().slug}: the words are not the ones" in found.output


def test_T3_words_changed_together_with_their_hash_are_found_by_the_ledger(
    app, certificate, as_stranger, saved
):
    path = certificate()
    answers = changed(saved(Version)[0].answers, "words", "It is perfect.")
    text = json.dumps(answers, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    tamper(app, "version", sa.update(Version).values(answers=answers, sha256=digest))
    facts = as_stranger.get(path + ".json").json
    assert facts["fault"] == "the words are not the ones the permission was given for"


def test_T3_an_excerpt_that_is_no_piece_of_the_words_is_found_and_named(
    app, certificate, as_stranger, doctor
):
    path = certificate()
    tamper(app, "asset", sa.update(Asset).values(excerpt="It is perfect."))
    for suffix in EVERYWHERE:
        assert as_stranger.get(path + suffix).status_code == 410
    facts = as_stranger.get(path + ".json").json
    assert facts["fault"] == "the excerpt shown is not a piece of the words"
    assert "the excerpt shown is not a piece" in doctor().output


def test_T24_one_byte_changed_in_the_ledger_is_found_and_named(
    app, certificate, as_stranger, saved, doctor
):
    path = certificate()
    event = next(e for e in saved(ConsentEvent) if e.purpose is Purpose.NAME)
    tamper(
        app,
        "consent_event",
        sa.update(ConsentEvent).where(ConsentEvent.id == event.id).values(user_agent="Firefoy"),
    )
    facts = as_stranger.get(path + ".json").json
    assert facts["fault"] == f"consent event {event.id} is not as it was written"
    assert f"consent event {event.id}: it, or one before it" in doctor().output
    verified = app.test_cli_runner().invoke(args=["consent", "verify"])
    assert verified.exit_code == 1
    assert f"consent event {event.id}:" in verified.output


def test_quotes_and_reviews_link_to_their_certificate(certificate, published, as_stranger):
    path = certificate()
    for where in ("/", "/stories", path.replace("verify", "stories")):
        assert f'href="{path}"' in as_stranger.get(where).text, where


def test_T26_a_cached_certificate_must_be_asked_for_again(certificate, as_stranger, take_back):
    path = certificate()
    first = as_stranger.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    tag = {"If-None-Match": first.headers["ETag"]}
    assert as_stranger.get(path, headers=tag).status_code == 304
    take_back(Purpose.WORDS)
    assert as_stranger.get(path, headers=tag).status_code == 410


def test_T3_stars_changed_beside_untouched_words_are_found_and_shown_nowhere(
    app, certificate, as_stranger, doctor, saved
):
    path = certificate(Action.REVIEW, rating=2)
    tamper(app, "version", sa.update(Version).values(rating=5))
    facts = as_stranger.get(path + ".json").json
    assert (facts["status"], facts["fault"]) == (
        "altered",
        "the stars are not the ones that were given",
    )
    assert "the stars are not the ones" in doctor().output
    assert ANSWERS["worked"] not in as_stranger.get("/reviews").text


@pytest.mark.parametrize(
    "change",
    [
        {"choice": Choice.DECLINED},
        {"promise": {"reward": "a sticker", "value_cents": 1, "currency": "EUR", "charity": ""}},
    ],
)
def test_T10_a_reward_said_otherwise_than_it_was_promised_is_found_and_named(
    app, certificate, as_stranger, doctor, change
):
    path = certificate(choice=Choice.ACCEPTED)
    assert doctor().exit_code == 0
    tamper(app, "submission", sa.update(Submission).values(**change))
    facts = as_stranger.get(path + ".json").json
    assert (facts["status"], facts["fault"]) == (
        "altered",
        "the reward is not the one that was offered and taken",
    )
    assert "the reward is not the one" in doctor().output
