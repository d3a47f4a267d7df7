"""The company’s own sign-in, against a provider that really speaks OpenID Connect."""

import json
import os
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import sqlalchemy as sa

from portal import clock
from portal.db import db
from portal.history.models import Entry
from portal.sealing import seal
from portal.sessions.models import Session, Way
from portal.staff import actions, codes
from portal.staff.models import Role, Staff
from tests import processes


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """A provider on loopback, a process of its own, that knows people of ours and of elsewhere."""
    people = []
    for sub, email, checked, more in (
        ("theo-1", "theo@acme.example", True, {}),  # the token says that he proved it just now
        ("new-1", "new@acme.example", True, {}),
        ("liar-1", "rosa@acme.example", False, {}),
        ("stranger-1", "who@elsewhere.example", True, {}),
        ("hours-ago", "theo@acme.example", True, {"auth_time": 1_700_000_000}),
        ("never-said", "theo@acme.example", True, {"auth_time": None}),
        ("true", "theo@acme.example", True, {"auth_time": True}),
    ):
        said = {"sub": sub, "email": email, "email_verified": checked, **more}
        people += ["--user-claims", json.dumps(said)]
    port = processes.free_port()
    process = processes.start(
        "oidc_provider_mock", "--port", str(port), *people,
        env=dict(os.environ), log=tmp_path_factory.mktemp("provider") / "log",
    )  # fmt: skip
    url = f"http://localhost:{port}"
    known = f"{url}/.well-known/openid-configuration"
    processes.eventually(lambda: processes.answers(known), 60, "the provider's start")
    yield url
    processes.stop(process)


@pytest.fixture
def company(app, provider):
    config = app.extensions["goodword"]
    config.sso_issuer, config.sso_client_id = provider, "portal"
    config.sso_client_secret, config.sso_name = "a secret", "Acme"
    return app


def go(client) -> str:
    """Off to the provider: its address."""
    return client.get("/staff/sign-in/company").location


def back_from(address: str, subject: str) -> str:
    """Say at the provider who one is: where it sends one back to."""
    answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=10)
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def come_in(client, subject: str):
    page = client.get(back_from(go(client), subject))
    if page.status_code != 200:
        return page
    return client.post("/staff/sign-in/company/entry")


@pytest.fixture
def theo(save) -> int:
    return save(Staff(email="theo@acme.example", name="Theo", role=Role.EDITOR))


def test_who_was_invited_comes_in_and_is_known_by_issuer_and_subject(
    company, theo, saved, provider
):
    client = company.test_client()
    assert come_in(client, "theo-1").location == "/staff"
    assert client.get("/staff/customers").status_code == 200
    (person,) = saved(Staff)
    assert (person.sso_issuer.rstrip("/"), person.sso_subject) == (provider, "theo-1")
    assert saved(Session)[-1].way is Way.COMPANY
    assert "bound to company sign-in" in [entry.verb for entry in saved(Entry)]


def test_coming_back_begins_nothing_until_one_presses(company, theo, saved):
    client = company.test_client()
    page = client.get(back_from(go(client), "theo-1"))
    assert "One press to come in" in page.text
    assert saved(Session) == []
    assert client.get("/staff/customers").status_code == 302


def test_the_way_there_carries_proof_key_state_and_nonce(company):
    sent = parse_qs(urlsplit(go(company.test_client())).query)
    assert sent["code_challenge_method"] == ["S256"]
    assert sent["redirect_uri"] == ["http://localhost/staff/sign-in/company/return"]
    assert all(len(sent[name][0]) >= 20 for name in ("code_challenge", "state", "nonce"))


def test_what_another_browser_began_is_refused(company, theo, saved):
    """State is bound to the browser: nobody is signed in by a link someone else made."""
    address = back_from(go(company.test_client()), "theo-1")
    victim = company.test_client()
    assert victim.get(address).status_code == 409
    go(victim)
    assert victim.get(address).status_code == 409
    assert victim.post("/staff/sign-in/company/entry").status_code == 409
    assert saved(Session) == []


