"""A relay that says what a test wants, and a mail to hand to it."""

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from portal.outbox.models import MailClass, Message
from tests import processes

ADA = "ada@analytical.example"


class Relay:
    """A relay that says what ``says`` has for a phase, and is content in all others."""

    def __init__(self):
        self.says: dict[str, str] = {}
        self.taken: list[bytes] = []
        self.asked: list[bytes] = []  # the passwords it was told

    def authenticate(self, server, session, envelope, mechanism, data):
        self.asked.append(data.password)
        return AuthResult(success=data.password == b"right", handled=False)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return [self.says["EHLO"]] if "EHLO" in self.says else responses

    async def handle_HELO(self, server, session, envelope, hostname):
        return self.says["EHLO"]  # asked only once that was refused

    async def handle_MAIL(self, server, session, envelope, address, options):
        if reply := self.says.get("MAIL"):
            return reply
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if reply := self.says.get("RCPT"):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if reply := self.says.get("DATA"):
            return reply
        self.taken.append(envelope.content)
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):
        return self.says.get("QUIT", "221 Bye")


@pytest.fixture
def open_relay(app):
    """Let a relay stand where the settings say; any user name does, with the password “right”."""
    standing = []

    def open_relay(**options) -> Relay:
        relay = Relay()
        port = app.extensions["goodword"].smtp_port = processes.free_port()
        controller = Controller(
            relay, hostname="127.0.0.1", port=port, authenticator=relay.authenticate,
            auth_require_tls=False, **options,
        )  # fmt: skip
        controller.start()
        standing.append(controller)
        return relay

    yield open_relay
    for controller in standing:
        controller.stop()


@pytest.fixture
def relay(open_relay):
    return open_relay()


@pytest.fixture
def sent_to_ada(save, post_mail, saved):
    """Write to ada; what became of it."""

    def sent_to_ada() -> Message:
        save(
            Message(mail_class=MailClass.SERVICE, recipient=ADA, template="mail-test",
                    context={"first_name": "Ada"}, links={}, about="staff:1")
        )  # fmt: skip
        post_mail()
        return saved(Message)[-1]

    return sent_to_ada
