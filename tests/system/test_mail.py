"""Mail leaves once, by a real SMTP server, and says when it could not."""

import pytest

from portal.db import db
from portal.outbox import actions as outbox
from portal.outbox.models import Message, State
from portal.staff.models import Staff
from tests import processes


@pytest.fixture
def promise(act, rosa):
    """Promise one mail to an address."""

    def promise(address="ada@analytical.example", **more):
        def write():
            person = db.session.get(Staff, rosa)
            return outbox.email(address, "test", about=person, **more).id

        return act(write)

    return promise


@pytest.fixture(autouse=True)
def template(app):
    from jinja2 import ChoiceLoader, DictLoader

    mails = {
        "emails/test.subject.txt": "A word, {{ name|default('friend') }}",
        "emails/test.txt": "Dear {{ name|default('friend') }}",
        "emails/test.html": "<style>p{color:red}</style><p>Dear {{ name|default('friend') }}</p>",
    }
    app.jinja_loader = ChoiceLoader([DictLoader(mails), app.jinja_loader])


def test_a_promised_mail_leaves_once(promise, post_mail, saved):
    promise()
    for _ in range(3):
        mails = post_mail()
    assert [mail["Subject"] for mail in mails] == ["A word, friend"]
    assert [message.state for message in saved(Message)] == [State.SENT]
    html = mails[0].get_body(("html",)).get_content()
    assert 'style="color: red' in html


def test_a_mail_whose_transaction_fails_never_leaves(app, rosa, post_mail):
    with app.app_context():
        outbox.email("ada@analytical.example", "test", about=db.session.get(Staff, rosa))
        db.session.rollback()
    assert post_mail() == []


def test_a_repeated_mail_keeps_its_message_id(app, promise, post_mail, mailroom, act):
    message_id = promise()
    post_mail()

    def forget():  # as a crash between the relay's 250 and our mark would
        message = db.session.get(Message, message_id)
        message.state, message.sent_at = State.QUEUED, None

    act(forget)
    post_mail()
    assert len(mailroom.mails) == 2
    assert len({mail["Message-ID"] for mail in mailroom.mails}) == 1


@pytest.mark.parametrize(
    ("reply", "state"), [("451 later", State.QUEUED), ("550 no such user", State.FAILED)]
)
def test_a_refused_mail_is_tried_again_or_given_up(
    promise, post_mail, mailroom, saved, reply, state
):
    mailroom.refuse["gone@analytical.example"] = reply
    promise("gone@analytical.example")
    post_mail()
    message = saved(Message)[0]
    assert (message.state, message.error) == (state, reply)
    if state is State.QUEUED:
        assert message.not_before
        mailroom.refuse.clear()
        post_mail()
        assert saved(Message)[0].state is State.SENT


def test_a_relay_that_is_away_is_tried_again(app, promise, post_mail, saved):
    promise()
    app.extensions["goodword"].smtp_port = processes.free_port()  # nothing listens there
    post_mail()
    assert saved(Message)[0].state is State.QUEUED
    assert "ConnectionRefusedError" in saved(Message)[0].error


def test_a_line_break_in_a_name_cannot_forge_a_header(promise, post_mail, saved):
    promise(name="Ada\nBcc: everyone@evil.example")
    assert post_mail() == []
    assert saved(Message)[0].state is State.FAILED
    assert "linefeed" in saved(Message)[0].error