def test_a_code_is_good_once(company, theo):
    client = company.test_client()
    address = back_from(go(client), "theo-1")
    assert client.get(address).status_code == 200
    assert client.get(address).status_code == 409


def test_the_press_must_follow_within_five_minutes(company, theo, wait):
    client = company.test_client()
    client.get(back_from(go(client), "theo-1"))
    wait(minutes=6)
    assert client.post("/staff/sign-in/company/entry").status_code == 409


@pytest.mark.parametrize(
    ("subject", "why"),
    [
        ("new-1", "Nobody invited you yet"),
        ("liar-1", "not one this portal lets in"),  # the provider never checked that address
        ("stranger-1", "not one this portal lets in"),
    ],
)
def test_whom_nobody_invited_stays_outside(company, rosa, saved, subject, why):
    company.extensions["goodword"].sso_domains = ["acme.example"]
    answer = come_in(company.test_client(), subject)
    assert answer.status_code == 409
    assert why in answer.text
    assert [person.sso_subject for person in saved(Staff)] == [None]


def test_people_of_our_domain_are_let_in_when_the_settings_say_so(company, saved):
    config = company.extensions["goodword"]
    config.sso_domains, config.sso_new_people = ["acme.example"], "viewer"
    assert come_in(company.test_client(), "new-1").location == "/staff"
    assert come_in(company.test_client(), "stranger-1").status_code == 409
    (person,) = saved(Staff)
    assert (person.email, person.role) == ("new@acme.example", Role.VIEWER)


def test_an_address_that_changed_hands_opens_no_other_account(company, theo, act):
    come_in(company.test_client(), "theo-1")

    def belongs_to_another():
        db.session.get(Staff, theo).sso_subject = "someone before"

    act(belongs_to_another)
    assert come_in(company.test_client(), "theo-1").status_code == 409


def test_a_closed_account_stays_closed(company, theo, as_rosa):
    come_in(company.test_client(), "theo-1")
    as_rosa.post(f"/staff/people/{theo}/closing")
    answer = come_in(company.test_client(), "theo-1")
    assert answer.status_code == 409
    assert "account is closed" in answer.text


def test_a_provider_that_is_away_is_said_in_words(company):
    company.extensions["goodword"].sso_issuer = "http://localhost:9"
    answer = company.test_client().get("/staff/sign-in/company")
    assert answer.status_code == 409
    assert "did not confirm who you are" in answer.text


def test_without_settings_there_is_no_company_sign_in(app, as_stranger):
    assert "company" not in as_stranger.get("/staff/sign-in").text.lower()
    assert as_stranger.get("/staff/sign-in/company").status_code == 404


# ── “Confirm it is you” ────────────────────────────────────────────────────────────────────


FRESH = "/staff/sign-in/company?fresh=1"
ENTRY = "/staff/sign-in/company/entry"


def here(company, act, subject: str = "theo-1"):
    """Someone who came in a while ago, so that they are asked to confirm."""
    client = company.test_client()
    come_in(client, subject)

    def a_while_ago():
        for row in db.session.scalars(sa.select(Session)):
            row.confirmed_at -= timedelta(minutes=11)

    act(a_while_ago)
    assert is_asked(client)
    return client


def is_asked(client) -> bool:
    return "once more" in client.get("/staff/account/app").text


def test_signing_in_afresh_confirms_it_is_you(company, theo, act, saved):
    client = here(company, act)
    away = client.get(FRESH).location
    assert parse_qs(urlsplit(away).query)["prompt"] == ["login"]
    client.get(back_from(away, "theo-1"))
    assert client.post(ENTRY).status_code == 303
    assert "QR code" in client.get("/staff/account/app").text
    assert len(saved(Session)) == 1


def test_coming_back_without_proving_it_afresh_confirms_nothing(company, theo, act, saved):
    client = here(company, act, "hours-ago")
    assert come_in(client, "hours-ago").status_code == 303
    assert is_asked(client)
    assert len(saved(Session)) == 1


