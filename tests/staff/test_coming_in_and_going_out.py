"""Staff choose a password through a link that works once, sign in, and sign out."""

import re

import pytest
import sqlalchemy as sa
from argon2 import extract_parameters
from argon2.low_level import Type

from portal import clock, create_app
from portal.db import db
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM
from portal.sessions.models import Session
from portal.staff import actions, passwords, team
from portal.staff.limits import household, neighbourhood
from portal.staff.models import Role, Staff
from tests.conftest import settings

PASSWORD = "the tea is still too hot"
WRONG = "That mail address and password do not belong together."


@pytest.fixture
def link(act) -> str:
    """A set-up link for Sam, an editor."""
    url = act(lambda: actions.invite("Sam@acme.example", name="Sam", role=Role.EDITOR, by=SYSTEM))
    return url.removeprefix("http://localhost")


@pytest.fixture
def sam(act, link) -> int:
    """Sam, who has chosen a password."""

    def choose():
        person = db.session.scalars(sa.select(Staff)).one()
        actions.set_password(person, PASSWORD)
        return person.id

    return act(choose)


def sign_in(browser, email="sam@acme.example", password=PASSWORD, **more):
    return browser.post("/staff/sign-in", data={"email": email, "password": password, **more})


def cookie(browser):
    return browser.get_cookie("goodword")


def test_the_link_shows_whom_it_is_for_and_one_visit_changes_nothing(as_stranger, link, saved):
    for _ in range(3):
        page = as_stranger.get(link)
        assert page.status_code == 200
        assert "sam@acme.example" in page.text
    assert saved(Staff)[0].password_hash is None


def test_choosing_a_password_signs_in_and_keeps_it_as_argon2id(as_stranger, link, saved):
    answer = as_stranger.post(link, data={"password": PASSWORD, "again": PASSWORD})

    assert (answer.status_code, answer.location) == (303, "/staff")
    stored = saved(Staff)[0].password_hash
    assert PASSWORD not in stored
    assert extract_parameters(stored).type is Type.ID
    assert len(saved(Session)) == 1


def test_a_used_link_says_so_and_points_to_sign_in(as_stranger, link, app, saved):
    as_stranger.post(link, data={"password": PASSWORD, "again": PASSWORD})
    before = saved(Staff)[0].password_hash
    other = app.test_client()

    for answer in (
        other.get(link),
        other.post(link, data={"password": "another good one", "again": "another good one"}),
    ):
        assert answer.status_code == 410
        assert "was already used" in answer.text
        assert "/staff/sign-in" in answer.text
    assert saved(Staff)[0].password_hash == before


def test_an_expired_link_says_so_and_what_to_do(as_stranger, link, wait):
    wait(days=8)
    answer = as_stranger.get(link)
    assert answer.status_code == 410
    assert "has expired" in answer.text
    assert "Ask an owner" in answer.text


def test_a_newer_link_replaces_the_older(as_stranger, link, act):
    act(lambda: actions.invite("sam@acme.example", name="", role=Role.EDITOR, by=SYSTEM))
    assert "was replaced by a newer one" in as_stranger.get(link).text


@pytest.mark.parametrize(
    ("password", "again", "why"),
    [
        ("", "", "Enter a password"),
        ("short", "short", "at least 12 characters"),
        (PASSWORD, "something else", "The two passwords differ"),
        ("password1234!", "password1234!", "among the first an attacker would try"),
    ],
)
def test_a_weak_password_is_refused_in_words(as_stranger, link, saved, password, again, why):
    answer = as_stranger.post(link, data={"password": password, "again": again})
    assert answer.status_code == 422
    assert why in answer.text
    assert "<title>Error: " in answer.text
    assert saved(Staff)[0].password_hash is None


def test_signing_in_begins_a_session_of_its_own(as_stranger, sam):
    with as_stranger.session_transaction() as session:
        session["_user_id"] = "chosen by somebody else"
    planted = cookie(as_stranger).value

    answer = sign_in(as_stranger, email=" SAM@acme.example")

    assert (answer.status_code, answer.location) == (303, "/staff")
    with as_stranger.session_transaction() as session:
        assert session["_user_id"] != "chosen by somebody else"
    assert cookie(as_stranger).value != planted


