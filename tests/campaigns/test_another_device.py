"""Six digits in the mail carry a visit to another device; guessing them is hopeless."""

import re
from datetime import timedelta

import pytest

from portal import clock, create_app
from portal.advocates.models import Advocate
from portal.campaigns import inviting
from portal.campaigns.models import Campaign, CampaignState, Invitation, InvitationState
from portal.db import db
from portal.links import codes
from portal.links.models import Code
from portal.sessions.models import Session
from portal.staff.models import Staff
from tests.conftest import settings

ADA = "ada@analytical.example"
WRONG = "This address and this code do not open anything together"


@pytest.fixture
def mailed(act, invitation, post_mail, mailroom):
    """Mail the invitation (again); the code in the newest mail."""

    def mailed() -> str:
        act(lambda: inviting.mail_to(db.session.get(Invitation, invitation)))
        post_mail()
        return in_text(mailroom.text(mailroom.to(ADA)[-1]))

    return mailed


def in_text(text: str) -> str:
    return re.search(r"the code (\d{3} \d{3})\.", text)[1]


def enter(client, code: str, address: str = ADA):
    return client.post("/code", data={"address": address, "code": code})


def other_than(code: str) -> str:
    return f"{(int(code.replace(' ', '')) + 1) % 10**6:06}"


def test_the_mail_shows_the_code_in_text_and_html_and_where_to_type_it(mailed, mailroom):
    code = mailed()
    mail = mailroom.to(ADA)[-1]
    html = mail.get_body(("html",)).get_content()
    for words in (mailroom.text(mail), html):
        assert code in words
        assert "http://localhost/code" in words


def test_the_code_and_the_address_open_the_choice_on_another_device(mailed, app, invitation, saved):
    code = mailed()
    phone, desk = app.test_client(), app.test_client()
    assert "six digits" in phone.get("/code").text
    answer = enter(desk, code.replace(" ", ""), " ADA@Analytical.example ")
    assert (answer.status_code, answer.location) == (303, f"/me/invitations/{invitation}")
    assert "Give a quote" in desk.get(answer.location).text
    assert saved(Invitation)[0].state is InvitationState.OPENED


def test_a_code_works_once(mailed, app):
    code = mailed()
    assert enter(app.test_client(), code).status_code == 303
    assert enter(app.test_client(), code).status_code == 422


def test_only_the_newest_mail_counts(mailed, as_stranger, saved):
    first = mailed()
    second = mailed()
    if first != second:
        assert enter(as_stranger, first).status_code == 422
    assert enter(as_stranger, second).status_code == 303
    assert saved(Code) == []


def test_after_five_wrong_tries_the_right_one_gets_the_same_answer(mailed, as_stranger, saved):
    code = mailed()
    wrong = [enter(as_stranger, other_than(code)) for _ in range(5)]
    right = enter(as_stranger, code)
    assert right.status_code == 422
    assert {bare(answer.text, other_than(code)) for answer in wrong} == {bare(right.text, code)}
    assert saved(Session) == []
    assert saved(Code)[0].tries == 5


def bare(page: str, code: str) -> str:
    """The page without what was typed, and without the token of its form."""
    page = re.sub(r'(?<=name="csrf_token" value=")[^"]+', "", page)
    return page.replace(code, "").replace(code.replace(" ", ""), "")


@pytest.mark.parametrize(
    "address", ["nobody@nowhere.example", "charlie@difference.example", "x@ü..y"]
)
def test_an_address_we_never_wrote_to_gets_the_same_answer(mailed, as_stranger, address, charlie):
    code = mailed()
    page = enter(as_stranger, code, address)
    assert page.status_code == 422
    assert WRONG in page.text
    hers = bare(enter(as_stranger, other_than(code)).text, other_than(code))
    assert bare(page.text.replace(address, ADA), code) == hers


def test_it_is_too_old_after_two_weeks(mailed, as_stranger, wait):
    code = mailed()
    wait(days=15)
    assert WRONG in enter(as_stranger, code).text


@pytest.mark.parametrize("end", ["revoked", "not theirs"])
def test_it_ends_with_its_invitation(mailed, as_stranger, act, invitation, rosa, end):
    code = mailed()

    def finish():
        found = db.session.get(Invitation, invitation)
        if end == "revoked":
            inviting.revoke(found, by=db.session.get(Staff, rosa))
        else:
            inviting.not_me(found)

    act(finish)
    assert enter(as_stranger, code).status_code == 422


def test_after_the_end_of_the_campaign_it_opens_ones_own_page(mailed, as_stranger, act, campaign):
    code = mailed()
    act(lambda: setattr(db.session.get(Campaign, campaign), "state", CampaignState.CLOSED))
    assert enter(as_stranger, code).location == "/me"


def test_what_is_kept_tells_neither_the_code_nor_the_address(mailed, saved):
    code = mailed().replace(" ", "")
    [row] = saved(Code)
    kept = str(vars(row))
    assert code not in kept
    assert "ada" not in kept


def test_two_people_with_the_same_digits_have_two_secrets(act, saved, monkeypatch, app):
    monkeypatch.setattr("secrets.randbelow", lambda _: 482_913)
    act(lambda: [codes.mint("invitation:1", a) for a in (ADA, "charlie@difference.example")])
    one, two = saved(Code)
    assert one.code_hash != two.code_hash


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"address": ADA, "code": "12345"}, "Enter the six digits in the mail"),
        ({"address": ADA, "code": "١٢٣٤٥٦"}, "Enter the six digits in the mail"),
        ({"address": "", "code": "123456"}, "Enter the address our mail came to"),
    ],
)
def test_what_cannot_be_a_code_costs_no_try_and_stays_typed(
    mailed, as_stranger, saved, typed, words
):
    mailed()
    answer = as_stranger.post("/code", data=typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{typed["code"]}"' in answer.text
    assert saved(Code)[0].tries == 0


def test_T37_opening_the_page_tries_nothing(mailed, as_stranger, saved):
    mailed()
    for _ in range(10):
        as_stranger.get("/code?code=123456&address=ada@analytical.example")
    assert saved(Code)[0].tries == 0


def test_a_network_that_guesses_is_slowed(database):
    options = {"TESTING": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": True}
    app = create_app(settings(database), **options)
    answers = [
        app.test_client().post(
            "/code", data={"address": f"a{n}@x.example", "code": "123456"},
            environ_base={"REMOTE_ADDR": f"203.0.113.{n}"},
        ).status_code
        for n in range(1, 22)
    ]  # fmt: skip
    assert answers == [422] * 20 + [429]
    with app.app_context():
        db.engine.dispose()


def test_an_address_no_network_is_known_of_is_counted_too(database):
    """A proxy may hand on no address at all, or a name."""
    options = {"TESTING": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": True}
    app = create_app(settings(database), **options)
    given = {"address": "a@x.example", "code": "123456"}
    answer = app.test_client().post("/code", data=given, environ_base={"REMOTE_ADDR": "unix:"})
    assert answer.status_code == 422
    with app.app_context():
        db.engine.dispose()


def test_who_comes_back_too_late_is_told_of_the_code(as_stranger):
    assert 'href="/code"' in as_stranger.get("/session-over").text


def test_erasing_someone_lets_go_of_their_code(mailed, as_ada, saved, ada):
    mailed()
    as_ada.post("/me/data/erasure", data={"word": "erase"})
    assert saved(Advocate)[0].erased_at
    assert saved(Code) == []


def test_old_codes_are_purged(mailed, act, saved):
    mailed()
    act(lambda: codes.purge(clock.now() + timedelta(days=20)))
    assert saved(Code) == []