@pytest.mark.parametrize("subject", ["hours-ago", "never-said", "true"])
def test_a_provider_that_did_not_ask_again_confirms_nothing(company, theo, act, subject):
    client = here(company, act, subject)
    page = client.get(back_from(client.get(FRESH).location, subject))
    assert page.status_code == 409
    assert "did not say that you signed in there just now" in page.text
    assert client.post(ENTRY).status_code == 409
    assert is_asked(client)


def test_what_was_not_proven_afresh_does_not_become_so_by_setting_out_again(company, theo, act):
    client = here(company, act, "hours-ago")
    client.get(back_from(go(client), "hours-ago"))
    client.get(FRESH)
    assert client.post(ENTRY).status_code == 303
    assert is_asked(client)


@pytest.mark.parametrize("subject", ["hours-ago", "never-said", "true"])
def test_a_visit_begun_without_a_fresh_proof_is_not_yet_confirmed(company, theo, subject):
    """Whoever sits down at a browser that is signed in at the provider proved nothing to us."""
    client = company.test_client()
    assert come_in(client, subject).location == "/staff"
    assert client.get("/staff/customers").status_code == 200
    assert is_asked(client)
    assert client.post("/staff/account/app/removal").status_code == 422


def test_a_visit_begun_by_signing_in_at_the_provider_just_now_is(company, theo):
    client = company.test_client()
    come_in(client, "theo-1")
    assert not is_asked(client)


def test_going_on_before_the_provider_said_so_is_answered_in_words(company, theo):
    client = company.test_client()
    come_in(client, "never-said")
    answer = client.post("/staff/confirm", data={"confirming": "yes", "next": "/staff/account/app"})
    assert answer.status_code == 422
    assert "did not confirm it yet" in answer.text
    assert is_asked(client)


def test_who_has_no_password_confirms_by_a_code_of_their_app(company, theo, act):
    seed = "JBSWY3DPEHPK3PXP"
    act(lambda: _give_app(theo, seed))
    client = company.test_client()
    come_in(client, "never-said")
    asked = client.get("/staff/account/app").text
    assert "Code from your app" in asked
    sent = {"confirming": "yes", "next": "/staff/account"}
    wrong = client.post("/staff/confirm", data=sent | {"confirm_code": "not this"})
    assert (wrong.status_code, "That code is not right" in wrong.text) == (422, True)
    code = codes.code_at(seed, int(clock.now().timestamp()) // codes.STEP)
    assert client.post("/staff/confirm", data=sent | {"confirm_code": code}).status_code == 303
    assert not is_asked(client)


def _give_app(staff_id: int, seed: str) -> None:
    person = db.session.get(Staff, staff_id)
    person.totp_secret = seal(seed, person.subject)


def test_who_has_a_password_is_not_confirmed_by_a_code_instead(company, theo, act):
    seed = "JBSWY3DPEHPK3PXP"
    act(lambda: _give_app(theo, seed))
    act(lambda: actions.set_password(db.session.get(Staff, theo), "the tea is still too hot"))
    client = company.test_client()
    come_in(client, "never-said")
    code = codes.code_at(seed, int(clock.now().timestamp()) // codes.STEP)
    sent = {"confirming": "yes", "next": "/staff/account", "confirm_code": code}
    assert client.post("/staff/confirm", data=sent).status_code == 422
    assert is_asked(client)


def test_an_owner_whose_provider_never_says_when_is_not_locked_out(
    company, save, post_mail, mailroom
):
    """Nothing of their own here, and a provider that confirms nothing: a mail is the way."""
    save(Staff(email="theo@acme.example", name="Theo", role=Role.OWNER))
    client = company.test_client()
    come_in(client, "never-said")
    refused = client.get(back_from(client.get(FRESH).location, "never-said"))
    assert refused.status_code == 409
    assert "/staff/forgotten" in refused.text
    client.post("/staff/forgotten", data={"email": "theo@acme.example"})
    post_mail()
    mail = mailroom.text(mailroom.to("theo@acme.example")[-1])
    where = re.search(r"http://localhost(/staff/reset/\S+)", mail).group(1)
    words = "the tea is still too hot"
    assert client.post(where, data={"password": words, "again": words}).status_code == 303
    assert not is_asked(client)  # and now a passkey or an app can be added
