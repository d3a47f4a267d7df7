"""A refusal counts against an address only where it is about the address: by phase, on a real wire.

What the other side has against us (our name, our password, the certificate) is no reason to stop
anybody’s mail, and no reason to give a mail up.
"""

import smtplib
import socket
import ssl

import pytest
from pydantic import SecretStr

from portal.outbox import bounces, faults
from portal.outbox.models import Message, State, Suppression
from portal.staff.models import Role, Staff

FAILED, QUEUED, SENT = State.FAILED, State.QUEUED, State.SENT


def test_nothing_wrong_nothing_said(relay, sent_to_ada, saved):
    mail = sent_to_ada()
    assert (mail.state, mail.error, len(relay.taken)) == (SENT, "", 1)


@pytest.mark.parametrize(
    ("phase", "reply", "state", "stopped", "words"),
    [
        ("EHLO", "550 5.7.1 We do not know this machine", QUEUED, False, "cannot be used just now"),
        ("MAIL", "550 5.1.8 Sender address rejected", QUEUED, False, "customers@acme.example"),
        ("MAIL", "550 Sender verify failed", QUEUED, False, "takes no mail from customers@"),
        ("MAIL", "530 Authentication required", QUEUED, False, "530 Authentication required"),
        ("MAIL", "451 4.1.8 Domain of sender not found", QUEUED, False, "takes no mail from"),
        # many answer what they hold against the sender only when told whom it is for
        ("RCPT", "550 5.1.8 Sender address rejected: domain not found", QUEUED, False, "for us"),
        ("RCPT", "550 Sender verify failed", QUEUED, False, "does not send for us"),
        ("RCPT", "530 5.7.0 Must issue STARTTLS first", QUEUED, False, "does not send for us"),
        ("RCPT", "550 relay not permitted", QUEUED, False, "does not send for us"),
        ("RCPT", "553 sorry, not in my list of allowed rcpthosts", QUEUED, False, "send for us"),
        ("RCPT", "451 4.7.1 Greylisted", QUEUED, False, "451 4.7.1 Greylisted"),
        ("RCPT", "550 5.7.1 Blocked by policy", FAILED, False, "550 5.7.1 Blocked"),
        ("RCPT", "550 Rejected as spam", FAILED, False, "550 Rejected as spam"),
        ("RCPT", "552 5.2.2 Mailbox full", FAILED, False, "552 5.2.2 Mailbox full"),
        ("RCPT", "550 5.1.1 Unknown in relay recipient table", FAILED, True, "550 5.1.1"),
        ("RCPT", "550 <spam.block@relay.example>: no such user", FAILED, True, "no such user"),
        ("RCPT", "550-No such user\r\n550 Try another", FAILED, True, "550 No such user Try"),
        ("DATA", "550 Message refused by policy", FAILED, False, "550 Message refused by policy"),
        ("DATA", "550 5.7.26 Fails DMARC", FAILED, False, "550 5.7.26"),
        ("DATA", "550 no such user", FAILED, False, "550 no such user"),
        ("DATA", "451 4.3.0 Try again later", QUEUED, False, "451 4.3.0"),
        ("QUIT", "500 What?", SENT, False, ""),
    ],
)
def test_only_a_refused_recipient_stops_an_address(
    relay, sent_to_ada, saved, phase, reply, state, stopped, words
):
    relay.says[phase] = reply
    mail = sent_to_ada()
    assert (mail.state, bool(saved(Suppression))) == (state, stopped), mail.error
    assert words in mail.error
    assert bool(mail.not_before) is (state is QUEUED)


def test_a_wrong_password_costs_nobody_their_mail_and_is_said_to_staff(
    app, relay, sent_to_ada, saved, as_rosa, post_mail, browser_of, save
):
    config = app.extensions["goodword"]
    config.smtp_username, config.smtp_password = "portal", SecretStr("wrong")
    mail = sent_to_ada()
    assert (mail.state, saved(Suppression)) == (QUEUED, [])
    why = "Our mail server does not take our user name and password: 535"
    assert mail.error.startswith(why)
    for page in ("/staff", "/staff/mail"):
        text = as_rosa.get(page).text
        assert "Our own mail server takes no mail" in text
        assert "It does not accept the portal’s user name and password." in text
        assert "One mail waits for it, since " in text
        assert "corrects GOODWORD_SMTP_USERNAME" in text
        assert ("535" in text) is (page == "/staff/mail")  # folded away, for owners
    editor = browser_of(staff=save(Staff(email="e@acme.example", name="Ed", role=Role.EDITOR)))
    assert "535" not in editor.get("/staff/mail").text
    doctor = app.test_cli_runner().invoke(args=["doctor"])
    assert doctor.exit_code == 1
    assert f"FAIL mail leaves: 1 wait for our mail server. {why}" in doctor.output

    config.smtp_password = SecretStr("right")
    post_mail()
    assert saved(Message)[0].state is SENT
    assert "mail server takes no mail" not in as_rosa.get("/staff").text
    assert "ok   mail leaves" in app.test_cli_runner().invoke(args=["doctor"]).output


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "Nothing answers where it should be."),
        (TimeoutError("timed out"), "It does not answer in time."),
        (socket.gaierror(-2, "Name or service not known"), "There is no machine of the name"),
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), "It breaks off before"),
        (smtplib.SMTPNotSupportedError("STARTTLS extension not supported"), "encryption"),
        (ssl.SSLError("wrong version number"), "An encrypted connection"),
    ],
)
def test_whatever_the_wire_throws_is_said_in_words_with_what_to_do(error, says):
    trouble = faults.in_words(faults.of(error).words)
    assert says in trouble.what
    assert "Errno" not in trouble.what + trouble.to_do
    assert type(error).__name__ in trouble.detail
    assert "Error" not in faults.told(faults.of(error).words)


def test_a_recipient_who_is_asked_to_wait_is_no_fault_of_ours(app, relay, sent_to_ada, as_rosa):
    relay.says["RCPT"] = "451 4.7.1 Greylisted"
    sent_to_ada()
    assert "mail server takes no mail" not in as_rosa.get("/staff/mail").text
    assert "ok   mail leaves" in app.test_cli_runner().invoke(args=["doctor"]).output


@pytest.mark.parametrize(
    ("error", "dead"),
    [
        ("5.1.1 550 5.1.1 unknown", True),
        ("5.1.10 556 5.1.10 null MX", True),
        ("5.2.1 550 5.2.1 disabled", True),
        ("5.1.7 553 5.1.7 bad sender", False),
        ("5.1.8 550 5.1.8 sender domain not found", False),
        ("5.7.13 525 5.7.13 account disabled", False),  # the one that signs in
        ("550 5.7.1 refused from 10.5.1.1", False),
        ("550 5.7.1 refused from 5.1.1.20", False),
    ],
)
def test_codes_about_the_sender_are_not_about_the_recipient(error, dead):
    assert bounces.is_dead(error) is dead