def test_signing_in_again_ends_the_older_session_of_this_browser(as_stranger, sam, saved):
    sign_in(as_stranger)
    sign_in(as_stranger)
    first, second = saved(Session)
    assert first.ended_at
    assert not second.ended_at


def test_after_sign_out_the_old_cookie_opens_nothing(as_stranger, sam):
    sign_in(as_stranger)
    kept = cookie(as_stranger).value
    assert as_stranger.get("/staff/customers").status_code == 200

    assert as_stranger.post("/staff/sign-out").location == "/staff/sign-in"
    as_stranger.set_cookie("goodword", kept)

    assert as_stranger.get("/staff/customers").status_code == 302


def test_a_wrong_mail_and_a_wrong_password_read_the_same(as_stranger, sam):
    wrong_password = sign_in(as_stranger, password="not the one at all")
    wrong_mail = sign_in(as_stranger, email="nobody@acme.example")
    nonsense = sign_in(as_stranger, email="nobody@acme..example")

    assert {a.status_code for a in (wrong_password, wrong_mail, nonsense)} == {422}
    assert WRONG in wrong_password.text
    assert plain(wrong_password) == plain(wrong_mail).replace("nobody@acme", "sam@acme")


def plain(answer) -> str:
    """The page without the token that differs every second."""
    return re.sub(r'name="csrf_token" (type="hidden" )?value="[^"]*"', "", answer.text)


def test_someone_who_left_us_cannot_sign_in(as_stranger, sam, act):
    def close():
        db.session.get(Staff, sam).disabled_at = clock.now()

    act(close)
    assert WRONG in sign_in(as_stranger).text


def test_someone_who_has_not_chosen_a_password_cannot_sign_in(as_stranger, link):
    assert WRONG in sign_in(as_stranger, password="nobody has this password").text


def test_after_signing_in_people_land_where_they_wanted_to_go(as_stranger, sam):
    asked = as_stranger.get("/staff/customers?country=Chile&q=ada")
    wanted = as_stranger.get(asked.location)
    assert "/staff/customers" in wanted.text
    answer = sign_in(as_stranger, next="/staff/customers?country=Chile&q=ada")
    assert answer.location == "/staff/customers?country=Chile&q=ada"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/staff/customers",
        "//evil.example/staff/customers",
        r"/\evil.example",
        "///evil.example",
        r"http:\\evil.example",
        "javascript:alert(1)",
        "//[",
        "/healthz",
        "/staff/sign-out",
        "/nowhere",
        "",
    ],
)
def test_no_spelling_leads_to_another_site(as_stranger, sam, address):
    assert sign_in(as_stranger, next=address).location in {"/staff", "/staff/customers"}


# ── Guessing ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def guarded(app, database):
    """The same portal, with its limits on."""
    config = settings(database)
    guarded = create_app(config, TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=True)
    yield guarded
    with guarded.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def _forget_attempts():
    from portal.web import limiter

    yield
    if limiter._storage:
        limiter.reset()


def test_ten_wrong_passwords_close_the_account_to_strangers_but_not_to_its_owner(guarded, sam):
    inside = guarded.test_client()
    assert sign_in(inside).status_code == 303
    guesser = guarded.test_client()

    answers = [sign_in(guesser, password=f"guess number {n}").status_code for n in range(11)]

    assert answers == [422] * 10 + [429]
    refused = sign_in(guesser)
    assert "Wait a few minutes" in refused.text
    assert "/staff/forgotten" in refused.text
    assert inside.get("/staff/customers").status_code == 200
    inside.post("/staff/sign-out")
    assert sign_in(inside).status_code == 303  # a browser they came in on before


def mailed_link(mailroom) -> str:
    text = mailroom.text(mailroom.to("sam@acme.example")[-1])
    return re.search(r"/staff/reset/\S+", text)[0]


CHOICE = {"password": "a door that opens again", "again": "a door that opens again"}


