"""What a refusal means: is it about whoever was written to, about this one mail, or about us?

Only what is said of the recipient may stop an address. A fault of our own (the password, the
name we send under, the certificate) meets every mail alike, so every mail waits until it is mended.
"""

import re
import smtplib
import ssl
from dataclasses import dataclass

from portal.outbox import bounces

OURS = "Our mail server"  # how a sentence about our own fault begins, and by what it is found
# Many servers answer what they hold against the sender only once they are told a recipient.
_ABOUT_US = re.compile(r"^53\d|\b5\.(1\.[78]|7\.8)\b|sender|relay|rcpthosts|authenticat", re.I)


@dataclass(frozen=True)
class Fault:
    """Why a mail did not go: in words, whether for good, and whether nobody has that mailbox."""

    words: str
    final: bool = False
    dead: bool = False


def of(error: OSError | smtplib.SMTPException) -> Fault:
    """What went wrong, by how far the conversation had come."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            return _of_recipient(*next(iter(refused.values())))
        case smtplib.SMTPDataError():
            return Fault(_reply(error.smtp_code, error.smtp_error), error.smtp_code >= 500)
        case smtplib.SMTPSenderRefused():
            return _ours(f" takes no mail from {error.sender}", error)
        case smtplib.SMTPAuthenticationError():
            return _ours(" does not take our user name and password", error)
        case ssl.SSLCertVerificationError():
            return _ours("’s certificate cannot be trusted", error)
    return _ours(" cannot be used just now", error)


def _of_recipient(code: int, said: bytes | str) -> Fault:
    reply = _reply(code, said)
    dead = bounces.is_dead(reply)
    if not dead and code >= 500 and _ABOUT_US.search(bounces.without_addresses(reply)):
        return Fault(f"{OURS} does not send for us: {reply}"[:300])
    return Fault(reply, code >= 500, dead)


def _ours(what: str, error: OSError | smtplib.SMTPException) -> Fault:
    return Fault(f"{OURS}{what}: {_said(error)}"[:300])


def _said(error: OSError | smtplib.SMTPException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return f"{type(error).__name__}: {error}"


def _reply(code: int, said: bytes | str) -> str:
    """A reply of several lines as one."""
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return " ".join(f"{code} {words}".split())[:300]


# ── For people ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Trouble:
    """A fault of our own in words: what is wrong, what to do, and what the other side said."""

    what: str
    to_do: str
    detail: str


_OPERATOR = "Whoever runs the portal "
# By what a sentence of ours goes on with: what is wrong, and what to do about it.
_TROUBLES = {
    " takes no mail from": (
        "It does not let the portal send under its own address.",
        "Choose an address it knows as the sender, under Settings, or have it allow this one.",
    ),
    " does not take our user name and password": (
        "It does not accept the portal’s user name and password.",
        f"{_OPERATOR}corrects GOODWORD_SMTP_USERNAME and GOODWORD_SMTP_PASSWORD.",
    ),
    "’s certificate cannot be trusted": (
        "It could not prove that it is the right server, so the portal hands it nothing.",
        f"{_OPERATOR}checks GOODWORD_SMTP_HOST, or has the server’s certificate renewed.",
    ),
    " does not send for us": (
        "It does not send mail for the portal.",
        "Whoever looks after the mail server lets the portal send; often it wants a sign-in.",
    ),
}
_AWAY = {
    "ConnectionRefusedError": "Nothing answers where it should be.",
    "gaierror": "There is no machine of the name that is set for it.",
    "TimeoutError": "It does not answer in time.",
    "SMTPNotSupportedError": "It does not offer the encryption or sign-in that is set.",
    "SSLError": "An encrypted connection to it cannot be made as it is set.",
}
_CHECKS = (
    f"{_OPERATOR}checks that it runs, and GOODWORD_SMTP_HOST, _PORT and _SECURITY. If it is only "
    "away for a while, nothing has to be done."
)


def in_words(error: str) -> Trouble:
    """What a sentence about our own fault means, for whoever has to mend it or to wait."""
    what, _, detail = error.partition(": ")
    for said, (wrong, to_do) in _TROUBLES.items():
        if what.startswith(OURS + said):
            return Trouble(wrong, to_do, detail or what)
    away = _AWAY.get(detail.partition(":")[0], "It breaks off before it takes anything.")
    return Trouble(away, _CHECKS, detail)


def told(error: str) -> str:
    """Why one mail did not go, as its line in the log says it."""
    if error.startswith(OURS):
        return f"Our own mail server: {in_words(error).what[:1].lower()}{in_words(error).what[1:]}"
    return f"Their mail server said: {error}" if error[:3].isdigit() else error
