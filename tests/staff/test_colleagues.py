"""Owners let colleagues in, say what they may do, and let them go; never the last owner."""

import re

import pytest
import sqlalchemy as sa

from portal.db import db
from portal.history.models import Entry
from portal.staff import actions
from portal.staff.models import Passkey, Role, Staff

PASSWORD = "the tea is still too hot"


@pytest.fixture
def theo(act, save) -> int:
    staff_id = save(Staff(email="theo@acme.example", name="Theo", role=Role.EDITOR))
    act(lambda: actions.set_password(db.session.get(Staff, staff_id), PASSWORD))
    return staff_id


def test_an_invited_colleague_gets_a_mail_and_the_owner_sees_the_link_once(
    as_rosa, app, saved, post_mail, mailroom
):
    data = {"email": "Sam@acme.example", "name": "", "role": "viewer"}
    page = as_rosa.post("/staff/people", data=data)
    assert page.status_code == 200
    shown = re.search(r'value="http://localhost(/staff/setup/[^"]+)"', page.text)[1]
    assert "/staff/setup/" not in as_rosa.get("/staff/people").text
    post_mail()
    text = mailroom.text(mailroom.to("sam@acme.example")[-1])
    mailed = re.search(r"/staff/setup/\S+", text)[0]
    assert mailed != shown

    choice = {"password": PASSWORD, "again": PASSWORD}
    assert app.test_client().post(mailed, data=choice).status_code == 303
    assert app.test_client().get(shown).status_code == 410  # one of them is enough
    assert saved(Staff)[-1].role is Role.VIEWER


def test_the_list_says_who_has_a_second_factor(as_rosa, theo, save):
    save(Staff(email="app@acme.example", name="Una", role=Role.EDITOR, totp_secret="sealed"))
    una = save(Staff(email="key@acme.example", name="Uma", role=Role.EDITOR))
    save(Passkey(staff_id=una, name="Key", credential="1", public_key=b"2"))
    page = as_rosa.get("/staff/people").text
    said = dict(re.findall(r"/people/\d+\">(\w+)</a>.*?>\s*(Yes|No)\s*<", page, re.S))
    assert said == {"Rosa": "No", "Theo": "No", "Una": "Yes", "Uma": "Yes"}