def test_a_link_by_mail_lets_the_owner_in_while_strangers_are_guessing(
    guarded, sam, post_mail, mailroom
):
    guesser, fresh = guarded.test_client(), guarded.test_client()
    for n in range(11):
        sign_in(guesser, password=f"guess number {n}")
    assert sign_in(fresh).status_code == 429

    fresh.post("/staff/forgotten", data={"email": "sam@acme.example"})
    post_mail()
    assert fresh.post(mailed_link(mailroom), data=CHOICE).location == "/staff"
    assert fresh.get("/staff/customers").status_code == 200


def test_whoever_shares_an_address_with_an_attacker_comes_in_from_their_own_browser(
    guarded, sam, post_mail, mailroom
):
    """The same office: 30 wrong passwords, links asked for in vain, keys that are none."""
    own, neighbour = guarded.test_client(), guarded.test_client()
    assert sign_in(own).status_code == 303
    own.post("/staff/sign-out")
    for n in range(31):
        sign_in(neighbour, email=f"guess{n}@acme.example")
        neighbour.post("/staff/forgotten", data={"email": f"guess{n}@acme.example"})
        key = neighbour.post("/staff/sign-in/passkey", data={"passkey": "{}"})
    assert (sign_in(neighbour).status_code, key.status_code) == (429, 429)
    assert own.post("/staff/sign-in/passkey", data={"passkey": "{}"}).status_code == 422
    assert own.post("/staff/forgotten", data={"email": "sam@acme.example"}).status_code == 200
    post_mail()
    assert own.get(mailed_link(mailroom)).status_code == 200
    assert sign_in(own).status_code == 303


def test_a_known_browser_is_one_for_its_own_account_alone(guarded, sam):
    own = guarded.test_client()
    assert sign_in(own).status_code == 303
    for n in range(30):
        sign_in(own, email=f"guess{n}@acme.example")
    assert sign_in(own, email="other@acme.example").status_code == 429
    assert sign_in(own).status_code == 303


def test_a_mailbox_is_filled_by_five_askings_and_the_last_link_stays_good(
    guarded, sam, post_mail, mailroom
):
    def ask(n: int) -> int:
        where = {"REMOTE_ADDR": f"203.0.{n}.7"}
        data = {"email": "Sam@acme.example"}
        new = guarded.test_client()
        return new.post("/staff/forgotten", data=data, environ_base=where).status_code

    assert [ask(n) for n in range(7)] == [200] * 5 + [429] * 2
    post_mail()
    assert len(mailroom.to("sam@acme.example")) == 5
    fresh = guarded.test_client()
    assert fresh.post(mailed_link(mailroom), data=CHOICE).location == "/staff"


def test_a_passkey_as_the_second_step_is_tried_ten_times_like_a_code(guarded, sam):
    browser = guarded.test_client()
    with browser.session_transaction() as session:
        session["half"] = sam, int(clock.now().timestamp()), "/staff"
    tries = [
        browser.post("/staff/sign-in/code/passkey", data={"passkey": "{}"}).status_code
        for _ in range(11)
    ]
    assert tries == [422] * 10 + [429]


def test_thirty_failures_close_the_address_for_a_while(guarded, sam):
    guesser = guarded.test_client()
    for n in range(30):
        assert sign_in(guesser, email=f"guess{n}@acme.example").status_code == 422
    assert sign_in(guesser).status_code == 429


def test_signing_in_rightly_is_never_counted(guarded, sam):
    for _ in range(12):
        assert sign_in(guarded.test_client()).status_code == 303


@pytest.mark.parametrize(
    ("one", "other", "same_house", "same_network"),
    [
        ("203.0.113.7", "203.0.113.9", False, True),
        ("203.0.113.7", "203.0.114.7", False, False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True, True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False, True),
        ("2001:db8:1::1", "2001:db8:2::1", False, False),
        ("::ffff:203.0.113.7", "203.0.113.7", True, True),
        ("::ffff:203.0.113.7", "::ffff:198.51.100.7", False, False),
    ],
)
def test_addresses_are_counted_by_household_and_by_network(
    app, one, other, same_house, same_network
):
    def seen(key, address):
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return key()

    assert (seen(household, one) == seen(household, other)) is same_house
    assert (seen(neighbourhood, one) == seen(neighbourhood, other)) is same_network


