"""No mail, and no password, goes to a mail server that cannot prove who it is."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from portal.config import SmtpSecurity
from portal.outbox.models import Message, State

HERE = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
ELSEWHERE = x509.DNSName("mail.elsewhere.example")


class Authority:
    """Whoever trusts its certificate trusts those it signs."""

    def __init__(self, folder):
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test Authority")])
        self.certificate = self.sign(self.name, self.key, x509.BasicConstraints(True, 0))
        self.file = folder / "authority.pem"
        self.file.write_bytes(pem(self.certificate))

    def sign(self, name, key, *extensions, valid_until=timedelta(days=1)):
        now = datetime.now(UTC)
        built = (
            x509.CertificateBuilder()
            .issuer_name(self.name)
            .subject_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=9))
            .not_valid_after(now + valid_until)
        )
        for extension in extensions:
            built = built.add_extension(extension, critical=False)
        return built.sign(self.key, hashes.SHA256())

    def context(self, name, **more) -> ssl.SSLContext:
        """What a server needs that says it is ``name``."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([name])
        path = self.folder / "server.pem"
        plain = serialization.NoEncryption()
        kind = serialization.PrivateFormat.PKCS8
        private = key.private_bytes(serialization.Encoding.PEM, kind, plain)
        path.write_bytes(private + pem(self.sign(x509.Name([]), key, names, **more)))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def pem(certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def trusted(authority, monkeypatch):
    """The machine trusts this authority, as an operator would make it do."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


@pytest.fixture(params=[SmtpSecurity.TLS, SmtpSecurity.STARTTLS])
def relay_with(app, open_relay, request):
    """A relay with this certificate, by TLS from the first byte or by STARTTLS."""

    def relay_with(context):
        config = app.extensions["goodword"]
        config.smtp_security = request.param
        config.smtp_username = "portal"
        config.smtp_password = type(config.smtp_password)("right")
        if request.param is SmtpSecurity.TLS:
            return open_relay(ssl_context=context)
        return open_relay(tls_context=context, require_starttls=True)

    return relay_with


def test_a_server_with_a_certificate_the_machine_trusts_gets_the_mail(
    relay_with, trusted, sent_to_ada
):
    relay = relay_with(trusted.context(HERE))
    mail = sent_to_ada()
    assert (mail.state, mail.error) == (State.SENT, "")
    assert (len(relay.taken), relay.asked) == (1, [b"right"])


@pytest.mark.parametrize(
    ("name", "more", "words"),
    [
        (ELSEWHERE, {}, "certificate is not valid for '127.0.0.1'"),
        (HERE, {"valid_until": -timedelta(days=1)}, "certificate has expired"),
    ],
)
def test_a_certificate_of_somebody_else_or_of_yesterday_is_none(
    relay_with, trusted, sent_to_ada, name, more, words
):
    refused(relay_with(trusted.context(name, **more)), sent_to_ada(), words)


def test_a_certificate_nobody_vouches_for_is_none(relay_with, authority, sent_to_ada):
    refused(relay_with(authority.context(HERE)), sent_to_ada(), "unable to get local issuer")


def refused(relay, mail: Message, words: str) -> None:
    assert mail.state is State.QUEUED
    assert mail.error.startswith("Our mail server’s certificate cannot be trusted: ")
    assert words in mail.error
    assert mail.not_before  # for the next try
    assert (relay.taken, relay.asked) == ([], [])


def test_a_server_that_takes_encryption_off_its_list_gets_nothing(app, relay, sent_to_ada):
    app.extensions["goodword"].smtp_security = SmtpSecurity.STARTTLS
    mail = sent_to_ada()
    assert (mail.state, relay.taken) == (State.QUEUED, [])
    assert "STARTTLS extension not supported" in mail.error