def test_the_list_asks_the_same_number_of_questions_however_many_they_are(as_rosa, save, app):
    with app.app_context():
        engine = db.engine

    def statements() -> int:
        seen = []
        sa.event.listen(engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
        assert as_rosa.get("/staff/people").status_code == 200
        return len(seen)

    few = statements()
    for number in range(5):
        save(Staff(email=f"{number}@acme.example", name=f"Nr {number}", role=Role.VIEWER))
    assert statements() == few


def test_an_address_that_is_known_is_refused_with_what_was_typed(as_rosa, theo):
    data = {"email": "theo@acme.example", "name": "Theo Two", "role": "owner"}
    answer = as_rosa.post("/staff/people", data=data)
    assert answer.status_code == 422
    assert "has an account already" in answer.text
    assert "Theo Two" in answer.text


def test_a_role_changes_with_the_next_click_and_is_kept(as_rosa, rosa, browser_of, theo, saved):
    his = browser_of(staff=theo)
    assert his.get("/staff/imports/new").status_code == 200
    as_rosa.post(f"/staff/people/{theo}/role", data={"role": "viewer"})
    assert his.get("/staff/imports/new").status_code == 403
    entry = saved(Entry)[-1]
    assert (entry.about, entry.verb, entry.by) == (f"staff:{theo}", "role changed", f"staff:{rosa}")
    assert entry.note == "editor → viewer"


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(as_rosa, browser_of, theo, app):
    his = browser_of(staff=theo)
    as_rosa.post(f"/staff/people/{theo}/closing")
    assert his.get("/staff/customers").status_code == 302
    credentials = {"email": "theo@acme.example", "password": PASSWORD}
    assert app.test_client().post("/staff/sign-in", data=credentials).status_code == 422
    as_rosa.post(f"/staff/people/{theo}/opening")
    assert his.get("/staff/customers").status_code == 302  # the old visit stays ended
    assert app.test_client().post("/staff/sign-in", data=credentials).status_code == 303


@pytest.mark.parametrize(("path", "data"), [("role", {"role": "editor"}), ("closing", {})])
def test_the_last_owner_who_can_come_in_stays(as_rosa, rosa, theo, save, saved, path, data):
    # An owner who never chose a password cannot come in, and so does not count.
    save(Staff(email="new@acme.example", name="New", role=Role.OWNER))
    answer = as_rosa.post(f"/staff/people/{rosa}/{path}", data=data)
    assert answer.status_code == 409
    assert "the last owner" in answer.text
    assert (saved(Staff)[0].role, saved(Staff)[0].disabled_at) == (Role.OWNER, None)

    as_rosa.post(f"/staff/people/{theo}/role", data={"role": "owner"})
    assert as_rosa.post(f"/staff/people/{rosa}/{path}", data=data).status_code == 303


def test_an_owner_signs_a_colleague_out_everywhere(as_rosa, browser_of, theo):
    his = browser_of(staff=theo)
    as_rosa.post(f"/staff/people/{theo}/sessions/end")
    assert his.get("/staff/customers").status_code == 302


# ── One's own visits ───────────────────────────────────────────────────────────────────────


def test_visits_are_listed_and_ended_one_or_all(as_rosa, rosa, browser_of):
    phone, desk = browser_of(staff=rosa), browser_of(staff=rosa)
    page = as_rosa.get("/staff/account").text
    first, *others = [int(n) for n in re.findall(r"/account/sessions/(\d+)/end", page)]
    assert len(others) == 1
    as_rosa.post(f"/staff/account/sessions/{first}/end")
    assert {phone.get("/staff").status_code, desk.get("/staff").status_code} == {200, 302}
    as_rosa.post("/staff/account/sessions/end")
    assert {phone.get("/staff").status_code, desk.get("/staff").status_code} == {302}
    assert as_rosa.get("/staff").status_code == 200


def test_another_s_visit_cannot_be_ended(as_rosa, browser_of, theo, saved):
    from portal.sessions.models import Session

    his = browser_of(staff=theo)
    as_rosa.post(f"/staff/account/sessions/{saved(Session)[-1].id}/end")
    assert his.get("/staff/customers").status_code == 200


def test_changing_the_password_needs_the_old_one_and_ends_other_visits(app, theo, browser_of):
    his, other = app.test_client(), browser_of(staff=theo)
    his.post("/staff/sign-in", data={"email": "theo@acme.example", "password": PASSWORD})
    new = {"password": "quite another sentence", "again": "quite another sentence"}
    assert his.post("/staff/account/password", data=new | {"current": "wrong"}).status_code == 422
    assert his.post("/staff/account/password", data=new | {"current": PASSWORD}).status_code == 303
    assert his.get("/staff/customers").status_code == 200
    assert other.get("/staff/customers").status_code == 302


# ── Confirm it is you ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def rosa_with_password(act, rosa):
    act(lambda: actions.set_password(db.session.get(Staff, rosa), PASSWORD))


def test_after_ten_minutes_a_dangerous_act_asks_and_keeps_what_was_typed(
    rosa, rosa_with_password, browser_of, theo, wait, saved
):
    her = browser_of(staff=rosa)
    wait(minutes=11)
    path = f"/staff/people/{theo}/role"
    asked = her.post(path, data={"role": "viewer"})
    assert asked.status_code == 422
    assert "Confirm it is you" in asked.text
    assert 'name="role" value="viewer"' in asked.text
    assert saved(Staff)[-1].role is Role.EDITOR

    again = {"role": "viewer", "confirming": "yes"}
    wrong = her.post(path, data=again | {"confirm_password": "not hers at all"})
    assert (wrong.status_code, "not your password" in wrong.text) == (422, True)
    assert saved(Staff)[-1].role is Role.EDITOR

    assert her.post(path, data=again | {"confirm_password": PASSWORD}).status_code == 303
    assert saved(Staff)[-1].role is Role.VIEWER
    assert her.post(path, data={"role": "editor"}).status_code == 303  # for ten minutes
    wait(minutes=22)
    assert her.post(path, data={"role": "viewer"}).status_code == 422


def test_signing_in_confirms(app, rosa, rosa_with_password, theo):
    her = app.test_client()
    her.post("/staff/sign-in", data={"email": "rosa@acme.example", "password": PASSWORD})
    assert her.post(f"/staff/people/{theo}/role", data={"role": "viewer"}).status_code == 303


def test_a_page_that_asks_leads_on_to_where_one_wanted(rosa, rosa_with_password, browser_of, wait):
    her = browser_of(staff=rosa)
    wait(minutes=11)
    asked = her.get("/staff/account/app")
    assert "Confirm it is you" in asked.text
    data = {"confirming": "yes", "confirm_password": PASSWORD, "next": "/staff/account/app"}
    assert her.post("/staff/confirm", data=data).location == "/staff/account/app"
    assert "QR code" in her.get("/staff/account/app").text


def test_confirming_leads_to_no_other_site(as_rosa):
    answer = as_rosa.post("/staff/confirm", data={"next": "https://evil.example/"})
    assert answer.location == "/staff"