# ── Forgotten, and noticed ─────────────────────────────────────────────────────────────────


def test_asking_for_a_link_reads_the_same_for_known_and_unknown(as_stranger, sam, post_mail):
    known = as_stranger.post("/staff/forgotten", data={"email": "sam@acme.example"})
    unknown = as_stranger.post("/staff/forgotten", data={"email": "nobody@acme.example"})
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert plain(known) == plain(unknown).replace("nobody@acme", "sam@acme")
    assert [mail["To"] for mail in post_mail()] == ["sam@acme.example"]


def test_a_reset_link_works_once_and_ends_every_session(app, as_stranger, sam, post_mail, mailroom):
    inside = app.test_client()
    sign_in(inside)
    as_stranger.post("/staff/forgotten", data={"email": "sam@acme.example"})
    post_mail()
    link = mailed_link(mailroom)
    assert as_stranger.get(link).status_code == 200
    assert as_stranger.post(link, data=CHOICE).status_code == 303
    assert app.test_client().post(link, data=CHOICE).status_code == 410
    assert inside.get("/staff/customers").status_code == 302
    post_mail()
    subjects = [mail["Subject"] for mail in mailroom.to("sam@acme.example")]
    assert any("your password was changed" in subject for subject in subjects)


def test_a_reset_link_ends_after_an_hour(as_stranger, sam, post_mail, mailroom, wait):
    as_stranger.post("/staff/forgotten", data={"email": "sam@acme.example"})
    post_mail()
    link = mailed_link(mailroom)
    wait(hours=2)
    answer = as_stranger.get(link)
    assert answer.status_code == 410
    assert "work for one hour" in answer.text


def test_a_closed_account_gets_no_link(as_stranger, sam, rosa, act, post_mail):
    act(lambda: team.close(db.session.get(Staff, sam), by=SYSTEM))
    as_stranger.post("/staff/forgotten", data={"email": "sam@acme.example"})
    assert post_mail() == []


def test_a_new_browser_is_told_by_mail_and_a_known_one_is_not(app, sam, post_mail):
    first, second = app.test_client(), app.test_client()
    sign_in(first)
    assert post_mail() == []  # the very first time is no news
    sign_in(second)
    (mail,) = post_mail()
    assert "someone signed in" in mail["Subject"]
    sign_in(second)
    assert len(post_mail()) == 1


def test_a_device_cookie_nobody_signed_is_no_known_browser(app, sam, post_mail):
    sign_in(app.test_client())
    forger = app.test_client()
    forger.set_cookie("goodword-device", f"[{sam}].forged")
    sign_in(forger)
    assert len(post_mail()) == 1


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaa", "abababababab", "123456789012", "210987654321", "qwertyuiopas",
        "Password!!!!2026", "sam@acme.example", "goodword2026!!!", "letmeinplease",
        "fernhillfernhill", "a" * 129, "eleven char",
    ],
)  # fmt: skip
def test_what_an_attacker_tries_first_is_refused(password):
    with pytest.raises(NotAllowed):
        passwords.refuse_weak(password, {"sam@acme.example", "sam"})


@pytest.mark.parametrize(
    "password", ["the tea is still too hot", "ünïcødé wörds 12", "x7#kQ9!mPz2w"]
)
def test_any_signs_are_welcome(password):
    passwords.refuse_weak(password, {"sam@acme.example"})


def test_a_session_ends_after_a_week_however_busy_one_is(as_rosa, wait):
    for _ in range(15):
        wait(hours=11)
        assert as_rosa.get("/staff/account").status_code == 200
    wait(hours=4)
    assert as_rosa.get("/staff/account").status_code == 302


def test_a_session_ends_after_twelve_hours_in_which_nothing_was_done(as_rosa, wait):
    for _ in range(2):
        wait(hours=11, minutes=55)
        assert as_rosa.get("/staff/account").status_code == 200
    wait(hours=12, minutes=5)
    assert as_rosa.get("/staff/account").status_code == 302
