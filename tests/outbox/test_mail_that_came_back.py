"""Mail that comes back: by the relay's answer, or by a report of RFC 3464 from a pipe."""

import pytest

from portal.advocates.models import Advocate
from portal.campaigns import eligibility, facts
from portal.db import db
from portal.history.models import Entry
from portal.outbox import bounces
from portal.outbox.models import MailClass, Message, State, Suppression

REPORT = """\
From: MAILER-DAEMON@relay.example
To: customers@acme.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Thu, 26 Nov 2026 10:00:00 +0000

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {code}

--cut
Content-Type: text/rfc822-headers

Message-ID: <{number}.mail@acme.example>
Subject: A question

--cut--
"""


@pytest.fixture
def sent(save, ada):
    """A mail to ada that left: its number."""
    from portal import clock

    return save(
        Message(mail_class=MailClass.MARKETING, recipient="ada@analytical.example",
                template="invitation", context={}, links={}, about="invitation:1",
                state=State.SENT, sent_at=clock.now())
    )  # fmt: skip


@pytest.fixture
def report(app, tmp_path):
    """Feed a report to the command an operator's pipe runs; what it prints."""

    def report(number: int, **more) -> str:
        values = {"to": "ada@analytical.example", "action": "failed", "status": "5.1.1",
                  "code": "550 5.1.1 no such user"} | more  # fmt: skip
        path = tmp_path / "report.eml"
        path.write_text(REPORT.format(number=number, **values))
        result = app.test_cli_runner().invoke(args=["mail", "bounce", str(path)])
        assert result.exit_code == 0, result.output
        return result.output

    return report


def test_a_dead_mailbox_gets_no_more_mail_and_the_page_says_so(
    report, sent, saved, act, as_rosa, ada
):
    for _ in range(2):  # the same report twice
        assert "no more is sent to a•••@analytical.example" in report(sent)
    [mail] = saved(Message)
    assert (mail.state, mail.error) == (State.FAILED, "Came back: 5.1.1 550 5.1.1 no such user")
    assert [entry.verb for entry in saved(Entry)] == ["came back"]
    page = as_rosa.get("/staff/mail/stopped").text
    assert "a•••@analytical.example" in page
    assert "ada@analytical.example" not in page

    def why():
        person = db.session.get(Advocate, ada)
        return eligibility.why_not(person, "quote", facts.of([person]))

    assert "came back on" in act(why)[0]
    [row] = saved(Suppression)
    as_rosa.post(f"/staff/mail/stopped/{row.address_hash}/end")
    assert act(why) == []
    assert (saved(Entry)[-1].verb, saved(Entry)[-1].note) == (
        "said a mailbox works again",
        "a•••@analytical.example",
    )


@pytest.mark.parametrize(
    ("values", "says", "state"),
    [
        ({"action": "delayed", "status": "4.4.1", "code": "451 later"}, "is late", State.SENT),
        ({"status": "5.2.2", "code": "552 5.2.2 mailbox full"}, "came back.", State.FAILED),
        ({"to": "eve@evil.example"}, "Not about a mail of ours", State.SENT),
    ],
)
def test_only_what_is_final_and_about_our_mail_stops_an_address(
    report, sent, saved, values, says, state
):
    assert says in report(sent, **values)
    assert saved(Message)[0].state is state
    assert saved(Suppression) == []


def test_a_report_about_a_mail_we_never_sent_changes_nothing(report, sent, saved):
    assert "Not about a mail of ours" in report(987654)
    assert saved(Suppression) == []


def test_what_is_no_report_is_said(app, tmp_path):
    path = tmp_path / "x.eml"
    path.write_text("Subject: Hello\n\nOut of office.\n")
    result = app.test_cli_runner().invoke(args=["mail", "bounce", str(path)])
    assert result.exit_code == 1
    assert "no delivery report" in result.output


@pytest.mark.parametrize(
    ("error", "dead"),
    [
        ("550 no such user", True),
        ("550 5.1.1 unknown", True),
        ("550 5.7.1 looks like spam", False),
        ("552 mailbox full", False),
        ("554 5.1.1 no", True),
        ("451 4.7.1 later", False),
    ],
)
def test_replies_are_classed_by_their_codes(error, dead):
    assert bounces.is_dead(error) is dead


def test_the_relay_may_say_it_at_once_and_a_wish_is_not_staffs_to_undo(
    app, save, ada, mailroom, post_mail, saved, as_rosa
):
    mailroom.refuse["ada@analytical.example"] = "550 5.1.1 no such user"
    save(
        Message(mail_class=MailClass.SERVICE, recipient="ada@analytical.example",
                template="setup-test", context={}, links={}, about="advocate:1")
    )  # fmt: skip
    as_rosa.post(f"/staff/customers/{ada}/stop")
    [row] = saved(Suppression)
    assert row.reason == "asked to stop"
    answer = as_rosa.post(f"/staff/mail/stopped/{row.address_hash}/end")
    assert answer.status_code == 409
    assert len(saved(Suppression)) == 1
