"""Staff see every mail and what became of it, and send a failed one again."""

import re

import pytest
import sqlalchemy as sa
from jinja2 import TemplateError

from portal import jobs
from portal.advocates.models import Advocate
from portal.db import db
from portal.history.models import Entry
from portal.outbox import actions as outbox
from portal.outbox import delivery, queries
from portal.outbox.models import MailClass, Message, State
from portal.staff.models import Role, Staff


def message(to: str, **more) -> Message:
    values = {
        "mail_class": MailClass.SERVICE,
        "recipient": to,
        "template": "setup-test",
        "context": {},
        "links": {},
        "about": "advocate:1",
    }
    return Message(**(values | more))


@pytest.fixture
def failed(save) -> int:
    return save(
        message("ada@analytical.example", state=State.FAILED, attempts=3, error="550 <no> mailbox")
    )


def test_an_empty_log_says_what_will_be_here(as_rosa):
    page = as_rosa.get("/staff/mail").text
    assert "No mail yet" in page
    assert "could not be delivered" not in page


def test_a_failed_mail_is_announced_with_its_reason(as_rosa, failed):
    page = as_rosa.get("/staff/mail").text
    assert "One mail could not be delivered" in page
    assert "550 &lt;no&gt; mailbox" in page
    assert "ada@analytical.example" in as_rosa.get("/staff/mail?show=failed").text
    assert "No mail is in this state." in as_rosa.get("/staff/mail?show=sent").text


def test_sending_again_queues_it_once_and_is_remembered(as_rosa, failed, saved):
    for _ in range(2):
        assert as_rosa.post(f"/staff/mail/{failed}/retry").location == "/staff/mail"
    [mail] = saved(Message)
    assert mail.state is State.QUEUED
    assert [(entry.about, entry.verb) for entry in saved(Entry)] == [("message:1", "sent again")]


def test_mail_nobody_tried_for_an_hour_asks_for_the_worker(app, save, browser_of, rosa, wait):
    save(message("ada@analytical.example"))
    wait(hours=2)
    assert "waiting for the worker" in browser_of(staff=rosa).get("/staff/mail").text


def test_every_mail_is_on_exactly_one_page(as_rosa, save):
    save(*(message(f"p{n:03}@x.example") for n in range(120)))
    seen, url = [], "/staff/mail?show=queued"
    while url:
        page = as_rosa.get(url).text
        seen += [f"p{n:03}" for n in range(120) if f"p{n:03}@" in page]
        _, found, after = page.partition('rel="next" href="')
        url = after.partition('"')[0].replace("&amp;", "&") if found else None
    assert sorted(seen) == [f"p{n:03}" for n in range(120)]


def test_a_viewer_looks_and_sends_nothing(browser_of, save, failed, saved):
    viewer = browser_of(staff=save(Staff(email="v@acme.example", name="Vi", role=Role.VIEWER)))
    assert "Send again" not in viewer.get("/staff/mail").text
    assert viewer.post(f"/staff/mail/{failed}/retry").status_code == 403
    assert saved(Message)[0].state is State.FAILED


def test_the_mail_log_is_for_staff(as_ada, as_stranger):
    for browser in (as_ada, as_stranger):
        assert browser.get("/staff/mail").status_code == 302


def test_a_mail_whose_words_failed_once_leaves_when_it_is_sent_again(
    act, as_rosa, ada, saved, monkeypatch, post_mail
):
    def promise():
        person = db.session.get(Advocate, ada)
        outbox.email(person.email, "setup-test", about=person)

    def words(*_, **__):
        if saved(Message)[0].error:
            return delivery.Written("Words", "Words\n", "<p>Words</p>")
        raise TemplateError("no such word")

    keys, enqueue = [], jobs.enqueue
    monkeypatch.setattr(
        jobs, "enqueue", lambda *a, key, **more: keys.append(key) or enqueue(*a, key=key, **more)
    )
    act(promise)
    monkeypatch.setattr(delivery, "write", words)
    post_mail()
    [mail] = saved(Message)
    assert (mail.state, mail.error) == (State.FAILED, "TemplateError: no such word")
    as_rosa.post(f"/staff/mail/{mail.id}/retry")
    assert len(keys) == len(set(keys)) == 2  # a key seen before changes nothing
    post_mail()
    assert saved(Message)[0].state is State.SENT


@pytest.mark.parametrize("typed", [
    "ada.l@ärger.example", " ADA.L@Ärger.Example ", "Ada.L@xn--rger-koa.example",
    "ada.l@ÄRGER.example",
])  # fmt: skip
def test_mail_to_one_mailbox_is_found_however_either_spells_it(save, as_rosa, typed):
    save(
        message("Ada.L@Ärger.example"), message("ada.l@ärger.example"), message("ada@ärger.example")
    )
    page = as_rosa.get("/staff/mail", query_string={"to": typed}).text
    table = page.partition("<table")[2].partition("</table>")[0]
    assert ("Ada.L@Ärger.example" in table, "ada.l@ärger.example" in table) == (True, True)
    assert "ada@ärger.example" not in table


def test_T36_nothing_is_left_of_mail_to_another_spelling_of_an_address(save, act, saved):
    save(message("Ada@Analytical.example", context={"first_name": "Ada"}), message("b@x.example"))
    act(lambda: outbox.forget_person("ada@analytical.example", []))
    assert [(one.recipient, one.recipient_key) for one in saved(Message)] == [
        ("", ""), ("b@x.example", "b@x.example"),
    ]  # fmt: skip


def test_mail_to_one_address_is_looked_up_in_an_index(save, app, act):
    rows = [message(f"p{n}@x.example", state=State.STOPPED) for n in range(2000)]
    save(*rows)
    with app.app_context():
        told = []
        sa.event.listen(db.engine, "before_cursor_execute", lambda *a: told.append((a[2], a[3])))
        queries.messages(to="P7@X.example")
        text, given = told[-1]
        bind = db.session.connection()
        kind = "QUERY PLAN " if db.engine.dialect.name == "sqlite" else ""
        if not kind:
            bind.exec_driver_sql("ANALYZE message")
        plan = " ".join(str(row) for row in bind.exec_driver_sql(f"EXPLAIN {kind}{text}", given))
        assert "ix_message_recipient_key_id" in plan
        assert "SCAN message" not in plan
        assert "Seq Scan" not in plan


def test_mail_is_found_by_address_name_company_subject_and_kind(save, as_rosa, ada):
    save(
        message("ada@analytical.example", template="invitation"),
        message("charlie@difference.example", context={"subject_line": "Five minutes, Charlie?"}),
    )
    page = as_rosa.get(f"/staff/customers/{ada}").text
    way = re.search(r'href="(/staff/mail\?to=[^"]+)"', page)[1].partition("to=")[2]
    ada_alone = (way, " Ada@Analytical.example", "lovelace", "Ada Love", "analytical", "invitat")
    for asked in ada_alone:
        assert found(as_rosa, asked) == ["ada@analytical.example"], asked
    for asked in ("five minutes", "charlie@diff", "setup test", "setup-test"[:5]):
        assert found(as_rosa, asked) == ["charlie@difference.example"], asked
    assert len(found(as_rosa, "@")) == 2
    for asked in ("%", "nobody@analytical.example", "first_name"):
        page = as_rosa.get("/staff/mail", query_string={"to": asked}).text
        assert "No mail found" in page
        assert "<table" not in page


def found(browser, asked: str) -> list[str]:
    page = browser.get("/staff/mail", query_string={"to": asked.replace("%40", "@")}).text
    return re.findall(r"<td[^>]*>([\w.]+@[\w.]+)</td>", page)
