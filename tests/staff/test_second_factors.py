"""A second factor beside the password: codes from an app, recovery codes, and what owners reset."""

import base64
import re
from datetime import UTC, datetime

import pytest

from portal.db import db
from portal.history.actions import SYSTEM
from portal.sealing import Unsealable, seal, unseal
from portal.sessions.models import Session, Way
from portal.staff import actions, codes, team
from portal.staff.models import RecoveryCode, Role, Staff

PASSWORD = "the tea is still too hot"
RFC_SEED = base64.b32encode(b"12345678901234567890").decode()


@pytest.fixture
def sam(act, save) -> int:
    staff_id = save(Staff(email="sam@acme.example", name="Sam", role=Role.EDITOR))
    act(lambda: actions.set_password(db.session.get(Staff, staff_id), PASSWORD))
    return staff_id


@pytest.fixture
def as_sam(app, sam):
    client = app.test_client()
    assert sign_in(client).location == "/staff"
    return client


def sign_in(client):
    return client.post("/staff/sign-in", data={"email": "sam@acme.example", "password": PASSWORD})


def code_now(seed: str, steps: int = 0) -> str:
    return codes.code_at(seed, int(datetime.now(UTC).timestamp()) // 30 + steps)


@pytest.fixture
def app_of_sam(as_sam):
    """Sam's app: its seed, and the recovery codes shown with it."""
    page = as_sam.get("/staff/account/app").text
    seed = re.search(r"gw-seed__key\">([A-Z2-7 ]+)<", page)[1].replace(" ", "")
    sealed = re.search(r'name="sealed"[^>]* value="([^"]+)"', page)[1]
    answer = as_sam.post("/staff/account/app", data={"sealed": sealed, "code": code_now(seed, -1)})
    assert answer.status_code == 200, answer.text
    return seed, re.findall(r"<code>([a-z2-7-]{19})</code>", answer.text)


@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_rfc_6238(moment, code):
    assert codes.code_at(RFC_SEED, moment // 30) == code


def test_the_password_alone_no_longer_lets_in(app, app_of_sam, saved):
    client = app.test_client()
    assert sign_in(client).location == "/staff/sign-in/code"
    assert client.get("/staff/customers").status_code == 302
    assert "Your password is right, Sam" in client.get("/staff/sign-in/code").text

    answer = client.post("/staff/sign-in/code", data={"code": code_now(app_of_sam[0])})
    assert answer.location == "/staff"
    assert client.get("/staff/customers").status_code == 200
    assert saved(Session)[-1].way is Way.CODE


def test_a_code_is_accepted_once(app, app_of_sam):
    first, second = app.test_client(), app.test_client()
    code = code_now(app_of_sam[0])
    for client in (first, second):
        sign_in(client)
    assert first.post("/staff/sign-in/code", data={"code": code}).status_code == 303
    again = second.post("/staff/sign-in/code", data={"code": code})
    assert again.status_code == 422
    assert "each works once" in again.text


def test_letters_no_code_has_are_a_wrong_code_too(as_sam):
    page = as_sam.get("/staff/account/app").text
    sealed = re.search(r'name="sealed"[^>]* value="([^"]+)"', page)[1]
    answer = as_sam.post("/staff/account/app", data={"sealed": sealed, "code": "12345é"})
    assert answer.status_code == 422
    assert "That code is not right" in answer.text


@pytest.mark.parametrize(("steps", "status"), [(1, 303), (2, 422), (-3, 422)])
def test_a_clock_may_be_half_a_minute_off_and_no_more(app, app_of_sam, steps, status):
    client = app.test_client()
    sign_in(client)
    code = code_now(app_of_sam[0], steps)
    assert client.post("/staff/sign-in/code", data={"code": code}).status_code == status


def test_the_step_between_ends_after_ten_minutes_and_belongs_to_this_browser(app, app_of_sam, wait):
    client, other = app.test_client(), app.test_client()
    sign_in(client)
    code = code_now(app_of_sam[0])
    assert other.post("/staff/sign-in/code", data={"code": code}).location == "/staff/sign-in"
    wait(minutes=11)
    code = code_now(app_of_sam[0])
    assert client.post("/staff/sign-in/code", data={"code": code}).location == "/staff/sign-in"


def test_a_recovery_code_opens_once_however_it_is_typed(app, app_of_sam, saved):
    recovery = app_of_sam[1]
    assert len(set(recovery)) == 10
    assert all(recovery[0] not in row.code_hash for row in saved(RecoveryCode))
    for status in (303, 422):
        client = app.test_client()
        sign_in(client)
        typed = recovery[0].upper().replace("-", " ")
        assert client.post("/staff/sign-in/code", data={"code": typed}).status_code == status


def test_new_recovery_codes_replace_the_older(as_sam, app, app_of_sam):
    page = as_sam.post("/staff/account/recovery").text
    fresh = re.findall(r"<code>([a-z2-7-]{19})</code>", page)
    assert not set(fresh) & set(app_of_sam[1])
    client = app.test_client()
    sign_in(client)
    old = {"code": app_of_sam[1][0]}
    assert client.post("/staff/sign-in/code", data=old).status_code == 422
    assert client.post("/staff/sign-in/code", data={"code": fresh[0]}).status_code == 303


def test_recovery_codes_are_shown_once(as_sam, app_of_sam):
    page = as_sam.get("/staff/account").text
    assert not any(code in page for code in app_of_sam[1])
    assert "10 recovery codes left" in page


def test_the_seed_lies_sealed_and_opens_for_nobody_else(app, app_of_sam, saved, sam):
    (person,) = saved(Staff)
    assert app_of_sam[0] not in person.totp_secret
    with app.app_context():
        assert unseal(person.totp_secret, f"staff:{sam}") == app_of_sam[0]
        for other in (f"staff:{sam + 1}", "staff"):
            with pytest.raises(Unsealable):
                unseal(person.totp_secret, other)
        body = person.totp_secret
        flipped = body[:-6] + ("A" if body[-6] != "A" else "B") + body[-5:]
        with pytest.raises(Unsealable):
            unseal(flipped, f"staff:{sam}")


def test_keys_rotate_and_what_an_older_one_sealed_still_opens(app):
    with app.app_context():
        config = app.extensions["goodword"]
        sealed = seal("a seed", "staff:1")
        app.extensions["goodword"] = config.model_copy(update={"data_keys": []})
        config.data_keys = ["an older key only the tests know 1"]
        app.extensions["goodword"] = config
        older = seal("a seed", "staff:1")
        config.data_keys = [
            "an older key only the tests know 1", "a newer key only the tests know 22"
        ]  # fmt: skip
        assert unseal(older, "staff:1") == "a seed"
        assert seal("a seed", "staff:1").partition(".")[0] != older.partition(".")[0]
        with pytest.raises(Unsealable):
            unseal(sealed, "staff:1")


def test_a_wrong_first_code_adds_nothing_and_keeps_the_picture(as_sam, saved):
    page = as_sam.get("/staff/account/app").text
    seed = re.search(r"gw-seed__key\">([A-Z2-7 ]+)<", page)[1]
    sealed = re.search(r'name="sealed"[^>]* value="([^"]+)"', page)[1]
    answer = as_sam.post("/staff/account/app", data={"sealed": sealed, "code": "000000"})
    assert answer.status_code == 422
    assert seed in answer.text
    assert saved(Staff)[0].totp_secret is None


def test_another_s_seed_is_refused(as_sam, act, save, saved):
    eve = save(Staff(email="eve@acme.example", name="Eve", role=Role.EDITOR))
    _, sealed = act(lambda: codes.new_seed(db.session.get(Staff, eve)))
    answer = as_sam.post("/staff/account/app", data={"sealed": sealed, "code": "123456"})
    assert answer.status_code == 409
    assert saved(Staff)[0].totp_secret is None


def test_adding_and_removing_is_told_by_mail_and_kept(as_sam, app_of_sam, post_mail):
    as_sam.post("/staff/account/app/removal")
    subjects = [mail["Subject"] for mail in post_mail()]
    assert any("an authenticator app was added" in subject for subject in subjects)
    assert any("the authenticator app was removed" in subject for subject in subjects)


def test_without_any_factor_recovery_codes_go_too(as_sam, app_of_sam, saved):
    as_sam.post("/staff/account/app/removal")
    assert saved(RecoveryCode) == []
    assert sign_in(as_sam).location == "/staff"


# ── Where one is required ──────────────────────────────────────────────────────────────────


@pytest.fixture
def strict(app):
    app.extensions["goodword"].second_factor_required = True
    return app


def test_who_has_only_a_password_gets_to_their_account_and_no_further(strict, sam):
    client = strict.test_client()
    sign_in(client)
    for path in ("/staff", "/staff/customers", "/staff/mail"):
        assert client.get(path).location == "/staff/account"
    page = client.get("/staff/account")
    assert page.status_code == 200
    assert "Add a second factor to go on" in page.text


def test_with_the_first_factor_this_browser_goes_on(strict, app_of_sam_strict):
    client, _ = app_of_sam_strict
    assert client.get("/staff/customers").status_code == 200


@pytest.fixture
def app_of_sam_strict(strict, sam):
    client = strict.test_client()
    sign_in(client)
    page = client.get("/staff/account/app").text
    seed = re.search(r"gw-seed__key\">([A-Z2-7 ]+)<", page)[1].replace(" ", "")
    sealed = re.search(r'name="sealed"[^>]* value="([^"]+)"', page)[1]
    client.post("/staff/account/app", data={"sealed": sealed, "code": code_now(seed)})
    return client, seed


def test_the_last_factor_stays_while_one_is_required(app_of_sam_strict, saved):
    client, _ = app_of_sam_strict
    assert client.post("/staff/account/app/removal").status_code == 409
    assert saved(Staff)[0].totp_secret


def test_resetting_a_password_does_not_pass_by_the_second_factor(
    app, app_of_sam, post_mail, mailroom
):
    client = app.test_client()
    client.post("/staff/forgotten", data={"email": "sam@acme.example"})
    post_mail()
    text = mailroom.text(mailroom.to("sam@acme.example")[-1])
    link = re.search(r"/staff/reset/\S+", text)[0]
    choice = {"password": "a door that opens again", "again": "a door that opens again"}
    assert client.post(link, data=choice).location == "/staff/sign-in/code"
    assert client.get("/staff/customers").status_code == 302


def test_an_owner_or_the_command_line_lets_someone_begin_again(
    app, app_of_sam, as_rosa, sam, saved
):
    assert as_rosa.post(f"/staff/people/{sam}/factors").status_code == 303
    assert saved(Staff)[0].totp_secret is None
    assert sign_in(app.test_client()).location == "/staff"


def test_the_command_line_helps_an_owner_who_lost_everything(app, app_of_sam, saved, act, rosa):
    act(lambda: team.close(db.session.get(Staff, saved(Staff)[0].id), by=SYSTEM))
    result = app.test_cli_runner().invoke(args=["staff", "reset", "sam@acme.example"])
    assert result.exit_code == 0, result.output
    link = result.output.strip().removeprefix("http://localhost")
    choice = {"password": "a door that opens again", "again": "a door that opens again"}
    client = app.test_client()
    assert client.post(link, data=choice).location == "/staff"
    assert client.get("/staff/customers").status_code == 200
    unknown = app.test_cli_runner().invoke(args=["staff", "reset", "nobody@acme.example"])
    assert unknown.exit_code == 1
